namespace Larder.Tests.SqlAnalysis.Soundness;

/// <summary>Makes values, few of each kind so that they meet, in all the spellings a database takes for one value.</summary>
internal sealed class ValueGenerator(World world, Dice dice)
{
    private static readonly string[] Texts = ["1", "2", "x", "X", "y", "", "02"];

    private readonly List<object?> _bound = [];

    /// <summary>The parameters that were made.</summary>
    public IReadOnlyList<object?> Bound => _bound;

    /// <summary>A value of a new row, as a literal.</summary>
    public string Stored(WorldColumn column)
    {
        if (!column.IsNotNull && dice.Chance(column.IsUnique ? 0.3 : 0.15))
            return "NULL";
        return column.Kind switch
        {
            ColumnKind.Integer => (column.Parent is null ? dice.Below(5) : 1 + dice.Below(5)).ToString(),
            ColumnKind.Boolean => dice.Of("TRUE", "FALSE"),
            ColumnKind.Uuid => $"'{Uuid()}'",
            ColumnKind.Untyped => dice.Of("1", "'1'", "2", "'x'"),
            _ => $"'{dice.In(Texts)}'",
        };
    }

    /// <summary>A value that a column is compared with or set to: a literal or a parameter.</summary>
    public string Any(WorldColumn column)
    {
        if (dice.Chance(0.04))
            return dice.Chance(0.5) ? "NULL" : Bind(null);
        return column.Kind switch
        {
            ColumnKind.Integer => Integer(),
            ColumnKind.Boolean => dice.Chance(0.5) ? dice.Of("TRUE", "FALSE") : Bind(dice.Chance(0.5)),
            ColumnKind.Uuid => dice.Chance(0.3) ? $"'{Uuid().ToString().ToUpperInvariant()}'" : Bind(Uuid()),
            ColumnKind.Untyped => dice.Of("1", "'1'", "2"),
            _ => Text(),
        };
    }

    /// <summary>Integers as an array parameter (PostgreSQL).</summary>
    public string Array()
    {
        var values = new long[dice.Below(4)];
        for (var i = 0; i < values.Length; i++)
            values[i] = dice.Below(6);
        _bound.Add(values);
        return $"@p{_bound.Count - 1}";
    }

    private string Integer()
    {
        var number = dice.Below(6);
        if (world.IsPostgreSql)
        {
            return dice.Weighted(5, 5, 3, 1) switch
            {
                0 => number.ToString(),
                1 => Bind((long)number),
                2 => Bind(number),
                _ => $"' {number} '",
            };
        }

        return dice.Weighted(5, 5, 1, 1, 1, 1, 1, 1) switch
        {
            0 => number.ToString(),
            1 => Bind((long)number),
            2 => $"'{number}'",
            3 => Bind($"0{number}"),
            4 => $"' {number} '",
            5 => Bind($"{number}.0"),
            6 => $"{number}.0",
            _ => Bind((double)number),
        };
    }

    private string Text()
    {
        var text = dice.In(Texts);
        if (!world.IsPostgreSql && dice.Chance(0.15))
            return dice.Chance(0.5) ? dice.Of("1", "2") : Bind((long)(1 + dice.Below(2)));
        return dice.Chance(0.5) ? $"'{text}'" : Bind(text);
    }

    // An untyped null tells PostgreSQL nothing.
    private string Bind(object? value)
    {
        if (value is null && world.IsPostgreSql)
            return "NULL";
        _bound.Add(value);
        return $"@p{_bound.Count - 1}";
    }

    private Guid Uuid() => new(dice.Below(3) + 1, 0, 0, new byte[8]);
}
