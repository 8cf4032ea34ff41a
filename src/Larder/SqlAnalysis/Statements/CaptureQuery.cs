using System.Collections.Immutable;
using System.Text;
using Larder.SqlAnalysis.Schema;
using Larder.SqlAnalysis.Tokenizer;

namespace Larder.SqlAnalysis.Statements;

/// <summary>
/// The query that reads the rows an UPDATE or DELETE is about to change, in the same transaction, and locks them where the database has row locks. It takes
/// the parameters of the statement. Where more rows turn out to be changed than it gave, what it gave is not all.
/// </summary>
internal sealed record CaptureQuery(string Text, ImmutableArray<TrackedColumn> Columns)
{
    /// <summary>One more row than a column has tags for: what does not fit is not known anyway.</summary>
    private const int MaxRows = WriteSetBuilder.MaxTagsOfColumn + 1;

    public static CaptureQuery Create(SqlTokens tokens, TableItem item, (int From, int To) where, ImmutableArray<TrackedColumn> columns)
    {
        var text = new StringBuilder("SELECT ");
        for (var i = 0; i < columns.Length; i++)
            text.Append(i > 0 ? ", " : "").Append(Quote(columns[i].Name));
        text.Append(" FROM ").Append(tokens.Written(item.Written.From, item.Written.To));
        if (where.From < where.To)
            text.Append(" WHERE ").Append(tokens.Written(where.From, where.To));
        text.Append(" LIMIT ").Append(MaxRows);
        if (tokens.Dialect == SqlDialect.PostgreSql)
            text.Append(" FOR UPDATE");
        return new CaptureQuery(text.ToString(), columns);
    }

    public static string Quote(string name) => $"\"{name.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
}
