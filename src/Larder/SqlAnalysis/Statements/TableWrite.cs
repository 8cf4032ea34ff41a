using System.Collections.Immutable;
using Larder.SqlAnalysis.Schema;

namespace Larder.SqlAnalysis.Statements;

/// <summary>What a write does to one column whose values are named in tags.</summary>
internal sealed record ColumnWrite(TrackedColumn Column)
{
    /// <summary>The values that the changed rows had, where <see cref="IsOldKnown"/>.</summary>
    public ImmutableArray<ValueSource> Old { get; init; } = [];

    /// <summary>False where only the database can tell what the rows had.</summary>
    public bool IsOldKnown { get; init; } = true;

    /// <summary>The values that the rows get, beside those they had, where <see cref="IsNewKnown"/>.</summary>
    public ImmutableArray<ValueSource> New { get; init; } = [];

    /// <summary>False where only the database can tell what the rows get.</summary>
    public bool IsNewKnown { get; init; } = true;

    /// <summary>The statement does not assign it, so RETURNING gives the value that the row had.</summary>
    public bool IsKept { get; init; }

    /// <summary>A NULL that is written makes the database choose a value.</summary>
    public bool IsNullMadeUp { get; init; }
}

/// <summary>The rows of one relation that a statement changes.</summary>
internal sealed record TableWrite(TrackedRelation Relation, RowEvents Events)
{
    /// <summary>Nothing is known of the rows.</summary>
    public bool IsAnyRow { get; init; }

    /// <summary>What becomes of each eligible column.</summary>
    public ImmutableArray<ColumnWrite> Columns { get; init; } = [];

    /// <summary>The columns an update assigns; null where that is not known.</summary>
    public IReadOnlyCollection<string>? Changed { get; init; }

    /// <summary>Why nothing is known, or what the rows are known by.</summary>
    public string Because { get; init; } = "";

    public static TableWrite AnyRows(TrackedRelation relation, RowEvents events, string because = "the rows are not known", IReadOnlyCollection<string>? changed = null) =>
        new(relation, events) { IsAnyRow = true, Because = because, Changed = changed };
}
