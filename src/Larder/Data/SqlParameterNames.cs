namespace Larder.Data;

/// <summary>Finds the <c>@name</c> parameters of a SQL text, outside of strings, quoted identifiers and comments.</summary>
internal static class SqlParameterNames
{
    /// <summary>The distinct names in order of first appearance, without the @.</summary>
    public static IReadOnlyList<string> Find(string sql)
    {
        var names = new List<string>();
        var i = 0;
        while (i < sql.Length)
        {
            var c = sql[i];
            if (c is '\'' or '"')
            {
                i = After(sql, i + 1, c.ToString());
            }
            else if (c == '-' && Peek(sql, i + 1) == '-')
            {
                i = After(sql, i, "\n");
            }
            else if (c == '/' && Peek(sql, i + 1) == '*')
            {
                i = After(sql, i + 2, "*/");
            }
            else if (c == '@' && IsNamePart(Peek(sql, i + 1)))
            {
                var start = ++i;
                while (IsNamePart(Peek(sql, i)))
                {
                    i++;
                }

                var name = sql[start..i];
                if (!names.Contains(name, StringComparer.Ordinal))
                {
                    names.Add(name);
                }
            }
            else
            {
                i++;
            }
        }

        return names;
    }

    private static char Peek(string sql, int i) => i < sql.Length ? sql[i] : '\0';

    private static int After(string sql, int from, string end)
    {
        var at = sql.IndexOf(end, Math.Min(from, sql.Length), StringComparison.Ordinal);
        return at < 0 ? sql.Length : at + end.Length;
    }

    private static bool IsNamePart(char c) => char.IsAsciiLetterOrDigit(c) || c == '_';
}
