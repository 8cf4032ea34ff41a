using Larder.Caching;

namespace Larder.Tests.Caching;

public sealed class RequestCoalescingTests : IDisposable
{
    private readonly TestCache _test = new();
    private readonly HeldLoad<string> _load = new();

    private LarderCache Cache => _test.Cache;

    public void Dispose() => _test.Dispose();

    [Fact(Timeout = 30_000)]
    public async Task GetOrCreateAsync_TwoHundredCallersOnAColdKey_RunOneLoad()
    {
        var callers = Enumerable.Range(0, 200).Select(_ => Task.Run(() => GetAsync())).ToList();
        await _load.Started;
        _load.Succeed("value");

        Assert.All(await Task.WhenAll(callers), value => Assert.Equal("value", value));
        Assert.Equal(1, _load.Runs);
        Assert.Equal(200, Cache.GetStatistics().Hits + Cache.GetStatistics().Misses);
    }

    [Fact(Timeout = 30_000)]
    public async Task GetOrCreateAsync_ManyColdKeysFromManyThreads_RunOneLoadEach()
    {
        var runs = new int[50];
        await Parallel.ForAsync(0, 5_000, async (call, token) =>
        {
            var key = call % runs.Length;
            var value = await Cache.GetOrCreateAsync($"key:{key}", TestCache.Minute, async _ =>
            {
                Interlocked.Increment(ref runs[key]);
                await Task.Yield();
                return key;
            }, token);
            Assert.Equal(key, value);
        });

        Assert.All(runs, count => Assert.Equal(1, count));
    }

    [Fact(Timeout = 30_000)]
    public async Task GetOrCreateAsync_StoredValue_CompletesSynchronouslyWithoutLoading()
    {
        Cache.Set("key", "stored", TestCache.Minute);

        var get = Cache.GetOrCreateAsync("key", TestCache.Minute, _load.RunAsync);

        Assert.True(get.IsCompletedSuccessfully);
        Assert.Equal("stored", await get);
        Assert.Equal(0, _load.Runs);
    }

    [Fact(Timeout = 30_000)]
    public async Task GetOrCreateAsync_LeaderCancels_OthersStillGetTheValue()
    {
        using var leaving = new CancellationTokenSource();
        var leader = GetAsync(leaving.Token);
        var follower = GetAsync();

        await leaving.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => leader);
        Assert.False(_load.Token.IsCancellationRequested);
        _load.Succeed("value");
        Assert.Equal("value", await follower);
        Assert.True(Cache.TryGet<string>("key", out _));
    }

    [Fact(Timeout = 30_000)]
    public async Task GetOrCreateAsync_LastCallerCancels_LoadIsCancelledAndTheNextCallerLoadsAnew()
    {
        using var leaving = new CancellationTokenSource();
        var first = GetAsync(leaving.Token);
        var second = GetAsync(leaving.Token);

        await leaving.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => second);
        Assert.True(_load.Token.IsCancellationRequested);
        Assert.Equal("new", await Cache.GetOrCreateAsync("key", TestCache.Minute, _ => new ValueTask<string>("new")));
    }

    [Fact(Timeout = 30_000)]
    public async Task GetOrCreateAsync_CancelledBeforehand_DoesNotLoad()
    {
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => GetAsync(new CancellationToken(canceled: true)));

        Assert.Equal(0, _load.Runs);
    }

    [Fact(Timeout = 30_000)]
    public async Task GetOrCreateAsync_LoadFails_EveryCallerSeesItAndItIsNotKept()
    {
        var first = GetAsync();
        var second = GetAsync();
        var failure = new InvalidOperationException("the source is away");

        _load.Fail(failure);

        Assert.Same(failure, await Assert.ThrowsAsync<InvalidOperationException>(() => first));
        Assert.Same(failure, await Assert.ThrowsAsync<InvalidOperationException>(() => second));
        Assert.Equal("back", await Cache.GetOrCreateAsync("key", TestCache.Minute, _ => new ValueTask<string>("back")));
    }

    [Fact(Timeout = 30_000)]
    public async Task GetOrCreateAsync_LoadThrowsBeforeItsFirstAwait_CallerSeesIt()
    {
        var get = Cache.GetOrCreateAsync<string>("key", TestCache.Minute, _ => throw new FormatException("at once"));

        await Assert.ThrowsAsync<FormatException>(() => get.AsTask());
    }

    [Fact(Timeout = 30_000)]
    public async Task GetOrCreateAsync_OtherTypeDuringALoad_IsRefusedWithTheKeyNamed()
    {
        var first = GetAsync();

        var refused = await Assert.ThrowsAsync<InvalidOperationException>(
            () => Cache.GetOrCreateAsync("key", TestCache.Minute, _ => new ValueTask<int>(1)).AsTask());

        Assert.Contains("'key'", refused.Message);
        _load.Succeed("value");
        await first;
    }

    [Fact(Timeout = 30_000)]
    public async Task GetOrCreateAsync_NoStorePolicy_SharesTheLoadAndStoresNothing()
    {
        var cart = Cache.GetPolicy(CachePolicies.Cart);
        var first = Cache.GetOrCreateAsync("cart", cart, _load.RunAsync).AsTask();
        var second = Cache.GetOrCreateAsync("cart", cart, _load.RunAsync).AsTask();
        _load.Succeed("value");
        await Task.WhenAll(first, second);

        Assert.Equal(1, _load.Runs);
        Assert.False(Cache.TryGet<string>("cart", out _));
    }

    [Fact(Timeout = 30_000)]
    public async Task GetOrCreateAsync_CacheDisabled_EveryLoadRunsButCallersAtOneTimeShare()
    {
        using var test = new TestCache(options => options.Enabled = false);
        var first = test.Cache.GetOrCreateAsync("key", TestCache.Minute, _load.RunAsync).AsTask();
        var second = test.Cache.GetOrCreateAsync("key", TestCache.Minute, _load.RunAsync).AsTask();
        _load.Succeed("first");

        Assert.Equal(["first", "first"], await Task.WhenAll(first, second));
        Assert.Equal("second", await test.Cache.GetOrCreateAsync("key", TestCache.Minute, _ => new ValueTask<string>("second")));
        test.Cache.Set("key", "set", TestCache.Minute);
        Assert.False(test.Cache.TryGet<string>("key", out _));
        Assert.Equal((false, 0, 0), (test.Cache.GetStatistics().Available, test.Cache.GetStatistics().TotalKeys, test.Cache.GetStatistics().Hits));
    }

    private Task<string> GetAsync(CancellationToken cancellationToken = default) =>
        Cache.GetOrCreateAsync("key", TestCache.Minute, _load.RunAsync, cancellationToken).AsTask();
}
