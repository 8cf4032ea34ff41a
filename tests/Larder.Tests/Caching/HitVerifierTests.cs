using System.Diagnostics.CodeAnalysis;
using Larder.Caching;
using Larder.Caching.Verification;
using Larder.Freshness;
using Microsoft.Extensions.DependencyInjection;

namespace Larder.Tests.Caching;

public sealed class HitVerifierTests : IDisposable
{
    private static readonly Tag Table = Tag.Coarse("t");

    private readonly Degradations _degradations = new();
    private readonly TestCache _observing;
    private readonly TestCache _sampling;
    private string _source = "first";

    public HitVerifierTests()
    {
        _observing = new TestCache(options => options.Mode = CacheMode.Observe, services => services.AddSingleton<IReadSetSource>(_degradations));
        _sampling = new TestCache(options => options.VerifySampleRate = 1, services => services.AddSingleton<IReadSetSource>(_degradations));
    }

    public void Dispose()
    {
        _observing.Dispose();
        _sampling.Dispose();
    }

    [Fact]
    public async Task Observe_EveryLookup_IsAnsweredByTheSourceAndCounted()
    {
        var answers = new[] { await GetAsync(_observing), await GetAsync(_observing), await GetAsync(_observing) };

        var report = _observing.Cache.GetVerification();
        Assert.Equal(["first", "first", "first"], answers);
        Assert.Equal((CacheMode.Observe, 3, 2, 2, 0), (report.Mode, report.ObservedLookups, report.WouldHaveHit, report.Compared, report.Violations));
        Assert.Equal(66.67, report.WouldHaveHitPercent);
        Assert.Equal(0, _observing.Cache.GetStatistics().Hits);
    }

    [Fact]
    public async Task Observe_TryGet_FindsNothing()
    {
        await GetAsync(_observing);

        Assert.False(_observing.Cache.TryGet<string>("key", out _));
    }

    [Fact]
    public async Task Observe_WrittenAndPublished_IsNoWouldBeHitAndNoViolation()
    {
        await GetAsync(_observing);
        _source = "second";
        await PublishAsync(_observing);

        Assert.Equal("second", await GetAsync(_observing));

        var report = _observing.Cache.GetVerification();
        Assert.Equal((2, 0, 0), (report.ObservedLookups, report.WouldHaveHit, report.Compared));
    }

    [Fact(Timeout = 30_000)]
    public async Task Observe_WrittenBehindItsBack_IsAViolationOnceTheGraceIsOver()
    {
        await GetAsync(_observing);
        _source = "second";

        Assert.Equal("second", await GetAsync(_observing));
        await PassGraceAsync(_observing);

        var report = await ReportAsync(_observing, report => report.Violations == 1);
        var violation = Assert.Single(report.Recent);
        Assert.Equal("key", violation.Key);
        Assert.Equal(["SELECT 1"], violation.Statements);
        Assert.Equal(["SELECT 1"], _degradations.Texts);
    }

    [Fact(Timeout = 30_000)]
    public async Task Observe_CommitSeenBeforeItsRecord_IsOvertakenAndNoViolation()
    {
        await GetAsync(_observing);
        _source = "second";
        await GetAsync(_observing);
        await WaitForGraceAsync(_observing);

        await PublishAsync(_observing);
        _observing.Time.Advance(HitVerifier.Grace);

        var report = await ReportAsync(_observing, report => report.Overtaken == 1);
        Assert.Equal((0, 0), (report.Violations, report.Recent.Count));
        Assert.Empty(_degradations.Texts);
    }

    [Fact(Timeout = 30_000)]
    public async Task Sampled_HitWhoseSourceSaysOtherwise_IsServedOnceThenRemovedAndReported()
    {
        await GetAsync(_sampling);
        _source = "second";

        Assert.Equal("first", await GetAsync(_sampling));
        await PassGraceAsync(_sampling);

        await ReportAsync(_sampling, report => report.Violations == 1);
        Assert.Equal("second", await GetAsync(_sampling));
    }

    [Fact(Timeout = 30_000)]
    public async Task Sampled_WholeComposedOfAViolation_IsRemovedWithIt()
    {
        await _sampling.Cache.GetOrCreateAsync("whole", TestCache.Minute, async _ => "whole of " + await GetAsync(_sampling));
        _source = "second";
        await GetAsync(_sampling);
        await PassGraceAsync(_sampling);
        await ReportAsync(_sampling, report => report.Violations == 1);

        Assert.False(_sampling.Cache.TryGet<string>("whole", out _));
    }

    [Fact(Timeout = 30_000)]
    public async Task Sampled_HitThatAgrees_IsComparedAndStays()
    {
        await GetAsync(_sampling);
        await GetAsync(_sampling);

        var report = await ReportAsync(_sampling, report => report.Compared == 1);
        Assert.Equal(0, report.Violations);
        Assert.Equal("first", await GetAsync(_sampling));
        Assert.Equal(2, _sampling.Cache.GetStatistics().Hits);
    }

    [Fact]
    public async Task Sampled_TimedValue_IsNotCompared()
    {
        static ValueTask<string> Untagged(CancellationToken cancellationToken) => new("untagged");
        await _sampling.Cache.GetOrCreateAsync("timed", TestCache.Minute, Untagged);
        await _sampling.Cache.GetOrCreateAsync("timed", TestCache.Minute, Untagged);

        Assert.Equal(0, _sampling.Cache.GetVerification().Compared);
        Assert.Empty(_sampling.Cache.Engine.Loads.Keys(new CachePattern("*")));
    }

    private static async Task PublishAsync(TestCache test) =>
        await test.Services.GetRequiredService<InvalidationPublisher>().PublishAsync(new WriteSet(Table));

    // A comparison that differs waits on the clock; once its timer is set, the clock may move.
    private static async Task WaitForGraceAsync(TestCache test)
    {
        while (test.Time.PendingTimers == 0)
        {
            await Task.Yield();
        }
    }

    private static async Task PassGraceAsync(TestCache test)
    {
        await WaitForGraceAsync(test);
        test.Time.Advance(HitVerifier.Grace);
    }

    private static async Task<VerificationReport> ReportAsync(TestCache test, Predicate<VerificationReport> isThere)
    {
        while (true)
        {
            var report = test.Cache.GetVerification();
            if (isThere(report))
            {
                return report;
            }

            await Task.Yield();
        }
    }

    private ValueTask<string> GetAsync(TestCache test) => test.Cache.GetOrCreateAsync("key", TestCache.Minute, _ =>
    {
        ReadScope.Current!.Report(new ReadStatement("default", "SELECT 1", [], [Table]));
        return new ValueTask<string>(_source);
    });

    private sealed class Degradations : IReadSetSource
    {
        internal List<string> Texts { get; } = [];

        public ValueTask PrepareAsync(string database, string sql, CancellationToken cancellationToken) => default;

        public bool TryGetTags(
            string database, string sql, IReadOnlyList<KeyValuePair<string, object?>> parameters, [NotNullWhen(true)] out Tag[]? tags, out string? reason)
        {
            (tags, reason) = (null, null);
            return false;
        }

        public void Degrade(ReadStatement statement) => Texts.Add(statement.Text);
    }
}
