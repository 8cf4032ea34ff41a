using System.Globalization;

namespace Larder.Bench.Http;

/// <summary>What a run of <c>http</c> was asked for.</summary>
internal sealed record HttpOptions
{
    public const string Usage = """
        http       the CPU time of one request, of several ways of answering it from a cache
          --rounds <n>       each variant runs once a round; default 15
          --seconds <s>      how long it runs then; default 0.6
          --size <bytes>     500, 5000 or 50000; default all
          --only <text>      only the variants with this in their names, and what they are compared with; default all
          --save <file>      also writes the page there, such as docs/benchmarks/hit-path.md
        """;

    public int Rounds { get; private init; } = 15;

    public TimeSpan Slice { get; private init; } = TimeSpan.FromSeconds(0.6);

    public IReadOnlyList<int> Sizes { get; private init; } = HttpServer.Sizes;

    public string? Only { get; private init; }

    public string? SaveTo { get; private init; }

    /// <exception cref="FormatException">The arguments cannot be understood; the message says which.</exception>
    public static HttpOptions Parse(string[] arguments)
    {
        var options = new HttpOptions();
        for (var i = 0; i < arguments.Length; i += 2)
        {
            options = options.With(arguments[i], i + 1 < arguments.Length ? arguments[i + 1] : throw new FormatException($"'{arguments[i]}' needs a value."));
        }

        return options;
    }

    private HttpOptions With(string name, string value) => (name, value) switch
    {
        ("--rounds", _) when int.TryParse(value, CultureInfo.InvariantCulture, out var rounds) && rounds is > 0 and <= 1000 => this with { Rounds = rounds },
        ("--seconds", _) when double.TryParse(value, CultureInfo.InvariantCulture, out var seconds) && seconds is >= 0.2 and <= 30 => this with { Slice = TimeSpan.FromSeconds(seconds) },
        ("--size", _) when int.TryParse(value, CultureInfo.InvariantCulture, out var size) && HttpServer.Sizes.Contains(size) => this with { Sizes = [size] },
        ("--only", not "") => this with { Only = value },
        ("--save", _) => this with { SaveTo = value },
        _ => throw new FormatException($"'{name} {value}' is not understood."),
    };
}
