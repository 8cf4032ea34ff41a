namespace Larder.SqlAnalysis.Tokenizer;

/// <summary>Finds the <c>@name</c> parameters of a SQL text, outside of strings, quoted identifiers and comments.</summary>
internal static class SqlParameterNames
{
    /// <summary>The distinct names in order of first appearance, without the @.</summary>
    public static IReadOnlyList<string> Find(string sql, SqlDialect dialect = SqlDialect.PostgreSql)
    {
        var names = new List<string>();
        var tokenizer = new SqlTokenizer(sql, dialect);
        while (tokenizer.TryRead(out var token))
        {
            if (token.Kind != SqlTokenKind.Parameter || sql[token.Start] != '@')
                continue;
            var name = sql.Substring(token.Start + 1, token.Length - 1);
            if (!names.Contains(name, StringComparer.Ordinal))
                names.Add(name);
        }

        return names;
    }
}
