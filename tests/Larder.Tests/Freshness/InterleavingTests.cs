using Larder.Caching;
using Larder.Freshness;
using Larder.Tests.Caching;

namespace Larder.Tests.Freshness;

/// <summary>The orders of events that lose an invalidation in other caches. Removal by key, tag and pattern during a load is in RemovalDuringLoadTests.</summary>
public sealed class InterleavingTests : IDisposable
{
    private static readonly CachePolicy Eager = TestCache.Minute with { EagerRefresh = 0.5 };
    private static readonly CachePolicy Revalidating = TestCache.Minute with { StaleWhileRevalidate = TimeSpan.FromMinutes(1) };

    private readonly TestCache _test = new();
    private readonly HeldLoad<string> _old = new();
    private readonly HeldLoad<string> _new = new();

    private LarderCache Cache => _test.Cache;

    public void Dispose() => _test.Dispose();

    [Fact(Timeout = 30_000)]
    public async Task Invalidate_ATagThatTheLoadFoundOut_ItsResultIsNotStored()
    {
        var get = GetAsync(_old, word: "found");
        await Cache.InvalidateAsync(["found"], "test");
        _old.Succeed("old");

        Assert.Equal("old", await get);
        Assert.False(Cache.TryGet<string>("key", out _));
    }

    [Fact(Timeout = 30_000)]
    public async Task Reader_WhoArrivesAfterTheInvalidationAndMeetsAnOlderLoad_LoadsAnew()
    {
        // The load's tags are not known while it runs, so the reader waits for it and then finds that it began too early.
        var earlier = GetAsync(_old, word: "found");
        await Cache.InvalidateAsync(["found"], "test");
        var later = GetAsync(_new, word: "found");
        _old.Succeed("old");
        Assert.Equal("old", await earlier);

        await _new.Started;
        _new.Succeed("new");

        Assert.Equal("new", await later);
        Assert.Equal("new", Stored("key"));
    }

    [Fact(Timeout = 30_000)]
    public async Task Reader_WhoArrivesAfterAnotherInvalidationAndMeetsAnOlderLoad_SharesIt()
    {
        var earlier = GetAsync(_old, word: "found");
        await Cache.InvalidateAsync(["something else"], "test");
        var later = GetAsync(_new, word: "found");
        _old.Succeed("value");

        Assert.Equal(["value", "value"], await Task.WhenAll(earlier, later));
        Assert.Equal(0, _new.Runs);
    }

    [Fact(Timeout = 30_000)]
    public async Task Readers_WithARemovalBetweenEach_RunTwoLoadsAtOnceAndNotMore()
    {
        var third = new HeldLoad<string>();
        var first = GetAsync(_old);
        Cache.Remove("key");
        var second = GetAsync(_new);
        Cache.Remove("key");
        var last = GetAsync(third);
        Assert.Equal((1, 1, 0), (_old.Runs, _new.Runs, third.Runs));

        _old.Succeed("1");
        await third.Started;
        _new.Succeed("2");
        third.Succeed("3");

        Assert.Equal(["1", "2", "3"], await Task.WhenAll(first, second, last));
        Assert.Equal("3", Stored("key"));
    }

    [Theory(Timeout = 30_000)]
    [InlineData("key")]
    [InlineData("tag")]
    [InlineData("pattern")]
    public async Task Invalidate_DuringAnEagerRefresh_WhatTheRefreshReadIsNotServed(string by)
    {
        await FillAsync(Eager);
        _test.Time.Advance(TimeSpan.FromSeconds(40));
        Assert.Equal("first", await GetAsync(_old, Eager));
        await _old.Started;

        RemoveBy(by);
        _old.Succeed("read before the invalidation");
        _new.Succeed("new");

        Assert.Equal("new", await GetAsync(_new, Eager));
    }

