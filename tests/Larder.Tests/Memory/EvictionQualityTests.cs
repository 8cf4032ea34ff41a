using Larder.Bench.HitRatio;
using Larder.Memory;
using static Larder.Tests.Memory.StoreEntries;

namespace Larder.Tests.Memory;

/// <summary>Floors under the hit ratio, on requests of one kind each; the whole comparison is the bench's hit-ratio.</summary>
public sealed class EvictionQualityTests
{
    private const double MostBelowTheBest = 3;

    [Theory]
    [InlineData("zipf", 500)]
    [InlineData("scans", 500)]
    [InlineData("jumps", 3_000)]
    [InlineData("news", 500)]
    [InlineData("loop", 500)]
    [InlineData("loop", 900)]
    [InlineData("back", 500)]
    [InlineData("mixed", 1_000)]
    [InlineData("phases", 500)]
    public void Set_RequestsOfAKind_HitsNearlyAsOftenAsTheBestPolicyForThem(string kind, int capacity)
    {
        var trace = TraceOf(kind);
        var best = new IReplacementPolicy[]
        {
            new LruPolicy(trace.Keys, capacity), new FifoPolicy(trace.Keys, capacity), new ClockPolicy(trace.Keys, capacity), new SievePolicy(trace.Keys, capacity),
            new S3FifoPolicy(trace.Keys, capacity), new TinyLfuPolicy(trace.Keys, capacity),
        }.Max(policy => PercentOf(trace, policy));

        var ours = PercentOf(trace, new LarderPolicy(capacity));

        Assert.InRange(ours, best - MostBelowTheBest, 100.0 * Optimum.CountHits(trace.Requests, trace.Keys, capacity) / trace.Requests.Length);
    }

    /// <summary>The policies we compare with are exact: they agree with figures that were not computed by this program.</summary>
    [Fact]
    [Trait("Category", "Slow")]
    public async Task ReferencePolicies_Traces_AgreeWithTheReferenceFile()
    {
        if (TraceFolder() is not { } folder)
        {
            Assert.Skip("the traces are not here");
            return;
        }

        var rows = (await File.ReadAllLinesAsync(Path.Combine(folder, "reference_hit_ratios.tsv"))).Skip(1).Select(line => line.Split('\t')).ToArray();
        Assert.NotEmpty(rows);
        foreach (var group in rows.GroupBy(row => row[0]))
        {
            var trace = await RequestTrace.ReadAsync(Path.Combine(folder, $"{group.Key}.u32.gz"));
            foreach (var row in group)
            {
                var capacity = int.Parse(row[2]);
                Assert.Equal((int.Parse(row[1]), int.Parse(row[3])), (trace.Requests.Length, trace.Keys));
                Assert.Equal(double.Parse(row[4]), PercentOf(trace, new LruPolicy(trace.Keys, capacity)), 4);
                Assert.Equal(double.Parse(row[5]), PercentOf(trace, new FifoPolicy(trace.Keys, capacity)), 4);
                Assert.Equal(double.Parse(row[6]), PercentOf(trace, new ClockPolicy(trace.Keys, capacity)), 4);
                Assert.Equal(double.Parse(row[7]), 100.0 * Optimum.CountHits(trace.Requests, trace.Keys, capacity) / trace.Requests.Length, 4);
            }
        }
    }

    [Fact]
    public void Set_OneLargeEntryAmongManyHotSmallOnes_LeavesThem()
    {
        const int Small = 10_000;
        const int LargeBytes = 1_000_000;
        var store = new MemoryStore(Small * (long)StoreEntries.Bytes, new ManualTimeProvider(), static _ => false);
        for (var i = 0; i < Small; i++)
        {
            store.Set(Make($"small:{i}"));
        }

        Read(store, Small);
        for (var large = 0; large < 5; large++)
        {
            store.Set(Make($"large:{large}", bytes: LargeBytes));
        }

        Assert.InRange(Read(store, Small), Small * 99 / 100, Small);
    }

    [Fact]
    public void Set_LargeEntryAmongUnusedOnes_IsTakenIn()
    {
        var store = new MemoryStore(1_000 * (long)StoreEntries.Bytes, new ManualTimeProvider(), static _ => false);
        for (var i = 0; i < 1_000; i++)
        {
            store.Set(Make($"small:{i}"));
        }

        Assert.True(store.Set(Make("large", bytes: 100 * StoreEntries.Bytes)));
        Assert.True(store.TryGet("large", out _));
        Assert.InRange(store.Bytes, 0, 1_000 * StoreEntries.Bytes);
    }

    private static int Read(MemoryStore store, int count) => Enumerable.Range(0, count).Count(i => store.TryGet($"small:{i}", out _));

    private static RequestTrace TraceOf(string kind) => kind switch
    {
        "zipf" => SyntheticTraces.Zipf(0.9, 150_000),
        "scans" => SyntheticTraces.Scans(200_000),
        "jumps" => SyntheticTraces.Jumps(requests: 250_000),
        "news" => SyntheticTraces.News(150_000),
        "loop" => SyntheticTraces.Loop(1_011, 150_000),
        "back" => SyntheticTraces.PingPong(requests: 150_000),
        "mixed" => SyntheticTraces.LoopInZipf(200_000),
        _ => SyntheticTraces.Phases(600_000),
    };

    private static double PercentOf(RequestTrace trace, IReplacementPolicy policy) =>
        100.0 * trace.Requests.Count(policy.Use) / trace.Requests.Length;

    /// <summary>The folder that the repository's working copies are given beside them; the environment may name another.</summary>
    private static string? TraceFolder()
    {
        var folder = Environment.GetEnvironmentVariable("LARDER_TEST_TRACES") ?? "/work/shared/data/traces";
        return Directory.Exists(folder) ? folder : null;
    }
}
