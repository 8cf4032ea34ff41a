using Larder.Caching;
using Larder.Freshness;
using Larder.Redis.Remote;
using Larder.Redis.Resp;
using Larder.Remote;
using Larder.Tests.Remote;

namespace Larder.Redis.Tests.Remote;

/// <summary>The second level on a redis-server of the test's own.</summary>
public sealed class RedisRemoteStoreTests : IAsyncLifetime
{
    private static readonly TimeSpan Life = TimeSpan.FromMinutes(1);
    private readonly FixedEpochLog _log = new();
    private readonly List<RemoteHost> _hosts = [];
    private TestRedis _redis = null!;

    public async ValueTask InitializeAsync() => _redis = await TestRedis.StartAsync();

    public async ValueTask DisposeAsync()
    {
        foreach (var host in _hosts)
        {
            await host.DisposeAsync();
        }

        if (_redis is not null)
        {
            await _redis.DisposeAsync();
        }
    }

    [Fact(Timeout = 60_000)]
    public async Task GetOrCreate_LoadedByAnotherNode_IsServedUntilItIsWritten()
    {
        var (a, b) = (await StartAsync(), await StartAsync());
        await a.GetAsync("key", "old");
        await a.SettleAsync();

        Assert.Equal("old", await b.GetAsync("key", "a load would be wrong"));
        await a.Cache.InvalidateAsync(["word"], "test", cancellationToken: TestContext.Current.CancellationToken);
        Assert.Equal("new", await b.GetAsync("key", "new"));
        await b.SettleAsync();
        Assert.Equal("new", await a.GetAsync("key", "a load would be wrong"));
        Assert.Equal(1, b.Cache.GetStatistics().RemoteStore!.Hits);
    }

    [Theory(Timeout = 60_000)]
    [InlineData(7, 5, 7, 6, true)]
    [InlineData(7, 5, 7, 5, true)]
    [InlineData(7, 6, 7, 5, false)]
    [InlineData(7, 0x1_0000_0000, 7, 0xffff_ffff, false)]
    [InlineData(7, 0xffff_ffff, 7, 0x1_0000_0000, true)]
    [InlineData(7, 9_007_199_254_740_993, 7, 9_007_199_254_740_992, false)]
    [InlineData(7, 6, 8, 5, true)]
    public async Task SetIfNewerAsync_AfterAnother_ReplacesItUnlessThatIsLater(long firstEpoch, long firstPosition, long secondEpoch, long secondPosition, bool expected)
    {
        await using var node = new RedisNode(_redis.Settings, TimeProvider.System, Microsoft.Extensions.Logging.Abstractions.NullLogger.Instance);
        var store = new RedisRemoteStore(node);
        var (first, second) = (Entry(firstEpoch, firstPosition), Entry(secondEpoch, secondPosition));

        Assert.True(await store.SetIfNewerAsync("key", first, Life, TestContext.Current.CancellationToken));
        Assert.Equal(expected, await store.SetIfNewerAsync("key", second, Life, TestContext.Current.CancellationToken));
        using var stored = await store.GetAsync("key", TestContext.Current.CancellationToken);
        Assert.Equal(expected ? second : first, stored!.Memory.ToArray());
        Assert.InRange((await node.RunAsync("PTTL", "larder:entry:key")).Integer, 1, (long)Life.TotalMilliseconds);
    }

    [Fact(Timeout = 60_000)]
    public async Task SetIfNewerAsync_SomethingElseIsThere_IsReplaced()
    {
        await using var node = new RedisNode(_redis.Settings, TimeProvider.System, Microsoft.Extensions.Logging.Abstractions.NullLogger.Instance);
        var store = new RedisRemoteStore(node);
        await node.RunAsync("RPUSH", "larder:entry:list", "a");
        await node.RunAsync("SET", "larder:entry:text", "LRD");

        Assert.Null(await store.GetAsync("list", TestContext.Current.CancellationToken));
        Assert.True(await store.SetIfNewerAsync("list", Entry(1, 1), Life, TestContext.Current.CancellationToken));
        Assert.True(await store.SetIfNewerAsync("text", Entry(1, 1), Life, TestContext.Current.CancellationToken));
        using var stored = await store.GetAsync("list", TestContext.Current.CancellationToken);
        Assert.Equal(Entry(1, 1), stored!.Memory.ToArray());
    }

