using Larder.SqlAnalysis;
using Larder.SqlAnalysis.Schema;

namespace Larder.Tests.SqlAnalysis.Soundness;

internal enum ColumnKind
{
    Integer,
    Text,
    NoCaseText,
    Boolean,
    Uuid,
    Untyped,
}

internal sealed record WorldColumn(string Name, ColumnKind Kind, string? Parent = null, string? ParentColumn = null)
{
    public bool IsUnique { get; init; }

    public bool IsNotNull { get; init; }

    /// <summary>The database computes it, and nobody else writes it.</summary>
    public bool IsGenerated { get; init; }

    public string Rest { get; init; } = "";
}

internal sealed record WorldTable(string Name, IReadOnlyList<WorldColumn> Columns, IReadOnlyList<string> PrimaryKey)
{
    /// <summary>The columns that a statement can write.</summary>
    public IEnumerable<WorldColumn> Written => Columns.Where(column => !column.IsGenerated);

    /// <summary>Names that stand for parts of it: partitions.</summary>
    public IReadOnlyList<string> Parts { get; init; } = [];

    public bool HasMadeUpId => PrimaryKey is ["id"];
}

/// <summary>A view, with the kinds of its columns.</summary>
internal sealed record WorldView(string Name, string Query, IReadOnlyList<WorldColumn> Columns)
{
    /// <summary>It can be written like a table.</summary>
    public bool IsWritable { get; init; }
}

/// <summary>A random schema with its data: everything that one seed makes.</summary>
internal sealed class World
{
    public required SqlDialect Dialect { get; init; }

    public List<WorldTable> Tables { get; } = [];

    public List<WorldView> Views { get; } = [];

    /// <summary>What makes the schema and fills it, in order.</summary>
    public List<string> Statements { get; } = [];

    public SchemaDeclarations Declarations { get; } = new();

    /// <summary>A table, one of them more often than the others, so that reads and writes meet.</summary>
    public WorldTable Pick(Dice dice) => dice.Chance(0.4) ? Tables[^1] : dice.In(Tables);

    public bool IsPostgreSql => Dialect == SqlDialect.PostgreSql;
}

/// <summary>A statement and the values of its parameters @p0, @p1, …</summary>
internal sealed record SqlCase(string Text, IReadOnlyList<object?> Values)
{
    public override string ToString() =>
        Values.Count == 0 ? Text : $"{Text}   -- {string.Join(", ", Values.Select((value, i) => $"@p{i} = {Show(value)}"))}";

    private static string Show(object? value) => value switch
    {
        null => "NULL",
        string text => $"'{text}'",
        System.Collections.IEnumerable items => $"[{string.Join(' ', items.Cast<object>())}]",
        _ => $"{value} ({value.GetType().Name})",
    };
}
