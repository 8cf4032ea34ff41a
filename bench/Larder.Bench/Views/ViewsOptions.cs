using System.Globalization;
using Erp.Database;

namespace Larder.Bench.Views;

/// <summary>What a run of <c>views</c> was asked for.</summary>
internal sealed record ViewsOptions
{
    public const string Usage = """
        views      the cost of one product view by several ways of reading it
          --database sqlite|postgresql|both   default both; PostgreSQL at LARDER_BENCH_POSTGRES or, without it, a private one
          --rounds <n>                        each variant runs once a round; default 5
          --seconds <s>                       how long it runs then; default 0.5
          --only <letters>                    the variants, such as cf; default all
          --import <folder>                   the canonical CSV files instead of the demonstration data
          --markdown                          tables as Markdown
        """;

    public IReadOnlyList<DatabaseKind> Databases { get; private init; } = [DatabaseKind.PostgreSql, DatabaseKind.Sqlite];

    public int Rounds { get; private init; } = 5;

    public TimeSpan Slice { get; private init; } = TimeSpan.FromSeconds(0.5);

    public string? Only { get; private init; }

    public string? ImportFolder { get; private init; }

    public bool IsMarkdown { get; private init; }

    /// <exception cref="FormatException">The arguments cannot be understood; the message says which.</exception>
    public static ViewsOptions Parse(string[] arguments)
    {
        var options = new ViewsOptions();
        for (var i = 0; i < arguments.Length; i++)
        {
            options = arguments[i] == "--markdown"
                ? options with { IsMarkdown = true }
                : options.With(arguments[i], i + 1 < arguments.Length ? arguments[++i] : throw new FormatException($"'{arguments[i]}' needs a value."));
        }

        return options;
    }

    private ViewsOptions With(string name, string value) => (name, value) switch
    {
        ("--database", "sqlite") => this with { Databases = [DatabaseKind.Sqlite] },
        ("--database", "postgresql") => this with { Databases = [DatabaseKind.PostgreSql] },
        ("--database", "both") => this,
        ("--rounds", _) when int.TryParse(value, CultureInfo.InvariantCulture, out var rounds) && rounds is > 0 and <= 1000 => this with { Rounds = rounds },
        ("--seconds", _) when double.TryParse(value, CultureInfo.InvariantCulture, out var seconds) && seconds is >= 0.05 and <= 60 => this with { Slice = TimeSpan.FromSeconds(seconds) },
        ("--only", _) => this with { Only = value },
        ("--import", _) when Directory.Exists(value) => this with { ImportFolder = value },
        _ => throw new FormatException($"'{name} {value}' is not understood."),
    };
}
