using Larder.Caching;
using Larder.Freshness;
using Larder.Tests.Caching;

namespace Larder.Tests.Freshness;

public sealed class StaleAnswerTests : IDisposable
{
    private static readonly CachePolicy Lagging = TestCache.Minute with { StaleAfterInvalidation = TimeSpan.FromSeconds(10) };
    private static readonly CachePolicy OnError = TestCache.Minute with { StaleIfError = TimeSpan.FromSeconds(30) };
    private static readonly CachePolicy Revalidating = TestCache.Minute with { StaleWhileRevalidate = TimeSpan.FromSeconds(30) };

    private readonly TestCache _test = new();
    private readonly HeldLoad<string> _refresh = new();

    private LarderCache Cache => _test.Cache;

    public void Dispose() => _test.Dispose();

    [Fact(Timeout = 30_000)]
    public async Task StaleWhileRevalidate_ExpiredValue_IsServedOnceMoreWhileOneLoadMakesItAnew()
    {
        await FillAsync(Revalidating);
        _test.Time.Advance(TimeSpan.FromSeconds(70));

        Assert.Equal("first", await GetAsync(_refresh, Revalidating));
        await _refresh.Started;
        Assert.Equal("first", await GetAsync(_refresh, Revalidating));
        _refresh.Succeed("second");
        while (!Cache.TryGet<string>("key", out _))
        {
            await Task.Yield();
        }

        Assert.Equal(("second", 1), (await GetAsync(_refresh, Revalidating), _refresh.Runs));
    }

    [Fact(Timeout = 30_000)]
    public async Task Refresh_StartedByACallerWithAScopeAndAToken_RunsWithoutThem()
    {
        await FillAsync(Revalidating);
        _test.Time.Advance(TimeSpan.FromSeconds(70));
        var seen = new TaskCompletionSource<(bool, bool)>();
        using (FreshnessContext.Require(await Cache.InvalidateAsync(["other"], "test")))
        using (var scope = ReadScope.Begin())
        {
            await Cache.GetOrCreateAsync("key", (seen, scope), Revalidating, static (state, _) =>
            {
                state.seen.SetResult((FreshnessContext.Token.IsNone, ReadScope.Current != state.scope));
                return new ValueTask<string>("second");
            });
        }

        Assert.Equal((true, true), await seen.Task);
    }

    [Fact(Timeout = 30_000)]
    public async Task StaleWhileRevalidate_PastItsBound_LoadsFirst()
    {
        await FillAsync(Revalidating);
        _test.Time.Advance(TimeSpan.FromSeconds(90));
        _refresh.Succeed("second");

        Assert.Equal("second", await GetAsync(_refresh, Revalidating));
    }

    [Fact(Timeout = 30_000)]
    public async Task StaleWhileRevalidate_RefreshFails_IsTriedAgainAfterAPauseOnly()
    {
        await FillAsync(Revalidating);
        _test.Time.Advance(TimeSpan.FromSeconds(70));
        _refresh.Fail(new IOException());
        Assert.Equal("first", await GetAsync(_refresh, Revalidating));
        await _refresh.Started;
        while (Cache.Engine.Loads.Keys(new CachePattern("key")).Count > 0)
        {
            await Task.Yield();
        }

        var again = new HeldLoad<string>();
        Assert.Equal("first", await GetAsync(again, Revalidating));
        Assert.Equal(0, again.Runs);
        _test.Time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal("first", await GetAsync(again, Revalidating));
        await again.Started;
        again.Succeed("second");
    }

    [Fact(Timeout = 30_000)]
    public async Task Refresh_OfManyKeysAtOnce_RunsAsManyAsAreAllowed()
    {
        var held = new HeldLoad<string>();
        for (var i = 0; i < 100; i++)
        {
            await Cache.GetOrCreateAsync($"{i}", Revalidating, static _ => new ValueTask<string>("first"));
        }

        _test.Time.Advance(TimeSpan.FromSeconds(70));
        for (var i = 0; i < 100; i++)
        {
            Assert.Equal("first", await Cache.GetOrCreateAsync($"{i}", Revalidating, held.RunAsync));
        }

        Assert.Equal(64, Cache.Engine.Loads.Keys(new CachePattern("*")).Count);
        held.Succeed("second");
    }

    [Theory(Timeout = 30_000)]
    [InlineData(80, true)]
    [InlineData(90, false)]
    public async Task StaleIfError_LoadFails_TheOldValueIsServedWithinItsBound(int seconds, bool isServed)
    {
        await FillAsync(OnError);
        _test.Time.Advance(TimeSpan.FromSeconds(seconds));
        _refresh.Fail(new IOException());

        if (isServed)
        {
            Assert.Equal("first", await GetAsync(_refresh, OnError));
            Assert.Equal(1, _refresh.Runs);
        }
        else
        {
            await Assert.ThrowsAsync<IOException>(() => GetAsync(_refresh, OnError));
        }
    }