    [Theory(Timeout = 60_000)]
    [InlineData(true)]
    [InlineData(false)]
    public async Task GetOrCreate_LargeValue_ComesBackWhole(bool isRandom)
    {
        var (a, b) = (await StartAsync(), await StartAsync());
        var bytes = new byte[5_000_000];
        if (isRandom)
        {
            new Random(1).NextBytes(bytes);
        }

        await a.Cache.GetOrCreateAsync("key", RemoteHost.Policy, _ => new ValueTask<byte[]>(bytes), TestContext.Current.CancellationToken);
        await a.SettleAsync();
        var read = await b.Cache.GetOrCreateAsync("key", RemoteHost.Policy, _ => new ValueTask<byte[]>([1]), TestContext.Current.CancellationToken);

        Assert.True(read.AsSpan().SequenceEqual(bytes));
        Assert.Equal(isRandom, (await b.Node.RunAsync("STRLEN", "larder:entry:key")).Integer >= bytes.Length);
    }

    [Fact(Timeout = 60_000)]
    public async Task FindKeysAsync_ManyKeysAndSignsOfPatterns_FindsThoseThatMatchUpToTheLimit()
    {
        var host = await StartAsync();
        var store = new RedisRemoteStore(host.Node);
        for (var i = 0; i < 2_500; i++)
        {
            await host.Node.RunAsync("SET", $"larder:entry:bff:a[1]:{i}", "x");
        }

        await host.Node.RunAsync("SET", "larder:entry:bff:a1:0", "x");
        await host.Node.RunAsync("SET", "bff:a[1]:0", "not ours");

        var all = await store.FindKeysAsync("bff:a[1]:*", 10_000, TestContext.Current.CancellationToken);
        var some = await store.FindKeysAsync("bff:*", 100, TestContext.Current.CancellationToken);

        Assert.Equal((2_500, true), (all.Keys.Count, all.IsComplete));
        Assert.All(all.Keys, key => Assert.StartsWith("bff:a[1]:", key));
        Assert.Equal((100, false), (some.Keys.Count, some.IsComplete));
        Assert.Equal(new PatternRemoval(2_500, IsComplete: true), await host.Cache.RemoveByPatternAsync("bff:a[1]:*", TestContext.Current.CancellationToken));
        Assert.Equal(2, (await host.Node.RunAsync("DBSIZE")).Integer);
    }

    [Fact(Timeout = 60_000)]
    public async Task CheckAsync_WithAMemoryLimit_TellsKeysAndMemory()
    {
        var host = await StartAsync();
        await host.Node.RunAsync("CONFIG", "SET", "maxmemory", "100mb");
        await host.Node.RunAsync("CONFIG", "SET", "maxmemory-policy", "allkeys-lru");
        await host.GetAsync("key", "value");
        await host.SettleAsync();

        var health = await host.Remote.CheckAsync(TestContext.Current.CancellationToken);

        Assert.Equal((1L, 100L * 1024 * 1024, 0L, "allkeys-lru"), (health.State!.TotalKeys, health.State.MemoryLimitBytes, health.State.EvictedKeys, health.State.EvictionPolicy));
        Assert.InRange(health.State.MemoryUsedBytes!.Value, 1, 100 * 1024 * 1024);
        Assert.NotNull(health.RoundTrip);
    }

