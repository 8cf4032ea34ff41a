namespace Erp.Database;

internal enum ColumnKind
{
    /// <summary>A key or another 64-bit number.</summary>
    Key,

    /// <summary>A 32-bit number.</summary>
    Count,
    Text,
    Decimal,
    Time,
    Boolean,
}

/// <summary>A column and what a row brought in from outside must keep to. The constraints of the schema say the same; these rules say it with line and reason.</summary>
internal sealed record ColumnDefinition(string Name, ColumnKind Kind)
{
    /// <summary>The value must not be empty.</summary>
    public bool Required { get; init; }

    /// <summary>No two rows have the same value.</summary>
    public bool Unique { get; init; }

    /// <summary>The table whose id this is.</summary>
    public string? References { get; init; }

    /// <summary>The only values, when there is a fixed set.</summary>
    public IReadOnlyList<string>? Words { get; init; }

    public decimal? Minimum { get; init; }

    public decimal? Maximum { get; init; }

    /// <summary>An import file may lack this column.</summary>
    public bool IsExtra { get; init; }
}
