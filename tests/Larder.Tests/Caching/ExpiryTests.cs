using Larder.Caching;

namespace Larder.Tests.Caching;

public sealed class ExpiryTests : IDisposable
{
    private readonly TestCache _test = new();

    private LarderCache Cache => _test.Cache;

    public void Dispose() => _test.Dispose();

    [Fact]
    public void TryGet_BeforeAndAtTheEndOfTheLifetime_HitsThenMisses()
    {
        Cache.Set("key", "value", TestCache.Minute);

        _test.Time.Advance(TimeSpan.FromMinutes(1) - TimeSpan.FromTicks(1));
        Assert.True(Cache.TryGet<string>("key", out _));

        _test.Time.Advance(TimeSpan.FromTicks(1));
        Assert.False(Cache.TryGet<string>("key", out _));
        Assert.Equal((0, 0), (Cache.GetStatistics().TotalKeys, Cache.GetStatistics().MemoryUsedBytes));
    }

    [Fact]
    public async Task GetOrCreateAsync_LongLoad_LifetimeCountsFromItsStart()
    {
        var load = new HeldLoad<string>();
        var get = Cache.GetOrCreateAsync("key", TestCache.Minute, load.RunAsync);
        _test.Time.Advance(TimeSpan.FromSeconds(40));
        load.Succeed("value");
        await get;

        Assert.True(Cache.TryGet<string>("key", out _));
        _test.Time.Advance(TimeSpan.FromSeconds(20));
        Assert.False(Cache.TryGet<string>("key", out _));
    }

    [Fact]
    public void Set_WithJitter_LifetimesSpreadWithinTheBoundsAndNeverExceedTheDuration()
    {
        var policy = TestCache.Minute with { Jitter = 0.5 };
        for (var i = 0; i < 1_000; i++)
        {
            Cache.Set($"key:{i}", i, policy);
        }

        _test.Time.Advance(TimeSpan.FromSeconds(30) - TimeSpan.FromMilliseconds(1));
        Assert.Equal(1_000, CountAlive());
        _test.Time.Advance(TimeSpan.FromSeconds(15));

        // Half of 1,000 are expected; 400 to 600 is beyond six standard deviations.
        Assert.InRange(CountAlive(), 400, 600);
        _test.Time.Advance(TimeSpan.FromSeconds(15) + TimeSpan.FromMilliseconds(1));
        Assert.Equal(0, CountAlive());
    }

    [Fact]
    public async Task GetOrCreateAsync_ValueLargerThanThePolicyAllows_IsReturnedAndNotStored()
    {
        var policy = TestCache.Minute with { MaxEntryBytes = 100 };

        Assert.Equal(50, (await Cache.GetOrCreateAsync("large", policy, _ => new ValueTask<string>(new string('x', 50)))).Length);
        await Cache.GetOrCreateAsync("small", policy, _ => new ValueTask<string>(new string('x', 30)));

        Assert.False(Cache.TryGet<string>("large", out _));
        Assert.True(Cache.TryGet<string>("small", out _));
    }

    [Fact]
    public void Set_TooLargeAValueOverASmallOne_LeavesNoOldValueBehind()
    {
        Cache.Set("key", "old", TestCache.Minute);
        Cache.Set("key", new string('x', 200), TestCache.Minute with { MaxEntryBytes = 100 });

        Assert.False(Cache.TryGet<string>("key", out _));
    }

    private int CountAlive() => Enumerable.Range(0, 1_000).Count(i => Cache.TryGet<int>($"key:{i}", out _));
}
