using System.Collections.Immutable;
using Larder.SqlAnalysis.Schema;

namespace Larder.SqlAnalysis.Statements;

/// <summary>A column of a table item that must have one of some values for a row to matter.</summary>
internal sealed record Pin(TrackedColumn Column, ImmutableArray<ValueSource> Values, string Because);

/// <summary>One occurrence of something in a FROM clause.</summary>
internal sealed class TableItem(TrackedRelation? relation, string? schema, string name, string alias)
{
    /// <summary>The base table; null for subqueries, functions, views and common table expressions, whose columns are not resolved.</summary>
    public TrackedRelation? Relation { get; } = relation;

    public string? SchemaName { get; } = schema;

    public string Name { get; } = name;

    /// <summary>The name its columns are qualified with.</summary>
    public string Alias { get; } = alias;

    /// <summary>False where an alias renames the columns.</summary>
    public bool HasOwnColumnNames { get; set; } = true;

    public List<Pin> Pins { get; } = [];

    /// <summary>The tokens it was written in, for the statement that captures old rows.</summary>
    public (int From, int To) Written { get; set; }
}

internal enum JoinKind : byte
{
    Leaf,
    Inner,
    Left,
    Right,
    Full,
}

/// <summary>The tree of the joins of one FROM clause.</summary>
internal sealed class JoinNode
{
    public JoinKind Kind { get; init; }

    public TableItem? Item { get; init; }

    public JoinNode? Left { get; init; }

    public JoinNode? Right { get; init; }

    /// <summary>The tokens of the ON condition.</summary>
    public (int From, int To) On { get; set; }

    public static JoinNode Leaf(TableItem item) => new() { Item = item };
}

/// <summary>The FROM clause of one query block.</summary>
internal sealed class QueryScope(QueryScope? outer)
{
    /// <summary>The block that it stands in.</summary>
    public QueryScope? Outer { get; } = outer;

    public List<TableItem> Items { get; } = [];

    /// <summary>NATURAL or USING merges columns, so an unqualified name may be of two tables.</summary>
    public bool HasMergedColumns { get; set; }

    /// <summary>Why no condition of this block pins anything, null where it may.</summary>
    public string? NotPinnable { get; set; }
}

/// <summary>Something that holds of every row that matters: a column has one of some values, or equals another column.</summary>
internal sealed record Fact(TableItem Item, TrackedColumn Column, ImmutableArray<ValueSource> Values, TableItem? OtherItem, TrackedColumn? OtherColumn, string Because)
{
    /// <summary>It also holds of a row that an outer join made up.</summary>
    public bool HoldsOfNull { get; init; }
}