    [Fact(Timeout = 30_000)]
    public async Task StaleIfError_InvalidatedWhileTheLoadFails_TheFailureIsSeen()
    {
        await FillAsync(OnError);
        _test.Time.Advance(TimeSpan.FromSeconds(80));
        var get = GetAsync(_refresh, OnError);
        await Cache.InvalidateAsync(["tag"], "test");
        _refresh.Fail(new IOException());

        await Assert.ThrowsAsync<IOException>(() => get);
    }

    [Fact(Timeout = 30_000)]
    public async Task StaleAfterInvalidation_WithinItsBound_IsServedWhileItIsMadeAnew()
    {
        await FillAsync(Lagging);
        _test.Time.Advance(TimeSpan.FromSeconds(20));
        await Cache.InvalidateAsync(["tag"], "test");
        _test.Time.Advance(TimeSpan.FromSeconds(9));

        Assert.Equal("first", await GetAsync(_refresh, Lagging));
        await _refresh.Started;
        Assert.False(Cache.TryGet<string>("key", out _));
        _refresh.Succeed("second");
    }

    [Fact(Timeout = 30_000)]
    public async Task StaleAfterInvalidation_PastItsBound_LoadsFirst()
    {
        await FillAsync(Lagging);
        await Cache.InvalidateAsync(["tag"], "test");
        _test.Time.Advance(TimeSpan.FromSeconds(10));
        _refresh.Succeed("second");

        Assert.Equal("second", await GetAsync(_refresh, Lagging));
    }

    [Fact(Timeout = 30_000)]
    public async Task StaleAfterInvalidation_HardInvalidation_IsNeverServed()
    {
        await FillAsync(Lagging);
        await Cache.InvalidateAsync(["tag"], "test", isHard: true);
        _refresh.Succeed("second");

        Assert.Equal("second", await GetAsync(_refresh, Lagging));
    }

    [Fact(Timeout = 30_000)]
    public async Task StaleAfterInvalidation_EverythingInvalidated_IsNeverServed()
    {
        await FillAsync(Lagging);
        await Cache.InvalidateAsync(["*"], "test");
        _refresh.Succeed("second");

        Assert.Equal("second", await GetAsync(_refresh, Lagging));
    }

    [Fact(Timeout = 30_000)]
    public async Task StaleAfterInvalidation_CallerWithTheWritersToken_LoadsFirst()
    {
        await FillAsync(Lagging);
        var token = await Cache.InvalidateAsync(["tag"], "test");
        _refresh.Succeed("second");

        using (FreshnessContext.Require(token))
        {
            Assert.Equal("second", await GetAsync(_refresh, Lagging));
        }
    }

    [Fact(Timeout = 30_000)]
    public async Task StaleAfterInvalidation_NotAskedFor_IsNeverServed()
    {
        await FillAsync(Revalidating);
        await Cache.InvalidateAsync(["tag"], "test");
        _refresh.Succeed("second");

        Assert.Equal("second", await GetAsync(_refresh, Revalidating));
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(5, 5)]
    [InlineData(90, 60)]
    public async Task NegativeDuration_NullResult_LivesThatLongAndNotLongerThanOthers(int negative, int seconds)
    {
        var policy = TestCache.Minute with { NegativeDuration = TimeSpan.FromSeconds(negative) };
        await Cache.GetOrCreateAsync("nothing", policy, static _ => new ValueTask<string?>((string?)null));
        await Cache.GetOrCreateAsync("something", policy, static _ => new ValueTask<string?>("value"));

        _test.Time.Advance(TimeSpan.FromSeconds(Math.Max(0, seconds - 1)));
        Assert.Equal((seconds > 0, true), (Cache.TryGet<string?>("nothing", out _), Cache.TryGet<string?>("something", out _)));
        _test.Time.Advance(TimeSpan.FromSeconds(1));
        Assert.False(Cache.TryGet<string?>("nothing", out _));
    }

    private async Task FillAsync(CachePolicy policy) =>
        Assert.Equal("first", await Cache.GetOrCreateAsync("key", 0, policy, static (_, _) => new ValueTask<string>("first"), ["tag"]));

    private Task<string> GetAsync(HeldLoad<string> load, CachePolicy policy) =>
        Cache.GetOrCreateAsync("key", load, policy, static (load, token) => load.RunAsync(token), ["tag"]).AsTask();
}
