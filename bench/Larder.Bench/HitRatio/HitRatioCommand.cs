using System.Globalization;
using Larder.Bench.Reports;

namespace Larder.Bench.HitRatio;

/// <summary>Replays traces through the store and through other policies, and says how far the store is from the best of them.</summary>
internal static class HitRatioCommand
{
    private static readonly int[] DefaultSizes = [1_000];

    private static readonly (string Name, Func<int, int, IReplacementPolicy> Make)[] Policies =
    [
        ("LRU", static (keys, capacity) => new LruPolicy(keys, capacity)),
        ("FIFO", static (keys, capacity) => new FifoPolicy(keys, capacity)),
        ("CLOCK", static (keys, capacity) => new ClockPolicy(keys, capacity)),
        ("SIEVE", static (keys, capacity) => new SievePolicy(keys, capacity)),
        ("S3-FIFO", static (keys, capacity) => new S3FifoPolicy(keys, capacity)),
        ("W-TinyLFU 1 %", static (keys, capacity) => new TinyLfuPolicy(keys, capacity)),
        ("Larder", static (_, capacity) => new LarderPolicy(capacity)),
    ];

    public static async Task<int> RunAsync(string[] arguments)
    {
        HitRatioOptions options;
        try
        {
            options = HitRatioOptions.Parse(arguments);
        }
        catch (FormatException exception)
        {
            await Console.Error.WriteLineAsync($"{exception.Message}\n\n{HitRatioOptions.Usage}");
            return 2;
        }

        var report = new BenchReport("Hit ratio", "hit-ratio");
        report.Say("Percent of requests that hit, entries of one size, an empty cache at the start. *Best* is the best of the six other online policies, "
            + "*ahead* how many points the store is above it (−: below), *OPT* what a cache that knew the future would have.");
        var real = await ReadTracesAsync(options);
        if (real.Count > 0)
        {
            report.Say($"Traces ({string.Join(", ", real.Select(trace => $"{trace.Trace.Name}: {trace.Trace.Requests.Length:N0} requests of {trace.Trace.Keys:N0} keys"))}):");
            Measure(report, real);
        }

        report.Say("Made-up requests:");
        Measure(report, Synthetic());
        await report.EndAsync(options.SaveTo);
        return 0;
    }

    /// <summary>Capacities by trace, from the reference file beside the traces.</summary>
    private static async Task<List<(RequestTrace Trace, int[] Sizes)>> ReadTracesAsync(HitRatioOptions options)
    {
        List<(RequestTrace, int[])> traces = [];
        string[] paths = options.Traces is { } folder ? Directory.GetFiles(folder, "*.u32.gz") : [];
        foreach (var path in paths.Order(StringComparer.Ordinal))
        {
            var trace = await RequestTrace.ReadAsync(path);
            traces.Add((trace, options.Sizes ?? SizesOf(trace.Name, Path.Combine(options.Traces!, "reference_hit_ratios.tsv"))));
        }

        return traces;
    }

    private static int[] SizesOf(string trace, string path) => !File.Exists(path)
        ? DefaultSizes
        : [.. File.ReadLines(path).Select(line => line.Split('\t')).Where(row => row[0] == trace)
            .Select(row => int.Parse(row[2], CultureInfo.InvariantCulture)).Concat(DefaultSizes).Distinct().Order()];

    private static IEnumerable<(RequestTrace Trace, int[] Sizes)> Synthetic() =>
    [
        (SyntheticTraces.Zipf(0.6), [100, 500, 3_000]),
        (SyntheticTraces.Zipf(0.8), [100, 500, 3_000]),
        (SyntheticTraces.Zipf(1.0), [100, 500, 3_000]),
        (SyntheticTraces.Zipf(1.2), [100, 500, 3_000]),
        (SyntheticTraces.Jumps(), [100, 500, 3_000]),
        (SyntheticTraces.Drift(), [100, 500, 3_000]),
        (SyntheticTraces.Scans(), [100, 500, 3_000]),
        (SyntheticTraces.OneTimers(), [100, 500, 3_000]),
        (SyntheticTraces.News(), [50, 200, 500, 1_000]),
        (SyntheticTraces.Loop(550), [500]),
        (SyntheticTraces.Loop(1_011), [100, 500, 900, 1_000]),
        (SyntheticTraces.Loop(2_000), [500]),
        (SyntheticTraces.LoopInZipf(), [200, 500, 1_000, 2_000]),
        (SyntheticTraces.PingPong(), [100, 500, 650]),
        (SyntheticTraces.Phases(), [200, 500, 1_000]),
    ];

    private static void Measure(BenchReport report, IEnumerable<(RequestTrace Trace, int[] Sizes)> traces)
    {
        List<string[]> rows = [];
        List<double> leads = [];
        foreach (var (trace, sizes) in traces)
        {
            foreach (var size in sizes)
            {
                var ratios = Policies.Select(policy => RatioOf(trace, policy.Make(trace.Keys, size))).ToArray();
                var best = ratios[..^1].Max();
                leads.Add(ratios[^1] - best);
                rows.Add(
                [
                    trace.Name, size.ToString("N0", CultureInfo.InvariantCulture), .. ratios.Select(Percent), Percent(best), (ratios[^1] - best).ToString("+0.00;−0.00", CultureInfo.InvariantCulture),
                    Percent(100.0 * Optimum.CountHits(trace.Requests, trace.Keys, size) / trace.Requests.Length),
                ]);
                Console.Error.WriteLine($"measured: {string.Join(' ', rows[^1])}");
            }
        }

        report.Table(["requests", "entries", .. Policies.Select(policy => policy.Name), "best", "ahead", "OPT"], rows);
        report.Say($"On average {leads.Average():+0.00;−0.00} points against the best of the others, at worst {leads.Min():+0.00;−0.00} (targets: −1 and −3).");
    }

    private static double RatioOf(RequestTrace trace, IReplacementPolicy policy)
    {
        var hits = 0L;
        foreach (var key in trace.Requests)
        {
            hits += policy.Use(key) ? 1 : 0;
        }

        return 100.0 * hits / trace.Requests.Length;
    }

    private static string Percent(double value) => value.ToString("0.00", CultureInfo.InvariantCulture);
}
