namespace Larder.Explain;

/// <summary>What depends on a row of a table: what would be dropped if anything about it changed. Nothing is read or changed.</summary>
public sealed record RowExplanation
{
    /// <summary>The table.</summary>
    public required string Table { get; init; }

    /// <summary>What a change of the row would invalidate. Columns whose values were not given count as any value.</summary>
    public required IReadOnlyList<string> WriteTags { get; init; }

    /// <summary>The keys of the entries on this node that depend on it, in order, at most 1,000.</summary>
    public required IReadOnlyList<string> Drops { get; init; }

    /// <summary>How many entries on this node depend on it.</summary>
    public required int DropCount { get; init; }
}
