using Larder.Redis.Resp;
using Larder.Tests;

namespace Larder.Redis.Tests.Resp;

/// <summary>Callers that give up, and what a connection does about it: it stays in step.</summary>
public sealed class AbandonedCommandTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromMilliseconds(250);

    private readonly ManualTimeProvider _time = new();

    [Fact]
    public async Task Cancel_WhileTheAnswerIsOwed_DropsTheAnswerAndStaysInStep()
    {
        var (connection, peer) = await FakePeer.ConnectAsync();
        await using var _ = connection;
        await using var __ = peer;
        using var cancel = new CancellationTokenSource();
        var cancelled = connection.GetTextAsync("a", cancellationToken: cancel.Token);
        var next = connection.GetTextAsync("b");
        await peer.ReceiveAsync(2);
        await cancel.CancelAsync();

        var thrown = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => cancelled);
        Assert.Equal(cancel.Token, thrown.CancellationToken);
        await peer.SendAsync("+of a\r\n+of b\r\n");
        Assert.Equal("of b", await next);
    }

    [Fact]
    public async Task Cancel_BeforeTheCall_SendsNothing()
    {
        var (connection, peer) = await FakePeer.ConnectAsync();
        await using var _ = connection;
        await using var __ = peer;

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => connection.GetTextAsync("a", cancellationToken: new(canceled: true)));
        var next = connection.GetTextAsync("b");
        await peer.ExpectAsync("GET b");
        await peer.SendAsync("+of b\r\n");
        Assert.Equal("of b", await next);
    }

    [Fact]
    public async Task Cancel_WhileALargeAnswerComesIn_DropsTheRestOfIt()
    {
        var (connection, peer) = await FakePeer.ConnectAsync();
        await using var _ = connection;
        await using var __ = peer;
        using var cancel = new CancellationTokenSource();
        var cancelled = connection.Client().GetAsync("a", cancel.Token).AsTask();
        var next = connection.GetTextAsync("b");
        await peer.ReceiveAsync(2);
        await peer.SendAsync("$100000\r\n" + new string('x', 50_000));
        await cancel.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => cancelled);
        await peer.SendAsync(new string('x', 50_000) + "\r\n+of b\r\n");
        Assert.Equal("of b", await next);
    }

    [Fact]
    public async Task Cancel_ManyOfManyCommandsAtRandom_EveryOtherGetsItsOwnAnswer()
    {
        const int Commands = 3_000;
        var (connection, peer) = await FakePeer.ConnectAsync();
        await using var _ = connection;
        await using var __ = peer;
        var server = Task.Run(async () =>
        {
            while (await peer.TryReadCommandAsync() is { } command && command != "GET end")
            {
                await peer.SendAsync($"+{command["GET ".Length..]}\r\n");
            }

            await peer.SendAsync("+end\r\n");
        });
        var random = new Random(5);
        var outcomes = new List<Task>();
        for (var i = 0; i < Commands; i++)
        {
            var key = $"key-{i}";
            var cancel = new CancellationTokenSource();
            var reply = connection.GetTextAsync(key, cancellationToken: cancel.Token);
            var isCancelled = random.Next(2) == 0;
            outcomes.Add(CheckAsync(reply, key, isCancelled));
            if (isCancelled)
            {
                cancel.Cancel();
            }

            if (random.Next(8) == 0)
            {
                await Task.Yield();
            }
        }

        await Task.WhenAll(outcomes).Soon();
        Assert.Equal("end", await connection.GetTextAsync("end"));
        await server.Soon();
        Assert.Equal(0, connection.PendingCount);

        static async Task CheckAsync(Task<string?> reply, string key, bool mayBeCancelled)
        {
            try
            {
                Assert.Equal(key, await reply);
            }
            catch (OperationCanceledException) when (mayBeCancelled)
            {
                // As it was asked.
            }
        }
    }

    [Fact]
    public async Task TimeLimit_Passes_FreesTheCallerThenAndDropsTheLateAnswer()
    {
        var (connection, peer) = await FakePeer.ConnectAsync(time: _time);
        await using var _ = connection;
        await using var __ = peer;
        var late = connection.GetTextAsync("a", Limit);
        await peer.ExpectAsync("GET a");
        _time.Advance(Limit - TimeSpan.FromMilliseconds(1));
        Assert.False(late.IsCompleted);
        var next = connection.GetTextAsync("b", 10 * Limit);
        await peer.ExpectAsync("GET b");
        _time.Advance(TimeSpan.FromMilliseconds(1));

        await Assert.ThrowsAsync<RedisTimeoutException>(() => late);
        await peer.SendAsync("+of a\r\n+of b\r\n");
        Assert.Equal("of b", await next);
    }

    [Fact]
    public async Task TimeLimit_ShorterThanThatOfACommandBefore_IsKept()
    {
        var (connection, peer) = await FakePeer.ConnectAsync(time: _time);
        await using var _ = connection;
        await using var __ = peer;
        var patient = connection.GetTextAsync("a", 10 * Limit);
        var hasty = connection.GetTextAsync("b", Limit);
        var forever = connection.GetTextAsync("c", Timeout.InfiniteTimeSpan);
        await peer.ReceiveAsync(3);
        _time.Advance(Limit);

        await Assert.ThrowsAsync<RedisTimeoutException>(() => hasty);
        Assert.False(patient.IsCompleted);
        _time.Advance(9 * Limit);
        await Assert.ThrowsAsync<RedisTimeoutException>(() => patient);
        Assert.False(forever.IsCompleted);
        await peer.SendAsync("+a\r\n+b\r\n+c\r\n");
        Assert.Equal("c", await forever);
    }

    [Fact]
    public async Task Stall_NothingArrivesForTheLimit_RefusesAtOnceUntilSomethingArrives()
    {
        var changes = 0;
        var state = new StateSignal();
        var (connection, peer) = await FakePeer.ConnectAsync(time: _time);
        connection.StallChanged = () =>
        {
            changes++;
            state.Changed();
        };
        await using var _ = connection;
        await using var __ = peer;
        var first = connection.GetTextAsync("a", Limit);
        _time.Advance(Limit);
        await Assert.ThrowsAsync<RedisTimeoutException>(() => first);

        Assert.True(connection.IsStalled);
        var refused = connection.GetTextAsync("b", Limit);
        Assert.True(refused.IsFaulted);
        await Assert.ThrowsAsync<RedisConnectionException>(() => refused);

        await peer.ExpectAsync("GET a");
        await peer.SendAsync("+of a\r\n");
        await state.UntilAsync(() => !connection.IsStalled);
        var next = connection.GetTextAsync("c", Limit);
        await peer.ExpectAsync("GET c");
        await peer.SendAsync("+of c\r\n");
        Assert.Equal("of c", await next);
        Assert.Equal(2, changes);
    }

    [Fact]
    public async Task Stall_HastyCallerAlone_DoesNotCauseOne()
    {
        var (connection, peer) = await FakePeer.ConnectAsync(time: _time);
        await using var _ = connection;
        await using var __ = peer;
        _time.Advance(TimeSpan.FromMinutes(1));
        var hasty = connection.GetTextAsync("a", TimeSpan.FromMilliseconds(5));
        _time.Advance(TimeSpan.FromMilliseconds(5));

        await Assert.ThrowsAsync<RedisTimeoutException>(() => hasty);
        Assert.False(connection.IsStalled);
    }

    [Fact]
    public async Task Stall_LastsTooLong_EndsTheConnection()
    {
        var settings = FakePeer.NewSettings();
        var (connection, peer) = await FakePeer.ConnectAsync(settings, _time);
        await using var __ = peer;
        var first = connection.GetTextAsync("a", Limit);
        var second = connection.GetTextAsync("b", Timeout.InfiniteTimeSpan);
        _time.Advance(Limit);
        await Assert.ThrowsAsync<RedisTimeoutException>(() => first);
        _time.Advance(settings.StallLimit);

        await connection.Closed.Soon();
        await Assert.ThrowsAsync<RedisConnectionException>(() => second);
    }

    [Fact]
    public async Task TimeLimit_PeerStopsReadingALargeValue_EndsTheConnectionAndThenFreesTheCaller()
    {
        var (connection, peer) = await FakePeer.ConnectAsync(time: _time);
        await using var __ = peer;
        var value = new byte[64 * 1024 * 1024];
        var stuck = new RedisClient(connection, Limit).SetAsync("a", value, duration: null).AsTask();
        await Patience.UntilAsync(() =>
        {
            // Each slice that goes out counts as progress, so it may take more than one limit.
            _time.Advance(Limit);
            return Task.FromResult(connection.Closed.IsCompleted);
        });

        var failure = await Assert.ThrowsAnyAsync<RedisException>(() => stuck.Soon());
        Assert.True(failure is RedisTimeoutException or RedisConnectionException, failure.ToString());
        Assert.Equal(0, connection.PendingCount);
    }

    [Fact]
    public async Task Cancel_WhileALargeValueIsWritten_CompletesWhenTheMemoryIsFree()
    {
        var (connection, peer) = await FakePeer.ConnectAsync();
        await using var _ = connection;
        await using var __ = peer;
        using var cancel = new CancellationTokenSource();
        var value = new byte[64 * 1024 * 1024];
        value.AsSpan().Fill((byte)'v');

        // Not as a task, which would learn of the completion later.
        var set = connection.Client().SetAsync("a", value, duration: null, cancel.Token);
        var next = connection.GetTextAsync("b");
        await cancel.CancelAsync();
        Assert.False(set.IsCompleted, "the kernel's buffers hold far less than the value, so it is still being read");

        // All of it goes out as it was, though the caller has given up: what was begun must be ended, or the connection is lost.
        await peer.ExpectAsync("SET a " + new string('v', value.Length));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => set.AsTask().Soon());
        await peer.ExpectAsync("GET b");
        await peer.SendAsync("+OK\r\n+of b\r\n");
        Assert.Equal("of b", await next);
    }
}
