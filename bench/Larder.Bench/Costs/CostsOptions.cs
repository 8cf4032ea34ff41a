using System.Globalization;
using Erp.Database;

namespace Larder.Bench.Costs;

/// <summary>What a run of <c>costs</c> was asked for.</summary>
internal sealed record CostsOptions
{
    public const string Usage = """
        costs      what tracking, analysis, hits and publication cost in CPU time and allocation, against their targets
          --rounds <n>                        in which everything takes turns; default 9
          --databases sqlite,postgresql       default sqlite; PostgreSQL at LARDER_BENCH_POSTGRES or, without it, a private one
          --save <file>                       writes the table there as well
        """;

    public int Rounds { get; private init; } = 9;

    public IReadOnlyList<DatabaseKind> Databases { get; private init; } = [DatabaseKind.Sqlite];

    /// <summary>Null: nowhere.</summary>
    public string? SavePath { get; private init; }

    /// <exception cref="FormatException">The arguments cannot be understood; the message says which.</exception>
    public static CostsOptions Parse(string[] arguments)
    {
        var options = new CostsOptions();
        for (var i = 0; i < arguments.Length; i += 2)
        {
            options = options.With(arguments[i], i + 1 < arguments.Length ? arguments[i + 1] : throw new FormatException($"'{arguments[i]}' needs a value."));
        }

        return options;
    }

    private CostsOptions With(string name, string value) => (name, value) switch
    {
        ("--rounds", _) when int.TryParse(value, CultureInfo.InvariantCulture, out var count) && count is >= 1 and <= 101 => this with { Rounds = count },
        ("--databases", _) => this with { Databases = [.. value.Split(',').Select(KindOf)] },
        ("--save", _) => this with { SavePath = value },
        _ => throw new FormatException($"'{name} {value}' is not understood."),
    };

    private static DatabaseKind KindOf(string name) => name switch
    {
        "sqlite" => DatabaseKind.Sqlite,
        "postgresql" => DatabaseKind.PostgreSql,
        _ => throw new FormatException($"'{name}' is no database."),
    };
}
