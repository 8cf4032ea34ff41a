namespace Larder.Explain;

/// <summary>What is known of a text of SQL run with some values: what it reads, what it writes, and what it would drop. Nothing is executed.</summary>
public sealed record StatementExplanation
{
    /// <summary>The text.</summary>
    public required string Text { get; init; }

    /// <summary>Whether its result may be stored.</summary>
    public required bool IsCacheable { get; init; }

    /// <summary>Why its result must not be stored; null where it may.</summary>
    public string? NotCacheable { get; init; }

    /// <summary>Why it counts as writing everything; null where <see cref="Writes"/> says it all.</summary>
    public string? WritesAnything { get; init; }

    /// <summary>Whether the verifier found that its fine tags cannot be trusted, so that it is tracked by table.</summary>
    public bool IsDegraded { get; init; }

    /// <summary>Every occurrence of a table that it reads.</summary>
    public required IReadOnlyList<TableReadExplanation> Reads { get; init; }

    /// <summary>The tables whose rows it changes, by cascades and triggers too.</summary>
    public required IReadOnlyList<TableWriteExplanation> Writes { get; init; }

    /// <summary>Relations that the schema does not know.</summary>
    public required IReadOnlyList<string> UnknownRelations { get; init; }

    /// <summary>What the result depends on with these values.</summary>
    public required IReadOnlyList<string> ReadTags { get; init; }

    /// <summary>
    /// What running it with these values would invalidate. Values that only the database knows count as any value, so that an execution, which looks them
    /// up, often drops less.
    /// </summary>
    public required IReadOnlyList<string> WriteTags { get; init; }

    /// <summary>The keys of the entries on this node that it would drop, in order, at most 1,000.</summary>
    public required IReadOnlyList<string> Drops { get; init; }

    /// <summary>How many entries on this node it would drop.</summary>
    public required int DropCount { get; init; }
}

/// <summary>An occurrence of a table in a read.</summary>
/// <param name="Table">The table.</param>
/// <param name="Alias">The name it has in the statement.</param>
/// <param name="Level">How closely it is known: row, column or table.</param>
/// <param name="Because">Why it has that level.</param>
public sealed record TableReadExplanation(string Table, string Alias, string Level, string Because);

/// <summary>A table that a statement changes.</summary>
/// <param name="Table">The table.</param>
/// <param name="Events">What happens to its rows: insert, update, delete, truncate.</param>
/// <param name="IsAnyRow">Whether any row may be changed.</param>
/// <param name="Because">What the rows are known by, or why they are not known.</param>
public sealed record TableWriteExplanation(string Table, string Events, bool IsAnyRow, string Because);
