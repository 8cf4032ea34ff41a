using Larder.Redis.Resp;
using Larder.Tests;

namespace Larder.Redis.Tests.Resp;

public sealed class RespChannelTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromMilliseconds(250);

    [Fact]
    public async Task ExecuteAsync_WhileTheFirstConnectionIsMade_WaitsForIt()
    {
        using var server = new FakeServer();
        await using var channel = NewChannel(server, TimeProvider.System);
        var reply = channel.GetTextAsync("a");
        await using var peer = await server.AcceptAsync();
        await peer.GreetAsync();
        await peer.ExpectAsync("GET a");
        await peer.SendAsync("+of a\r\n");

        Assert.Equal("of a", await reply);
        Assert.True(channel.IsAvailable);
    }

    [Fact]
    public async Task ExecuteAsync_ServerNeverGreets_FirstCallerWaitsItsLimitAndNobodyAfterIt()
    {
        var time = new ManualTimeProvider();
        using var server = new FakeServer();
        await using var channel = NewChannel(server, time);
        var first = channel.GetTextAsync("a", Limit);
        var second = channel.GetTextAsync("b", 2 * Limit);
        await using var peer = await server.AcceptAsync();
        Assert.False(channel.IsDown);
        time.Advance(Limit);

        await Assert.ThrowsAsync<RedisTimeoutException>(() => first);
        Assert.True(channel.IsDown);
        var third = channel.GetTextAsync("c", Limit);
        Assert.True(third.IsFaulted);
        await Assert.ThrowsAsync<RedisConnectionException>(() => third);

        // When it comes after all, it is used, without a restart.
        await peer.GreetAsync();
        await peer.ExpectAsync("GET b");
        await peer.SendAsync("+of b\r\n");
        Assert.Equal("of b", await second);
        Assert.True(channel.IsAvailable);
    }

    [Fact]
    public async Task ExecuteAsync_ConnectionBreaks_FailsWhatWaitedAndConnectsAgain()
    {
        using var server = new FakeServer();
        await using var channel = NewChannel(server, TimeProvider.System);
        for (var i = 0; i < 3; i++)
        {
            var lost = channel.GetTextAsync("a");
            await using var peer = await server.AcceptAsync();
            await peer.GreetAsync();
            await peer.ExpectAsync("GET a");
            peer.Close();
            await Assert.ThrowsAsync<RedisConnectionException>(() => lost);
        }

        Assert.Equal(3, channel.ConnectCount);
    }

    [Fact]
    public async Task ExecuteAsync_NobodyListens_FailsAtOnceAfterTheFirstAttempt()
    {
        var server = new FakeServer();
        await using var channel = NewChannel(server, new ManualTimeProvider());
        server.Dispose();

        await Assert.ThrowsAsync<RedisConnectionException>(() => channel.GetTextAsync("a"));
        Assert.True(channel.IsDown);
        Assert.True(channel.GetTextAsync("b").IsFaulted);
        Assert.NotNull(channel.LastFailure);
    }

    [Fact]
    public async Task ExecuteAsync_MoreCallersThanTheBoundWhileConnecting_AreRefused()
    {
        using var server = new FakeServer();
        await using var channel = new RespChannel(new(server.Settings with { QueueCapacity = 2 }, TimeProvider.System), new Random(1));
        var waiting = new[] { channel.GetTextAsync("a"), channel.GetTextAsync("b") };

        await Assert.ThrowsAsync<RedisQueueFullException>(() => channel.GetTextAsync("c"));
        await using var peer = await server.AcceptAsync();
        await peer.GreetAsync();
        await peer.ReceiveAsync(2);
        await peer.SendAsync("+1\r\n+2\r\n");
        await Task.WhenAll(waiting);
    }

    [Fact]
    public async Task BackOff_ServerStaysAway_GrowsToItsBoundWithFullJitter()
    {
        var time = new RecordingTimeProvider();
        var server = new FakeServer();
        var settings = server.Settings with { ConnectLimit = TimeSpan.FromMinutes(1), FirstBackOff = TimeSpan.FromMilliseconds(100), MaxBackOff = TimeSpan.FromSeconds(2) };
        server.Dispose();
        await using var channel = new RespChannel(new(settings, time), new Random(7));
        channel.Start();
        var pauses = new List<double>();
        while (pauses.Count < 60)
        {
            var pause = await time.NextPauseAsync();
            pauses.Add(pause.TotalMilliseconds);
            time.Advance(pause + TimeSpan.FromMilliseconds(1));
        }

        // Full jitter: anywhere below the bound, which doubles up to 2 s.
        for (var i = 0; i < pauses.Count; i++)
        {
            Assert.InRange(pauses[i], 0, Math.Min(2000, 100 * Math.Pow(2, i)));
        }

        var settled = pauses.Skip(5).ToArray();
        Assert.InRange(settled.Average(), 700, 1300);
        Assert.Contains(settled, pause => pause > 1500);
        Assert.Contains(settled, pause => pause < 500);
    }

    [Fact]
    public async Task DisposeAsync_WithCallersThatWait_FreesThem()
    {
        using var server = new FakeServer();
        var channel = NewChannel(server, TimeProvider.System);
        var connecting = channel.GetTextAsync("a");
        await using var peer = await server.AcceptAsync();
        await channel.DisposeAsync();
        await Assert.ThrowsAnyAsync<RedisException>(() => connecting);

        var other = NewChannel(server, TimeProvider.System);
        var waiting = other.GetTextAsync("a");
        await using var second = await server.AcceptAsync();
        await second.GreetAsync();
        await second.ExpectAsync("GET a");
        await other.DisposeAsync();
        await Assert.ThrowsAnyAsync<RedisException>(() => waiting);
        await Assert.ThrowsAnyAsync<RedisException>(() => other.GetTextAsync("b"));
    }

    [Fact]
    public async Task Kill9AndRestart_RealServer_IsFoundAgain()
    {
        var state = new StateSignal();
        await using var redis = await TestRedis.StartAsync();
        await using var channel = new RespChannel(new(redis.Settings, TimeProvider.System), new Random(1), state.Changed);
        Assert.True(await channel.Client().SetAsync("a", "1"u8.ToArray(), duration: null));
        var blocked = channel.RunAsync("BLPOP", "nothing", 0);
        await redis.KillAsync();

        await Assert.ThrowsAsync<RedisConnectionException>(() => blocked);
        await state.UntilAsync(() => channel.IsDown);
        Assert.True(channel.GetTextAsync("a").IsFaulted);

        await redis.RestartAsync();
        await state.UntilAsync(() => channel.IsAvailable);
        Assert.Null(await channel.GetTextAsync("a"));
    }

    [Fact]
    public async Task ClientPause_RealServerStopsAnswering_StallsAndRecoversByItself()
    {
        var state = new StateSignal();
        await using var redis = await TestRedis.StartAsync();
        await using var channel = new RespChannel(new(redis.Settings with { CommandLimit = Limit }, TimeProvider.System), new Random(1), state.Changed);
        Assert.Null(await channel.GetTextAsync("a"));
        await using (var admin = await redis.ConnectAsync())
        {
            await admin.RunAsync("CLIENT PAUSE", 1500, "ALL");
        }

        await Assert.ThrowsAsync<RedisTimeoutException>(() => channel.GetTextAsync("a", Limit));
        Assert.True(channel.IsDown);
        Assert.True(channel.GetTextAsync("a", Limit).IsFaulted);
        await state.UntilAsync(() => channel.IsAvailable);
        Assert.Null(await channel.GetTextAsync("a"));
        Assert.Equal(1, channel.ConnectCount);
    }

    private static RespChannel NewChannel(FakeServer server, TimeProvider time) => new(new(server.Settings, time), new Random(1));
}
