using System.Globalization;
using Larder.Redis.Resp;
using Larder.Tests;
using Microsoft.Extensions.Logging;

namespace Larder.Redis.Tests.Resp;

public sealed class RedisNodeTests
{
    [Fact]
    public async Task Log_ServerGoesAndComesBack_HasOneLineForEach()
    {
        var log = new ListLogger();
        await using var redis = await TestRedis.StartAsync();
        await using var node = new RedisNode(redis.Settings, TimeProvider.System, log);
        Assert.Null(await node.GetTextAsync("a"));
        await redis.KillAsync();
        await log.State.UntilAsync(() => log.Events.Count == 1);
        Assert.True(node.IsDown);
        for (var i = 0; i < 100; i++)
        {
            await Assert.ThrowsAsync<RedisConnectionException>(() => node.GetTextAsync("a"));
        }

        await redis.RestartAsync();
        await log.State.UntilAsync(() => log.Events.Count == 2);
        Assert.Null(await node.GetTextAsync("a"));

        Assert.Equal([1500, 1501], log.Events);
        Assert.All(log.Lines, line => Assert.Contains($"127.0.0.1:{redis.Port}", line, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Log_ServerIsAwayFromTheStart_HasOneLine()
    {
        var log = new ListLogger();
        await using var node = new RedisNode(FakePeer.NewSettings(), TimeProvider.System, log);
        await Assert.ThrowsAsync<RedisConnectionException>(() => node.GetTextAsync("a"));
        await log.State.UntilAsync(() => log.Events.Count == 1);
        for (var i = 0; i < 100; i++)
        {
            await Assert.ThrowsAsync<RedisConnectionException>(() => node.GetTextAsync("a"));
        }

        Assert.Equal([1500], log.Events);
    }

    [Fact]
    public async Task ExecuteAsync_FewCallers_ShareOneConnection()
    {
        await using var redis = await TestRedis.StartAsync();
        await using var node = new RedisNode(redis.Settings, TimeProvider.System, new ListLogger());
        await Task.WhenAll(Enumerable.Range(0, 16).Select(i => node.GetTextAsync(i.ToString())));

        Assert.Contains("connected_clients:1\r", await node.Client().InfoAsync("clients"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task ExecuteAsync_FirstConnectionIsHeldUp_OpensAndUsesFurtherOnesUpToTheBound()
    {
        await using var redis = await TestRedis.StartAsync();
        await using var node = new RedisNode(redis.Settings with { MaxConnections = 3 }, TimeProvider.System, new ListLogger());
        await using var admin = await redis.ConnectAsync();
        var held = Enumerable.Range(0, 1000).Select(i => node.RunAsync("BLPOP", $"list-{i}", 0)).ToArray();
        await Patience.UntilAsync(async () => await CountAsync("connected_clients") >= 3);

        // Once the second is open, what comes goes there: it has fewer waiting. Where that takes long, a third is opened meanwhile, but no fourth.
        var more = Enumerable.Range(0, 1000).Select(i => node.RunAsync("BLPOP", $"more-{i}", 0)).ToArray();
        await Patience.UntilAsync(async () => await CountAsync("blocked_clients") >= 2);
        Assert.InRange(await CountAsync("connected_clients"), 3, 4);
        await redis.KillAsync();
        await Assert.ThrowsAsync<RedisConnectionException>(() => Task.WhenAll([.. held, .. more]));

        async Task<int> CountAsync(string name) => (await admin.Client().InfoAsync("clients")).Split("\r\n")
            .Where(line => line.StartsWith($"{name}:", StringComparison.Ordinal)).Select(line => int.Parse(line[(name.Length + 1)..], CultureInfo.InvariantCulture)).Single();
    }

    [Fact]
    public async Task OpenBlockingChannel_WhileItBlocks_HoldsUpNothingElse()
    {
        await using var redis = await TestRedis.StartAsync();
        await using var node = new RedisNode(redis.Settings, TimeProvider.System, new ListLogger());
        await using var blocking = node.OpenBlockingChannel();
        var reading = blocking.Client().XReadAsync("log", StreamId.Zero, 10, TimeSpan.FromSeconds(15)).AsTask();
        await Patience.UntilAsync(async () => (await node.Client().InfoAsync("clients")).Contains("blocked_clients:1\r", StringComparison.Ordinal));

        await node.RunAsync("XADD", "log", "1-1", "n", "v");
        Assert.Equal(new StreamId(1, 1), Assert.Single(await reading.Soon()).Id);
    }

    private sealed class ListLogger : ILogger
    {
        private readonly List<(int Id, string Line)> _entries = [];

        public StateSignal State { get; } = new();

        public IReadOnlyList<int> Events => Entries.Select(entry => entry.Id).ToArray();

        public IReadOnlyList<string> Lines => Entries.Select(entry => entry.Line).ToArray();

        private (int Id, string Line)[] Entries
        {
            get
            {
                lock (_entries)
                {
                    return [.. _entries];
                }
            }
        }

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            lock (_entries)
            {
                _entries.Add((eventId.Id, formatter(state, exception)));
            }

            State.Changed();
        }
    }
}
