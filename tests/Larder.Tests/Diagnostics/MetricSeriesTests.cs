using Larder.Diagnostics;

namespace Larder.Tests.Diagnostics;

public sealed class MetricSeriesTests : IDisposable
{
    private const int Seed = 20_260;

    private readonly ManualTimeProvider _time = new();
    private readonly MetricStore _store;
    private readonly MetricSeries _series;

    public MetricSeriesTests()
    {
        _store = new MetricStore(_time);
        _series = _store.Series(SeriesKind.Route, "GET /products/{id}");
    }

    private SeriesSnapshot Snapshot => _store.Read(_series, MetricWindow.SinceStart);

    public void Dispose() => _store.Dispose();

    [Theory]
    [InlineData("uniform")]
    [InlineData("exponential")]
    [InlineData("log-normal")]
    [InlineData("pareto")]
    [InlineData("two peaks")]
    [InlineData("one value")]
    public void PercentileMs_RandomDistributions_IsWithinOnePercentOfTheExactOne(string distribution)
    {
        var random = new Random(Seed);
        for (var round = 0; round < 30; round++)
        {
            var series = _store.Series(SeriesKind.Route, $"{distribution} {round}");
            var scale = Math.Pow(10, random.NextDouble() * 5);
            var ticks = new long[random.Next(1, 5000)];
            for (var i = 0; i < ticks.Length; i++)
            {
                // From 5 µs (50 ticks of this clock) to 100 s.
                ticks[i] = (long)Math.Clamp(50 * scale * Sample(distribution, random), 50, 1_000_000_000);
                series.Record(CacheOutcome.Miss, 200, ticks[i], 0);
            }

            Array.Sort(ticks);
            var snapshot = _store.Read(series, MetricWindow.SinceStart);
            var minute = _store.Read(series, MetricWindow.Minute);
            foreach (var fraction in (double[])[0, 0.01, 0.25, 0.5, 0.9, 0.95, 0.99, 0.999, 1])
            {
                var exactMs = ticks[Math.Max(0, (int)Math.Ceiling(fraction * ticks.Length) - 1)] / 10_000.0;
                Assert.InRange(snapshot.PercentileMs(fraction)!.Value, exactMs * 0.99, exactMs * 1.01);
                Assert.InRange(minute.PercentileMs(fraction)!.Value, exactMs * 0.99, exactMs * 1.01);
            }

            Assert.Equal(ticks[0] / 10_000.0, snapshot.MinMs!.Value, 1e-9);
            Assert.Equal(ticks[^1] / 10_000.0, snapshot.MaxMs!.Value, 1e-9);
            Assert.Equal(ticks.Average() / 10_000.0, snapshot.MeanMs!.Value, 1e-6);
        }
    }

    [Fact]
    public async Task Record_EightThreadsWhileSlicesEnd_LosesNothing()
    {
        const int Threads = 8;
        const int Each = 100_000;
        var recorders = Enumerable.Range(0, Threads).Select(thread => Task.Run(() =>
        {
            var random = new Random(thread);
            for (var i = 0; i < Each; i++)
            {
                _series.Record((CacheOutcome)(i % FrameLayout.Outcomes), (ResultClass)(i % FrameLayout.Results), random.Next(1, 1_000_000), bytes: 3);
            }
        })).ToArray();
        var all = Task.WhenAll(recorders);
        while (!all.IsCompleted)
        {
            _time.Advance(MetricStore.SliceLength);
        }

        await all;
        var snapshot = Snapshot;

        Assert.Equal(Threads * Each, snapshot.Count);
        Assert.Equal(Threads * Each, snapshot.CountAtMost(1_000_000));
        Assert.Equal(Threads * Each * 3L, snapshot.Bytes);
        var ofEach = Enumerable.Range(0, Each).CountBy(i => (Outcome: i % FrameLayout.Outcomes, Result: i % FrameLayout.Results));
        Assert.All(ofEach, pair =>
            Assert.Equal(Threads * pair.Value, snapshot.CountOf((CacheOutcome)pair.Key.Outcome, (ResultClass)pair.Key.Result)));
    }

