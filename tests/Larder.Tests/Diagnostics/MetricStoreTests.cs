using Larder.Diagnostics;

namespace Larder.Tests.Diagnostics;

public sealed class MetricStoreTests : IDisposable
{
    private static readonly MetricWindow[] Windows = Enum.GetValues<MetricWindow>();

    private readonly ManualTimeProvider _time = new();
    private readonly MetricStore _store;
    private readonly MetricSeries _series;

    public MetricStoreTests()
    {
        _store = new MetricStore(_time, mostRoutes: 100, mostViews: 3, mostSections: 3);
        _series = _store.Series(SeriesKind.View, "product");
    }

    public void Dispose() => _store.Dispose();

    [Theory]
    [InlineData(0, 1, 1, 1)]
    [InlineData(54, 1, 1, 1)]
    [InlineData(61, 0, 1, 1)]
    [InlineData(269, 0, 1, 1)]
    [InlineData(301, 0, 0, 1)]
    [InlineData(3299, 0, 0, 1)]
    [InlineData(3601, 0, 0, 0)]
    public void Read_SecondsAfterAnAnswer_ItIsInTheWindowsThatReachBackToIt(int seconds, int minute, int fiveMinutes, int hour)
    {
        // Wherever in its slice it came, and wherever that slice lies in the longer ones.
        for (var offset = 0; offset < 310; offset += 7)
        {
            using var store = new MetricStore(_time);
            var series = store.Series(SeriesKind.View, "product");
            _time.Advance(TimeSpan.FromSeconds(offset));
            series.Record(CacheOutcome.Miss, 200, 20_000, 5);
            _time.Advance(TimeSpan.FromSeconds(seconds));

            Assert.Equal(minute, store.Read(series, MetricWindow.Minute).Count);
            Assert.Equal(fiveMinutes, store.Read(series, MetricWindow.FiveMinutes).Count);
            Assert.Equal(hour, store.Read(series, MetricWindow.Hour).Count);
            Assert.Equal(1, store.Read(series, MetricWindow.SinceStart).Count);
        }
    }

    [Fact]
    public void Read_AnAnswerASecondForTwoHours_CountsWhatEachWindowCovers()
    {
        for (var second = 0; second < 7203; second++)
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            _series.Record(CacheOutcome.Hit, 200, 20_000, 5);
        }

        foreach (var window in Windows)
        {
            var snapshot = _store.Read(_series, window);
            Assert.InRange(snapshot.Count, snapshot.Covered.TotalSeconds - 1, snapshot.Covered.TotalSeconds + 1);
            Assert.InRange(snapshot.PerSecond, 0.97, 1.03);
            Assert.Equal(snapshot.Count * 5, snapshot.Bytes);
        }

        Assert.InRange(_store.Read(_series, MetricWindow.Minute).Covered.TotalSeconds, 55, 60);
        Assert.InRange(_store.Read(_series, MetricWindow.FiveMinutes).Covered.TotalSeconds, 270, 300);
        Assert.InRange(_store.Read(_series, MetricWindow.Hour).Covered.TotalSeconds, 3300, 3600);
    }

    [Fact]
    public void Read_TimesChange_EachWindowHasItsOwnPercentiles()
    {
        RecordFor(TimeSpan.FromMinutes(30), milliseconds: 100);
        RecordFor(TimeSpan.FromMinutes(4), milliseconds: 10);
        RecordFor(TimeSpan.FromMinutes(1), milliseconds: 1);

        Assert.Equal(1, _store.Read(_series, MetricWindow.Minute).PercentileMs(1)!.Value, 0.01);
        Assert.Equal(1, _store.Read(_series, MetricWindow.Minute).MaxMs!.Value, 0.01);
        Assert.Equal(10, _store.Read(_series, MetricWindow.FiveMinutes).PercentileMs(0.5)!.Value, 0.1);
        Assert.Equal(100, _store.Read(_series, MetricWindow.Hour).PercentileMs(0.5)!.Value, 1.0);
        Assert.Equal(1, _store.Read(_series, MetricWindow.Hour).MinMs!.Value, 0.01);
    }

    [Fact]
    public void Read_TheTimerCameLate_CountsWhatWasRecordedMeanwhile()
    {
        var paused = new PausedTimers();
        using var store = new MetricStore(paused);
        var series = store.Series(SeriesKind.Route, "GET /");
        series.Record(CacheOutcome.Hit, 200, 10, 0);
        paused.Now += TimeSpan.FromSeconds(42);

        Assert.Equal(1, store.Read(series, MetricWindow.Minute).Count);
        paused.Now += TimeSpan.FromHours(30);

        Assert.Equal(0, store.Read(series, MetricWindow.Hour).Count);
        Assert.Equal(1, store.Read(series, MetricWindow.SinceStart).Count);
    }

    [Fact]
    public void Series_SameName_IsTheSameOnePerKind()
    {
        Assert.Same(_series, _store.Series(SeriesKind.View, "product"));
        Assert.NotSame(_series, _store.Series(SeriesKind.Section, "product"));
    }

    [Fact]
    public void Series_AMillionDistinctNames_AreBounded()
    {
        for (var i = 0; i < 1_000_000; i++)
        {
            _store.Series(SeriesKind.Route, $"GET /raw/{i}").Record(CacheOutcome.Miss, 200, 10, 0);
        }

        var all = _store.ReadAll(SeriesKind.Route, MetricWindow.SinceStart);
        Assert.Equal(101, all.Count);
        Assert.Equal(1_000_000, all.Sum(snapshot => snapshot.Count));
        Assert.Equal(999_900, all.Single(snapshot => snapshot.Name == MetricStore.Other).Count);
        Assert.InRange(_store.Bytes, 0, 103L * (MetricSeries.FixedBytes + 1000));
    }

    [Fact]
    public void Series_ANameTooLong_GoesToTheOthers()
    {
        Assert.Equal(MetricStore.Other, _store.Series(SeriesKind.Section, new string('x', MetricStore.LongestName + 1)).Name);
        Assert.Equal(MetricStore.LongestName, _store.Series(SeriesKind.Section, new string('x', MetricStore.LongestName)).Name.Length);
    }

    [Fact]
    public void Bytes_AnHourOfManyDifferentTimes_StayBelowTheStatedBound()
    {
        const int StatedSliceBytes = 34 * (FrameLayout.Cells * 4);
        var random = new Random(4);
        for (var slice = 0; slice < 721; slice++)
        {
            for (var i = 0; i < 1000; i++)
            {
                // Log-uniform over all buckets: far wider than any real endpoint.
                _series.Record(CacheOutcome.Miss, 200, (long)Math.Exp(random.NextDouble() * 20.9), 500);
            }

            _time.Advance(MetricStore.SliceLength);
        }

        Assert.InRange(_store.Bytes, MetricSeries.FixedBytes, MetricSeries.FixedBytes + StatedSliceBytes);
        Assert.Equal(721_000, _store.Read(_series, MetricWindow.SinceStart).Count);
    }

    private void RecordFor(TimeSpan duration, double milliseconds)
    {
        for (var left = duration; left > TimeSpan.Zero; left -= TimeSpan.FromSeconds(1))
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            _series.Record(CacheOutcome.Miss, 200, TimeSpan.FromMilliseconds(milliseconds).Ticks, 0);
        }
    }

    private sealed class PausedTimers : TimeProvider
    {
        private readonly ManualTimeProvider _timers = new();

        internal TimeSpan Now { get; set; }

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => Now.Ticks;

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
            _timers.CreateTimer(callback, state, dueTime, period);
    }
}
