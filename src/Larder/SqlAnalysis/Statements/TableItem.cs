using System.Collections.Immutable;
using Larder.SqlAnalysis.Schema;

namespace Larder.SqlAnalysis.Statements;

/// <summary>A column of a table item that must have one of some values for a row to matter.</summary>
internal sealed record Pin(TrackedColumn Column, ImmutableArray<ValueSource> Values, string Because)
{
    /// <summary>It may stand for rows that have NULL there, as IS NULL does.</summary>
    public bool HoldsOfNull { get; init; }
}

/// <summary>A column of a table item that must equal a column of another one for a row to matter.</summary>
internal sealed record LookupCandidate(TrackedColumn Column, TableItem Source, TrackedColumn SourceColumn, string Because);

/// <summary>A column of a derived table that is nothing but a column of one of the tables inside.</summary>
/// <param name="Source">The table inside.</param>
/// <param name="SourceColumn">Its column.</param>
/// <param name="Column">Stands for the column of the derived table; no other one is the same.</param>
internal sealed record DerivedColumn(TableItem Source, TrackedColumn SourceColumn, TrackedColumn Column);

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

    /// <summary>What its rows could be looked up by.</summary>
    public List<LookupCandidate> Lookups { get; } = [];

    /// <summary>The one query block of a derived table, null for anything else.</summary>
    public QueryScope? Block { get; init; }

    /// <summary>Whether the derived table names nothing but what stands inside it, so that it can be run by itself.</summary>
    public bool StandsAlone { get; init; }

    /// <summary>The columns of a derived table that are plain columns inside.</summary>
    public IReadOnlyDictionary<string, DerivedColumn>? Derived { get; init; }

    /// <summary>A column by its name; null where it is not the column of a base table.</summary>
    public TrackedColumn? Column(string name) =>
        !HasOwnColumnNames ? null : Relation is null ? Derived?.GetValueOrDefault(name)?.Column : Relation.Column(name);

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

    /// <summary>Whether each row of the table that no condition of the block leaves out is in a joined row.</summary>
    public bool Preserves(TableItem item) => Kind switch
    {
        JoinKind.Leaf => Item == item,
        JoinKind.Left => Left!.Preserves(item),
        JoinKind.Right => Right!.Preserves(item),
        _ => false,
    };

    /// <summary>Whether each joined row has a row of the table, and none that an outer join made up.</summary>
    public bool NeedsRowOf(TableItem item) => Kind switch
    {
        JoinKind.Leaf => Item == item,
        JoinKind.Inner => Left!.NeedsRowOf(item) || Right!.NeedsRowOf(item),
        JoinKind.Left => Left!.NeedsRowOf(item),
        JoinKind.Right => Right!.NeedsRowOf(item),
        _ => false,
    };
}

/// <summary>The FROM clause of one query block.</summary>
internal sealed class QueryScope(QueryScope? outer)
{
    /// <summary>The block that it stands in.</summary>
    public QueryScope? Outer { get; } = outer;

    public List<TableItem> Items { get; } = [];

    /// <summary>The blocks that stand in it.</summary>
    public List<QueryScope> Inner { get; } = [];

    /// <summary>The tokens of the whole block, from SELECT.</summary>
    public (int From, int To) Written { get; init; }

    /// <summary>Where its clauses stand.</summary>
    public SelectClauses Clauses { get; init; }

    /// <summary>The joins of its FROM clause; null without one.</summary>
    public JoinNode? Joins { get; set; }

    /// <summary>Whether it stands in a FROM clause.</summary>
    public bool IsDerivedTable { get; set; }

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

    /// <summary>The other column is the result of a subquery: no value is carried through it.</summary>
    public bool IsOfSubquery { get; init; }
}
