using Larder.Caching;

namespace Larder.Tests.Caching;

public sealed class LarderCacheTests : IDisposable
{
    private readonly TestCache _test = new();

    private LarderCache Cache => _test.Cache;

    public void Dispose() => _test.Dispose();

    [Fact]
    public async Task GetOrCreateAsync_KeyOf1024Characters_IsTakenAndOneMoreIsRefused()
    {
        await Cache.GetOrCreateAsync(new string('k', 1_024), TestCache.Minute, _ => new ValueTask<int>(1));

        var refused = await Assert.ThrowsAsync<ArgumentException>(
            () => Cache.GetOrCreateAsync(new string('k', 1_025), TestCache.Minute, _ => new ValueTask<int>(1)).AsTask());
        Assert.Contains("at most 1024 characters; this one has 1025", refused.Message);
        Assert.Throws<ArgumentException>(() => Cache.Remove(""));
    }

    [Fact]
    public void Set_BadTags_AreRefused()
    {
        Assert.Throws<ArgumentException>(() => Cache.Set("key", 1, TestCache.Minute, ["*"]));
        Assert.Throws<ArgumentException>(() => Cache.Set("key", 1, TestCache.Minute, [""]));
        Assert.Throws<ArgumentException>(() => Cache.Set("key", 1, TestCache.Minute, [.. Enumerable.Range(0, 257).Select(i => $"t{i}")]));
    }

    [Fact]
    public void TryGet_AsAnotherType_Misses()
    {
        Cache.Set("key", 1, TestCache.Minute);

        Assert.False(Cache.TryGet<long>("key", out _));
        Assert.True(Cache.TryGet<int>("key", out _));
    }

    [Fact]
    public async Task GetOrCreateAsync_LoadReturnsNull_NullIsStored()
    {
        Assert.Null(await Cache.GetOrCreateAsync("key", TestCache.Minute, _ => new ValueTask<string?>((string?)null)));

        Assert.True(Cache.TryGet<string?>("key", out var value));
        Assert.Null(value);
    }

    [Fact]
    public void RemoveByPattern_ByTag_AndByKey_RemoveWhatTheyNameAndCountIt()
    {
        Cache.Set("bff:salesperson:dashboard:1", 1, TestCache.Minute, ["sales"]);
        Cache.Set("bff:salesperson:dashboard:2", 2, TestCache.Minute, ["sales", "north"]);
        Cache.Set("bff:consumer:home", 3, TestCache.Minute);

        Assert.Equal((1, 2), (Cache.CountByTag("north"), Cache.CountByTag("sales")));
        Cache.RemoveByTag("north");
        Assert.Equal((0, 1), (Cache.CountByTag("north"), Cache.CountByTag("sales")));
        Assert.False(Cache.TryGet<int>("bff:salesperson:dashboard:2", out _));
        Assert.Equal(1, Cache.RemoveByPattern("bff:salesperson:*"));
        Assert.True(Cache.Remove("bff:consumer:home"));
        Assert.False(Cache.Remove("bff:consumer:home"));
        Assert.Equal((0, 0), (Cache.GetStatistics().TotalKeys, Cache.GetStatistics().MemoryUsedBytes));
    }

    [Fact]
    public void GetStatistics_AfterTwoHitsAndAMiss_GivesRatesAsPercentages()
    {
        Assert.Null(Cache.GetStatistics().HitRatePercent);
        Cache.Set("key", "value", TestCache.Minute);
        Cache.TryGet<string>("key", out _);
        Cache.TryGet<string>("key", out _);
        Cache.TryGet<string>("other", out _);

        var statistics = Cache.GetStatistics();

        Assert.Equal((2, 1, 66.67, 1), (statistics.Hits, statistics.Misses, statistics.HitRatePercent, statistics.TotalKeys));
        Assert.True(statistics.Available);
        Assert.InRange(statistics.MemoryUsedBytes, 200, 400);
    }
}