    [Fact(Timeout = 60_000)]
    public async Task GetOrCreate_RedisDeadFromTheStart_LoadsWithOneLineAndUsesItWhenItComes()
    {
        await _redis.KillAsync();
        var host = Add(_redis.Settings);
        await Patience.UntilAsync(() => Task.FromResult(host.Node.IsDown));

        var startedAt = TimeProvider.System.GetTimestamp();
        for (var i = 0; i < 1_000; i++)
        {
            Assert.Equal("value", await host.GetAsync($"key {i}", "value"));
        }

        // A thousand loads that each waited for a limit would take minutes.
        Assert.InRange(TimeProvider.System.GetElapsedTime(startedAt), TimeSpan.Zero, TimeSpan.FromSeconds(10));
        Assert.Equal(1, host.Lines.Warnings);
        Assert.Equal(1_000, host.Cache.GetStatistics().RemoteStore!.Skipped);

        await _redis.RestartAsync();
        await host.ReachAsync();
        await host.GetAsync("late", "value");
        await host.SettleAsync();
        Assert.Equal(1, host.Cache.GetStatistics().RemoteStore!.Writes);
        Assert.Equal(1, host.Lines.Warnings);
    }

    [Fact(Timeout = 60_000)]
    public async Task GetOrCreate_RedisDiesUnderLoad_EveryCallerGetsItsValueAndItComesBack()
    {
        var host = await StartAsync();
        using var stopping = new CancellationTokenSource();
        var callers = Enumerable.Range(0, 8).Select(caller => Task.Run(async () =>
        {
            var count = 0;
            for (; !stopping.IsCancellationRequested; count++)
            {
                Assert.Equal("value", await host.GetAsync($"key {caller} {count}", "value"));
                await Task.Yield();
            }

            return count;
        })).ToList();
        await Patience.UntilAsync(() => Task.FromResult(host.Cache.GetStatistics().RemoteStore!.Writes > 0));

        await _redis.KillAsync();
        await Patience.UntilAsync(() => Task.FromResult(host.Cache.GetStatistics().RemoteStore!.Skipped > 100));
        await _redis.RestartAsync();
        await host.ReachAsync();
        var before = host.Cache.GetStatistics().RemoteStore!.Writes;
        await Patience.UntilAsync(() => Task.FromResult(host.Cache.GetStatistics().RemoteStore!.Writes > before));
        await stopping.CancelAsync();

        Assert.All(await Task.WhenAll(callers), count => Assert.True(count > 0));
        Assert.Equal(1, host.Lines.Warnings);
    }

    [Fact(Timeout = 60_000)]
    public async Task GetOrCreate_RedisStops_WaitsTheLimitOnceAndNotAgain()
    {
        var host = await StartAsync(_redis.Settings with { CommandLimit = TimeSpan.FromMilliseconds(250) });
        await host.Node.RunAsync("CLIENT", "PAUSE", "3000", "ALL");

        Assert.Equal("first", await host.GetAsync("first", "first"));
        var startedAt = TimeProvider.System.GetTimestamp();
        for (var i = 0; i < 100; i++)
        {
            Assert.Equal("value", await host.GetAsync($"key {i}", "value"));
        }

        Assert.InRange(TimeProvider.System.GetElapsedTime(startedAt), TimeSpan.Zero, TimeSpan.FromSeconds(2));
        Assert.Equal(1, host.Cache.GetStatistics().RemoteStore!.Failures);
        await host.ReachAsync();
    }

    private async Task<RemoteHost> StartAsync(RespSettings? settings = null)
    {
        var host = Add(settings ?? _redis.Settings);
        await host.ReachAsync();
        return host;
    }

    private RemoteHost Add(RespSettings settings)
    {
        var host = new RemoteHost(settings, _log);
        _hosts.Add(host);
        return host;
    }

    private static byte[] Entry(long epoch, long position) => RemoteEntryFormat.Write(
        new RemoteEntry
        {
            Epoch = (ulong)epoch,
            Position = position,
            SchemaHash = 0,
            Definition = 1,
            LoadedAt = DateTimeOffset.UnixEpoch,
            Life = Life,
            Kind = FreshnessKind.Timed,
            Tags = [Tag.FromBits(2)],
        },
        BitConverter.GetBytes(epoch ^ position));
}
