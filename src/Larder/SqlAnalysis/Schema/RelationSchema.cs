using System.Collections.Immutable;

namespace Larder.SqlAnalysis.Schema;

internal enum RelationKind : byte
{
    Table,
    View,
    MaterializedView,

    /// <summary>Something whose rows change in ways the analysis cannot see: foreign and virtual tables.</summary>
    Opaque,
}

/// <summary>What becomes of the rows that refer to a row which goes away or whose key changes.</summary>
internal enum ReferentialAction : byte
{
    None,
    Cascade,
    SetNull,
    SetDefault,
}

/// <summary>The kinds of change that a trigger or a cascade answers.</summary>
[Flags]
internal enum RowEvents : byte
{
    None = 0,
    Insert = 1,
    Update = 2,
    Delete = 4,
    Truncate = 8,
    All = Insert | Update | Delete | Truncate,
}

/// <summary>A primary key, a unique constraint or a unique index over plain columns without a condition.</summary>
/// <param name="Columns">Its columns, in order.</param>
/// <param name="IsPrimary">Whether it is the primary key.</param>
/// <param name="IsExact">Whether a conflict on it means equal values: false where an index calls values equal that its columns do not.</param>
internal sealed record KeySchema(ImmutableArray<string> Columns, bool IsPrimary, bool IsExact = true);

/// <summary>A foreign key, seen from the child. Referenced columns are empty where they are the parent's primary key.</summary>
internal sealed record ForeignKeySchema(
    ImmutableArray<string> Columns,
    string Parent,
    ImmutableArray<string> ReferencedColumns,
    ReferentialAction OnDelete,
    ReferentialAction OnUpdate);

/// <summary>Rows of a relation that something changes.</summary>
internal sealed record RelationEffect(string Relation, RowEvents Events);

/// <summary>A trigger, and what it does.</summary>
internal sealed record TriggerSchema
{
    public required string Name { get; init; }

    /// <summary>The function it calls (PostgreSQL), whose effects a host may declare.</summary>
    public string? Function { get; init; }

    public required RowEvents Events { get; init; }

    /// <summary>Whether it runs in place of the change.</summary>
    public bool IsInsteadOf { get; init; }

    /// <summary>Whether it may change the row before it is written.</summary>
    public bool MayChangeRow { get; init; }

    /// <summary>The statements it runs, as SQLite keeps them; the analysis reads its effects from them.</summary>
    public string? Body { get; init; }

    /// <summary>The relations it changes; default where that is not known.</summary>
    public ImmutableArray<RelationEffect> Effects { get; init; }
}

/// <summary>A table or a view of a database, under the name that tags use.</summary>
internal sealed record RelationSchema
{
    /// <summary>The schema (PostgreSQL); null on SQLite.</summary>
    public string? Schema { get; init; }

    public required string Name { get; init; }

    public RelationKind Kind { get; init; }

    public ImmutableArray<ColumnSchema> Columns { get; init; } = [];

    public ImmutableArray<KeySchema> Keys { get; init; } = [];

    public ImmutableArray<ForeignKeySchema> ForeignKeys { get; init; } = [];

    public ImmutableArray<TriggerSchema> Triggers { get; init; } = [];

    /// <summary>The relation that a partition or an inheriting table is a part of, by full name.</summary>
    public string? Root { get; init; }

    /// <summary>The query of a view.</summary>
    public string? Query { get; init; }

    /// <summary>Base relations the catalog knows a view to read, beside those that its text names.</summary>
    public ImmutableArray<string> DependsOn { get; init; } = [];

    /// <summary>Rules (PostgreSQL) rewrite what is written to it.</summary>
    public bool HasRules { get; init; }

    /// <summary>Row security makes what is read depend on the session.</summary>
    public bool HasRowSecurity { get; init; }

    /// <summary>A constraint resolves conflicts by deleting other rows (SQLite's ON CONFLICT REPLACE).</summary>
    public bool ReplacesOnConflict { get; init; }

    /// <summary>The host switched caching off for it.</summary>
    public bool IsCachingOff { get; init; }

    public string FullName => Schema is null ? Name : $"{Schema}.{Name}";
}
