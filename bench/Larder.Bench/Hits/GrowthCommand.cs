using System.Globalization;
using Larder.Bench.Reports;

namespace Larder.Bench.Hits;

/// <summary>What a hit costs as the cache grows. Beyond the processor's caches every read waits for memory, in any table; the dictionary shows how long.</summary>
internal static class GrowthCommand
{
    public const string Usage = """
        growth     what a hit costs with 1,000, 100,000 and 1,000,000 entries
          --rounds <n>                        at least 15; default 15
          --save <file>                       also put the section into this Markdown file
        """;

    private static readonly int[] Sizes = [1_000, 100_000, 1_000_000];

    public static async Task<int> RunAsync(string[] arguments)
    {
        if (BenchArguments.Parse(arguments, "--rounds", "--save") is not { } given || given.Number("--rounds", 15) is not (>= 15 and <= 1_000 and var rounds))
        {
            await Console.Error.WriteLineAsync(Usage);
            return 2;
        }

        List<(string Name, int Entries, HitRun Run)> runs = [];
        using var beds = new HitBeds();
        foreach (var size in Sizes)
        {
            var bed = beds.New(64L << 30);
            HitLoop[] loops = [bed.Dictionary(size), bed.IMemoryCache(size), HitBed.Store(size, isUnderPressure: false), bed.TryGet(size, "tags3", 3, "LarderCache.TryGet, 3 tags")];
            runs.AddRange(loops.Select(loop => (loop.Name, size, new HitRun(loop, threads: 1))));
        }

        HitRun.WarmUp([.. runs.Select(run => run.Run)]);
        for (var round = 0; round < rounds; round++)
        {
            runs.ForEach(run => run.Run.RunRound());
        }

        var report = new BenchReport("Growth", "growth");
        report.Say($"CPU ns of a hit, keys in an order that has nothing to do with that of insertion, {rounds} rounds in turn, medians.");
        report.Table(["a hit by", .. Sizes.Select(size => size.ToString("N0", CultureInfo.InvariantCulture)), "last ÷ first"], runs.GroupBy(run => run.Name).Select(Row));
        await report.EndAsync(given.Text("--save"));
        return 0;
    }

    private static string[] Row(IGrouping<string, (string Name, int Entries, HitRun Run)> sizes) =>
    [
        sizes.Key, .. sizes.Select(run => run.Run.Median.ToString("0.0", CultureInfo.InvariantCulture)),
        sizes.Last().Run.RatioTo(sizes.First().Run).ToString("0.00", CultureInfo.InvariantCulture),
    ];
}