    [Fact(Timeout = 30_000)]
    public async Task EagerRefresh_NothingHappens_ItsValueReplacesTheOldOneAndLivesOn()
    {
        await FillAsync(Eager);
        _test.Time.Advance(TimeSpan.FromSeconds(40));
        var hit = await GetAsync(_old, Eager);
        await _old.Started;
        Assert.Equal("first", await GetAsync(_new, Eager));
        _old.Succeed("refreshed");
        await UntilAsync(() => Stored("key") == "refreshed");

        _test.Time.Advance(TimeSpan.FromSeconds(25));

        Assert.Equal(("first", "refreshed", 0), (hit, Stored("key"), _new.Runs));
    }

    [Theory(Timeout = 30_000)]
    [InlineData("key")]
    [InlineData("tag")]
    [InlineData("pattern")]
    public async Task Invalidate_DuringStaleWhileRevalidate_NeitherTheStaleNorTheRefreshedValueIsServed(string by)
    {
        await FillAsync(Revalidating);
        _test.Time.Advance(TimeSpan.FromSeconds(70));
        Assert.Equal("first", await GetAsync(_old, Revalidating));
        await _old.Started;

        RemoveBy(by);
        var later = GetAsync(_new, Revalidating);
        await _new.Started;
        _old.Succeed("read before the invalidation");
        _new.Succeed("new");

        Assert.Equal("new", await later);
        Assert.Equal("new", Stored("key"));
    }

    [Fact]
    public async Task Set_RacingAnInvalidation_WithAReadPositionIsNotStored()
    {
        Cache.Set("key", "before", TestCache.Minute);
        using (var reads = Cache.BeginRead())
        {
            reads.Add("word");
            await Cache.InvalidateAsync(["word"], "test");
            Cache.Set("key", "read before the invalidation", TestCache.Minute, reads);
        }

        Assert.False(Cache.TryGet<string>("key", out _));
    }

    [Fact]
    public async Task Set_WithAReadPosition_IsDroppedByWhatItsScopeCollected()
    {
        using (var reads = Cache.BeginRead())
        {
            reads.Add("word");
            Cache.Set("key", "value", TestCache.Minute, reads);
        }

        Assert.Equal(FreshnessKind.HandTagged, Entry("key").Kind);
        await Cache.InvalidateAsync(["word"], "test");
        Assert.False(Cache.TryGet<string>("key", out _));
    }

    [Fact]
    public async Task Set_WithoutAReadPosition_IsTimedAndDroppedByALaterInvalidation()
    {
        Cache.Set("key", "value", TestCache.Minute, ["word"]);

        Assert.Equal(FreshnessKind.Timed, Entry("key").Kind);
        await Cache.InvalidateAsync(["word"], "test");
        Assert.False(Cache.TryGet<string>("key", out _));
    }

    [Fact]
    public void Set_ScopeThatKnowsNoPosition_IsRefused()
    {
        using var scope = ReadScope.Begin();

        Assert.Throws<ArgumentException>(() => Cache.Set("key", "value", TestCache.Minute, scope));
    }

    private Task<string> GetAsync(HeldLoad<string> load, CachePolicy? policy = null, string? word = null) => Cache.GetOrCreateAsync(
        "key",
        (load, word),
        policy ?? TestCache.Minute,
        static async (state, token) =>
        {
            var value = await state.load.RunAsync(token);
            if (state.word is not null)
            {
                ReadScope.Current!.Add(state.word);
            }

            return value;
        },
        ["tag"]).AsTask();

    private async Task FillAsync(CachePolicy policy)
    {
        await Cache.GetOrCreateAsync("key", 0, policy, static (_, _) => new ValueTask<string>("first"), ["tag"]);
        Assert.Equal("first", Stored("key"));
    }

    private string? Stored(string key) => Cache.TryGet<string>(key, out var value) ? value : null;

    private Larder.Memory.MemoryEntry Entry(string key) => Cache.Engine.Store.TryGet(key, out var entry) ? entry : throw new KeyNotFoundException(key);

    private void RemoveBy(string by)
    {
        object _ = by switch
        {
            "key" => Cache.Remove("key"),
            "tag" => Cache.RemoveByTag("tag"),
            _ => Cache.RemoveByPattern("k*"),
        };
    }

    private static async Task UntilAsync(Func<bool> condition)
    {
        while (!condition())
        {
            await Task.Yield();
        }
    }
}
