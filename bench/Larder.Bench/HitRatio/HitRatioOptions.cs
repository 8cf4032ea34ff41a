namespace Larder.Bench.HitRatio;

/// <summary>What a run of <c>hit-ratio</c> was asked for.</summary>
internal sealed record HitRatioOptions
{
    public const string Usage = """
        hit-ratio  the store's eviction against other policies and the optimum, on traces and made-up requests
          --traces <folder>                   *.u32.gz: gzip of little-endian 32-bit keys; default ../shared/data/traces where it is
          --sizes <n,n,…>                     capacities for the traces; default those of the reference file, and 1,000
          --save <file>                       also put the section into this Markdown file
        """;

    public string? Traces { get; private init; }

    public int[]? Sizes { get; private init; }

    public string? SaveTo { get; private init; }

    /// <exception cref="FormatException">The arguments cannot be understood; the message says which.</exception>
    public static HitRatioOptions Parse(string[] arguments)
    {
        const string Default = "../shared/data/traces";
        var options = new HitRatioOptions { Traces = Directory.Exists(Default) ? Default : null };
        for (var i = 0; i < arguments.Length; i += 2)
        {
            options = (arguments[i], arguments.ElementAtOrDefault(i + 1)) switch
            {
                ("--traces", { } folder) when Directory.Exists(folder) => options with { Traces = folder },
                ("--sizes", { } sizes) when sizes.Split(',').All(size => int.TryParse(size, out var entries) && entries > 0) =>
                    options with { Sizes = [.. sizes.Split(',').Select(int.Parse)] },
                ("--save", { } path) => options with { SaveTo = path },
                var (name, value) => throw new FormatException($"'{name} {value}' is not understood."),
            };
        }

        return options;
    }
}
