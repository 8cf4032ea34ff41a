using Larder.SqlAnalysis.Tokenizer;

namespace Larder.SqlAnalysis.Schema;

/// <summary>What only the text of a CREATE TABLE tells.</summary>
internal sealed record SqliteTableText(IReadOnlySet<string> CollatedColumns, bool HasUnreadColumns, bool IsStrict, bool IsWithoutRowId, bool ReplacesOnConflict);

/// <summary>Reads the texts that SQLite keeps of its objects.</summary>
internal static class SqliteObjectText
{
    private static readonly string[] Constraints = ["constraint", "primary", "unique", "check", "foreign"];

    public static bool IsVirtual(string sql)
    {
        var tokens = SqlTokens.Read(sql, SqlDialect.Sqlite);
        return tokens.Is(0, SqlKeyword.Create) && tokens.IsWord(1, "virtual");
    }

    /// <summary>Reads a CREATE TABLE: collations are in no pragma.</summary>
    public static SqliteTableText Table(string sql)
    {
        var tokens = SqlTokens.Read(sql, SqlDialect.Sqlite);
        var open = 0;
        while (open < tokens.Count && tokens.Kind(open) != SqlTokenKind.Open)
            open++;
        var collated = new HashSet<string>(StringComparer.Ordinal);
        if (open >= tokens.Count || !tokens.IsBalanced)
            return new SqliteTableText(collated, true, false, false, true);

        var (start, replaces, isUnread) = (open + 1, false, false);
        for (var at = open + 1; at < tokens.Count; at++)
        {
            if (tokens.Kind(at) == SqlTokenKind.Comma && tokens.Outer(at) == open)
                start = at + 1;
            if (tokens.Is(at, SqlKeyword.Collate) && !tokens.IsWord(at + 1, "binary"))
            {
                collated.Add(tokens.Name(start));

                // A constraint of the table with a collation of its own calls values equal that the column does not.
                isUnread |= Constraints.Contains(tokens.Name(start), StringComparer.Ordinal);
            }

            replaces |= tokens.Is(at, SqlKeyword.Conflict) && tokens.Is(at + 1, SqlKeyword.Replace);
        }

        var end = tokens.Match(open) + 1;
        var isStrict = Enumerable.Range(end, tokens.Count - end).Any(at => tokens.IsWord(at, "strict"));
        var isWithoutRowId = Enumerable.Range(end, tokens.Count - end).Any(at => tokens.IsWord(at, "rowid"));
        return new SqliteTableText(collated, isUnread, isStrict, isWithoutRowId, replaces);
    }

    /// <summary>The query of a CREATE VIEW; null where it is not found.</summary>
    public static string? ViewQuery(string sql)
    {
        var tokens = SqlTokens.Read(sql, SqlDialect.Sqlite);
        for (var at = 0; tokens.IsBalanced && at < tokens.Count; at = tokens.After(at))
        {
            if (tokens.Is(at, SqlKeyword.As))
                return tokens.Written(at + 1, tokens.Count);
        }

        return null;
    }

    /// <summary>Reads a CREATE TRIGGER. Without a readable body its effects stay unknown.</summary>
    public static TriggerSchema Trigger(string name, string sql)
    {
        var tokens = SqlTokens.Read(sql, SqlDialect.Sqlite);
        var events = RowEvents.None;
        var isInsteadOf = false;
        for (var at = 0; tokens.IsBalanced && at < tokens.Count; at = tokens.After(at))
        {
            switch (tokens.Keyword(at))
            {
                case SqlKeyword.Instead:
                    isInsteadOf = true;
                    break;
                case SqlKeyword.Insert:
                    events |= RowEvents.Insert;
                    break;
                case SqlKeyword.Update:
                    events |= RowEvents.Update;
                    break;
                case SqlKeyword.Delete:
                    events |= RowEvents.Delete;
                    break;
                case SqlKeyword.Begin when tokens.Is(tokens.Count - 1, SqlKeyword.End):
                    return new TriggerSchema { Name = name, Events = events, IsInsteadOf = isInsteadOf, Body = tokens.Written(at + 1, tokens.Count - 1) };
                default:
                    break;
            }
        }

        return new TriggerSchema { Name = name, Events = RowEvents.All };
    }
}
