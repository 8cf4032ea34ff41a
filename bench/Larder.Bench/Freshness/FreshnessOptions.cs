using System.Globalization;
using Erp.Database;
using Larder.Bench.Workload;

namespace Larder.Bench.Freshness;

/// <summary>What a run of <c>freshness</c> was asked for.</summary>
internal sealed record FreshnessOptions
{
    public const string Usage = """
        freshness  the ERP workload without a cache, with lifetimes only, and with invalidation by table and by row
          --operations <n>                    those that count, after a quarter as many to warm up; default 30000
          --rate <n>                          operations a second of virtual time; default 500: lifetimes end after so many operations
          --checked <n>                       operations whose answers and invalidations are checked, from the first on; default all
          --database sqlite|postgresql        default sqlite; PostgreSQL at LARDER_BENCH_POSTGRES or, without it, a private one
          --variants <names>                  of none,lifetime,table,row; default all there are
          --writes <percentages>              default 1,5,20
          --demonstration                     the demonstration data, although the AdventureWorks files are there
          --import <folder>                   where the AdventureWorks files are; default shared/data/adventureworks beside or above the program
          --markdown                          tables as Markdown
        """;

    private static readonly int[] AllShares = [1, 5, 20];

    public int Operations { get; private init; } = 30_000;

    /// <summary>Operations a second.</summary>
    public int Rate { get; private init; } = 500;

    public int Checked { get; private init; } = int.MaxValue;

    public DatabaseKind Database { get; private init; } = DatabaseKind.Sqlite;

    public IReadOnlyList<FreshnessVariant> Variants { get; private init; } =
        Enum.GetValues<FreshnessVariant>();

    /// <summary>Shares of writes, in percent.</summary>
    public IReadOnlyList<int> WritePercentages { get; private init; } = AllShares;

    /// <summary>Null: demonstration data.</summary>
    public string? ImportFolder { get; private init; } = WorkloadDatabase.FindAdventureWorks();

    public bool IsMarkdown { get; private init; }

    public int WarmUp => Operations / 4;

    /// <exception cref="FormatException">The arguments cannot be understood; the message says which.</exception>
    public static FreshnessOptions Parse(string[] arguments)
    {
        var options = new FreshnessOptions();
        for (var i = 0; i < arguments.Length; i++)
        {
            options = arguments[i] switch
            {
                "--markdown" => options with { IsMarkdown = true },
                "--demonstration" => options with { ImportFolder = null },
                var name => options.With(name, i + 1 < arguments.Length ? arguments[++i] : throw new FormatException($"'{name}' needs a value.")),
            };
        }

        return options;
    }

    private FreshnessOptions With(string name, string value) => (name, value) switch
    {
        ("--operations", _) when int.TryParse(value, CultureInfo.InvariantCulture, out var count) && count is >= 100 and <= 500_000 => this with { Operations = count },
        ("--rate", _) when int.TryParse(value, CultureInfo.InvariantCulture, out var rate) && rate is >= 1 and <= 10_000 => this with { Rate = rate },
        ("--checked", _) when int.TryParse(value, CultureInfo.InvariantCulture, out var count) && count is >= 0 and <= 500_000 => this with { Checked = count },
        ("--database", "sqlite") => this with { Database = DatabaseKind.Sqlite },
        ("--database", "postgresql") => this with { Database = DatabaseKind.PostgreSql },
        ("--variants", _) => this with { Variants = [.. value.Split(',').Select(VariantOf)] },
        ("--writes", _) => this with { WritePercentages = [.. value.Split(',').Select(PercentageOf)] },
        ("--import", _) when Directory.Exists(value) => this with { ImportFolder = value },
        _ => throw new FormatException($"'{name} {value}' is not understood."),
    };

    private static FreshnessVariant VariantOf(string name) =>
        !Enum.TryParse<FreshnessVariant>(name, ignoreCase: true, out var variant) || !Enum.IsDefined(variant)
            ? throw new FormatException($"'{name}' is no variant.")
            : variant;

    private static int PercentageOf(string text) => int.TryParse(text, CultureInfo.InvariantCulture, out var share) && share is >= 0 and <= 100
        ? share
        : throw new FormatException($"'{text}' is no percentage.");
}
