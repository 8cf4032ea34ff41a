using System.Globalization;
using Larder.Bench.Reports;

namespace Larder.Bench.Hits;

/// <summary>
/// What a hit costs: CPU time and bytes, on one thread and on two. The contenders take turns, round by round, and are compared within a round, because
/// the machine has other work.
/// </summary>
internal static class MicroCommand
{
    public const string Usage = """
        micro      what a hit costs in the process, on one thread and on two
          --rounds <n>                        at least 15; default 25
          --keys <n>                          default 1,000
          --save <file>                       also put the section into this Markdown file
        """;

    public static async Task<int> RunAsync(string[] arguments)
    {
        if (BenchArguments.Parse(arguments, "--rounds", "--keys", "--save") is not { } given
            || given.Number("--rounds", 25) is not (>= 15 and <= 1_000 and var rounds)
            || given.Number("--keys", 1_000) is not (>= 10 and <= 10_000_000 and var count))
        {
            await Console.Error.WriteLineAsync(Usage);
            return 2;
        }

        // Each has a cache of its own, so that it reads so many keys of so many.
        using var beds = new HitBeds();
        var spin = new SpinLoop();
        var reference = beds.New().IMemoryCache(count);
        var larder = beds.New().TryGet(count, "tags3", 3, "LarderCache.TryGet, 3 tags");
        var hybrid = beds.New().Hybrid(count);
        var getOrCreate = beds.New().GetOrCreate(count);
        var oneTag = beds.New().TryGet(count, "tags1", 1, "LarderCache.TryGet, 1 tag");
        var tenTags = beds.New().TryGet(count, "tag10", 10, "LarderCache.TryGet, 10 tags");
        var newRecord = beds.New().NewRecord(count, "recor", 10, "LarderCache.TryGet, 10 tags, a new record before each pass");
        HitLoop[] loops =
        [
            spin, beds.New().Dictionary(count), reference, HitBed.Store(count, isUnderPressure: false), HitBed.Store(count, isUnderPressure: true), larder, oneTag, tenTags,
            newRecord, getOrCreate, hybrid, beds.New().HybridMutable(count),
        ];
        var runs = loops.SelectMany(loop => new[] { new HitRun(loop, 1), new HitRun(loop, 2) }).ToArray();
        HitRun.WarmUp(runs);
        for (var round = 0; round < rounds; round++)
        {
            foreach (var run in runs)
            {
                run.RunRound();
            }
        }

        HitRun Of(HitLoop loop, int threads = 1) => runs.Single(run => run.Loop == loop && run.Threads == threads);
        var report = new BenchReport("Micro", "micro");
        report.Say($"{count:N0} keys of 24 characters, {rounds} rounds in turn, medians; CPU time of the reading threads. *Scaling*: what two threads give of twice one thread's "
            + "reads a CPU second, divided by what two threads of the spin loop give.");
        report.Table(["a hit by", "1 thread, ns", "2 threads, ns", "÷ IMemoryCache", "scaling", "bytes"], loops.Select(loop => new[]
        {
            loop.Name, Figure(Of(loop).Median, "0.0"), Figure(Of(loop, 2).Median, "0.0"), Figure(Of(loop).RatioTo(Of(reference)), "0.00"),
            Figure(Of(loop).RatioTo(Of(loop, 2)) / Of(spin).RatioTo(Of(spin, 2)), "0.00"), Figure(Of(loop).BytesPerRead, "0.##"),
        }));
        report.Table(["claim", "measured", "target"],
        [
            Claim("hit with tags ÷ IMemoryCache", Of(larder).RatioTo(Of(reference)), 0.7, "0.00"),
            Claim("bytes a hit", Of(larder).BytesPerRead, 0, "0.##"),
            Claim("two threads: 1 ÷ scaling", Of(larder, 2).RatioTo(Of(larder)) / Of(spin, 2).RatioTo(Of(spin)), 1 / 0.9, "0.00"),
            Claim("HybridCache, immutable, more than TryGet, ns", Of(hybrid).DifferenceTo(Of(larder)), 30, "0.0"),
            Claim("ten tags more than one, ns", Of(tenTags).DifferenceTo(Of(oneTag)), 20, "0.0"),
            Claim("ten tags, first hit after a new record, more, ns", Of(newRecord).DifferenceTo(Of(oneTag)), 300, "0.0"),
        ]);
        await report.EndAsync(given.Text("--save"));
        return 0;
    }

    private static string[] Claim(string claim, double measured, double most, string format) =>
        [claim, Figure(measured, format), $"at most {Figure(most, "0.##")}: {(measured <= most ? "PASS" : "MISS")}"];

    private static string Figure(double value, string format) => value.ToString(format, CultureInfo.InvariantCulture);
}