    [Fact]
    public void Record_EveryOutcomeAndStatus_IsCountedWhereItBelongs()
    {
        _series.Record(CacheOutcome.Hit, 200, 10, 100);
        _series.Record(CacheOutcome.Hit, 304, 10, 0);
        _series.Record(CacheOutcome.Stale, 200, 10, 100);
        _series.Record(CacheOutcome.Miss, 200, 30, 100);
        _series.Record(CacheOutcome.Miss, 404, 50, 20);
        _series.Record(CacheOutcome.Collapsed, 503, 10, 20);
        _series.Record(CacheOutcome.BypassToken, 200, 10, 100);
        _series.Record(CacheOutcome.BypassLag, 499, 10, 0);
        _series.Record(CacheOutcome.Uncached, 500, 10, 0);

        var snapshot = Snapshot;

        Assert.Equal(9, snapshot.Count);
        Assert.Equal(2, snapshot.Errors);
        Assert.Equal(2, snapshot.ClientErrors);
        Assert.Equal(3, snapshot.CacheHits);
        Assert.Equal(3, snapshot.CacheMisses);
        Assert.Equal(2, snapshot.Bypasses);
        Assert.Equal(0.5, snapshot.HitRate);
        Assert.Equal(440, snapshot.Bytes);
        Assert.Equal(1, snapshot.CountOf(CacheOutcome.BypassToken));
        Assert.Equal(0.004, snapshot.MeanMsOf(CacheOutcome.Miss)!.Value, 1e-9);
    }

    [Fact]
    public void Record_NegativeAndHugeTimes_AreCountedAtTheEnds()
    {
        _series.Record(CacheOutcome.Hit, 200, -5, 0);
        _series.Record(CacheOutcome.Miss, 200, TimeSpan.FromHours(3).Ticks, 0);

        Assert.Equal(0, Snapshot.MinMs);
        Assert.Equal(TimeSpan.FromHours(3).TotalMilliseconds, Snapshot.MaxMs!.Value, 1e-6);
        Assert.Equal(TimeSpan.FromHours(3).TotalMilliseconds, Snapshot.PercentileMs(1)!.Value, 1e-6);
        Assert.Equal(TimeSpan.FromHours(3).TotalMilliseconds, _store.Read(_series, MetricWindow.Hour).MaxMs!.Value, 1e-6);
    }

    [Fact]
    public void Read_NothingRecorded_HasNoTimes()
    {
        var snapshot = Snapshot;

        Assert.Equal(0, snapshot.Count);
        Assert.Null(snapshot.MinMs);
        Assert.Null(snapshot.MaxMs);
        Assert.Null(snapshot.MeanMs);
        Assert.Null(snapshot.HitRate);
        Assert.Null(snapshot.PercentileMs(0.5));
    }

    [Fact]
    public void Record_ManyTimes_AllocatesNothing()
    {
        _series.Record(CacheOutcome.Hit, 200, 1, 1);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 10_000; i++)
        {
            _series.Record(CacheOutcome.Hit, 200, i, 1);
        }

        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }

    [Fact]
    public void CountAtMost_BoundsOfAnotherHistogram_CountsWithinOnePercentOfTheBound()
    {
        for (var ms = 1; ms <= 1000; ms++)
        {
            _series.Record(CacheOutcome.Miss, 200, TimeSpan.FromMilliseconds(ms).Ticks, 0);
        }

        Assert.Equal(0, Snapshot.CountAtMost(0.5));
        Assert.InRange(Snapshot.CountAtMost(250), 247, 253);
        Assert.Equal(1000, Snapshot.CountAtMost(10_000));
    }

    private static double Sample(string distribution, Random random) => distribution switch
    {
        "uniform" => 1 + (100 * random.NextDouble()),
        "exponential" => -20 * Math.Log(1 - random.NextDouble()),
        "log-normal" => Math.Exp(2 + (1.5 * Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble()))),
        "pareto" => Math.Pow(1 - random.NextDouble(), -0.8),
        "two peaks" => random.Next(10) == 0 ? 5000 + random.Next(50) : 1 + random.NextDouble(),
        _ => 7,
    };
}
