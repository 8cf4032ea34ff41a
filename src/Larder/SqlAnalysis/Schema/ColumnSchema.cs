namespace Larder.SqlAnalysis.Schema;

/// <summary>How a column's values are compared, where that is exact enough to name a row by a value.</summary>
internal enum ExactType : byte
{
    /// <summary>Equality is not exact, or nothing is known of it.</summary>
    None,

    /// <summary>PostgreSQL smallint, integer, bigint.</summary>
    Integer,

    /// <summary>PostgreSQL text or varchar under a deterministic collation: equal means the same bytes.</summary>
    Text,

    Uuid,
    Boolean,

    /// <summary>SQLite's INTEGER or NUMERIC affinity: '5.0', ' 5 ', '05' and 5 are one value.</summary>
    SqliteInteger,

    /// <summary>SQLite's TEXT affinity under the BINARY collation: 5 and '5' are one value.</summary>
    SqliteText,
}

/// <summary>A column of a relation.</summary>
internal sealed record ColumnSchema
{
    public required string Name { get; init; }

    /// <summary>The type as the database writes it.</summary>
    public required string Type { get; init; }

    public ExactType Exact { get; init; }

    /// <summary>The most characters it keeps, 0 for no limit; longer values may be cut when they are stored.</summary>
    public int MaxLength { get; init; }

    public bool IsNotNull { get; init; }

    /// <summary>The database computes it from other columns.</summary>
    public bool IsGenerated { get; init; }

    /// <summary>The database makes a value up where none, or SQLite's NULL for a rowid, is given.</summary>
    public bool IsIdentity { get; init; }

    /// <summary>The default as SQL; null where the column becomes NULL.</summary>
    public string? Default { get; init; }
}
