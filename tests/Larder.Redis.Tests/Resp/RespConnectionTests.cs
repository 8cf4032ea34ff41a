using Larder.Redis.Resp;

namespace Larder.Redis.Tests.Resp;

public sealed class RespConnectionTests
{
    [Fact]
    public async Task ExecuteAsync_EveryKindOfAnswerByteByByte_IsReadAsWhenWhole()
    {
        var (connection, peer) = await FakePeer.ConnectAsync();
        await using var _ = connection;
        await using var __ = peer;
        foreach (var frame in Frames.Every.Where(frame => frame[0] is not ('-' or '!' or '>')))
        {
            var reply = connection.RunAsync("TEST");
            await peer.ExpectAsync("TEST");
            await peer.SendBytewiseAsync(frame);

            Assert.Equal(Frames.Describe(Frames.Whole(frame)), Frames.Describe(await reply));
        }
    }

    [Theory]
    [InlineData("-LOADING Redis is loading the dataset in memory", RedisErrorKind.Loading)]
    [InlineData("-READONLY You can't write against a read only replica.", RedisErrorKind.ReadOnly)]
    [InlineData("-NOAUTH Authentication required.", RedisErrorKind.NoAuthentication)]
    [InlineData("-WRONGPASS invalid username-password pair or user is disabled.", RedisErrorKind.WrongPassword)]
    [InlineData("-NOPERM this user has no permissions", RedisErrorKind.NoPermission)]
    [InlineData("-BUSY Redis is busy running a script", RedisErrorKind.Busy)]
    [InlineData("-CLUSTERDOWN Hash slot not served", RedisErrorKind.ClusterDown)]
    [InlineData("-TRYAGAIN Multiple keys request during rehashing of slot", RedisErrorKind.TryAgain)]
    [InlineData("-MASTERDOWN Link with MASTER is down", RedisErrorKind.PrimaryDown)]
    [InlineData("-OOM command not allowed when used memory > 'maxmemory'.", RedisErrorKind.OutOfMemory)]
    [InlineData("-NOSCRIPT No matching script.", RedisErrorKind.NoScript)]
    [InlineData("-WRONGTYPE Operation against a key", RedisErrorKind.WrongType)]
    [InlineData("-NOREPLICAS Not enough good replicas to write.", RedisErrorKind.NoReplicas)]
    [InlineData("-ERR unknown command", RedisErrorKind.General)]
    [InlineData("-WHATEVER", RedisErrorKind.General)]
    [InlineData("-", RedisErrorKind.General)]
    [InlineData("-MOVED nonsense", RedisErrorKind.General)]
    [InlineData("!17\r\nBUSY for a while\n", RedisErrorKind.Busy)]
    internal async Task ExecuteAsync_ErrorAnswer_ThrowsItsKindAndGoesOn(string error, RedisErrorKind kind)
    {
        var (connection, peer) = await FakePeer.ConnectAsync();
        await using var _ = connection;
        await using var __ = peer;
        var refused = connection.GetTextAsync("a");
        var next = connection.GetTextAsync("b");
        await peer.ReceiveAsync(2);
        await peer.SendAsync($"{error}\r\n+fine\r\n");

        Assert.Equal(kind, (await Assert.ThrowsAnyAsync<RedisServerException>(() => refused)).Kind);
        Assert.Equal("fine", await next);
    }

    [Theory]
    [InlineData("MOVED 3999 127.0.0.1:6381", RedisErrorKind.Moved, "127.0.0.1")]
    [InlineData("ASK 3999 ::1:6381", RedisErrorKind.Ask, "::1")]
    [InlineData("MOVED 3999 :6381", RedisErrorKind.Moved, "")]
    internal void Of_Redirect_KnowsSlotAndNode(string error, RedisErrorKind kind, string host)
    {
        var redirect = Assert.IsType<RedisRedirectException>(RedisServerException.Of(error));

        Assert.Equal((kind, 3999, host, 6381), (redirect.Kind, redirect.Slot, redirect.Host, redirect.Port));
    }

    [Fact]
    public async Task ExecuteAsync_AnswerOfAnotherShape_FailsTheCommandOnly()
    {
        var (connection, peer) = await FakePeer.ConnectAsync();
        await using var _ = connection;
        await using var __ = peer;
        var odd = connection.GetTextAsync("a");
        var next = connection.GetTextAsync("b");
        await peer.ReceiveAsync(2);
        await peer.SendAsync("*2\r\n*1\r\n:1\r\n:2\r\n+fine\r\n");

        await Assert.ThrowsAsync<RedisReplyException>(() => odd);
        Assert.Equal("fine", await next);
    }

    [Theory]
    [InlineData("$5\r\nhel")]
    [InlineData("$5\r\nhello\r")]
    [InlineData("*2\r\n:1\r\n")]
    [InlineData("$100000\r\nsome of it")]
    [InlineData("")]
    public async Task ExecuteAsync_ServerDiesInTheMiddleOfAnAnswer_FailsAllThatWait(string partOfAnAnswer)
    {
        var (connection, peer) = await FakePeer.ConnectAsync();
        await using var __ = peer;
        var first = connection.Client().GetAsync("a").AsTask();
        var second = connection.GetTextAsync("b");
        await peer.ExpectAsync("GET a");
        await peer.ExpectAsync("GET b");
        await peer.SendAsync(partOfAnAnswer);
        peer.Close();

        await Assert.ThrowsAsync<RedisConnectionException>(() => first.Soon());
        await Assert.ThrowsAsync<RedisConnectionException>(() => second);
        await connection.Closed.Soon();
        await Assert.ThrowsAsync<RedisConnectionException>(() => connection.GetTextAsync("c"));
        Assert.Equal(0, connection.PendingCount);
    }

    [Theory]
    [InlineData("+nobody asked\r\n")]
    [InlineData("?\r\n")]
    [InlineData("$20000\r\n")]
    public async Task Connection_ServerBreaksTheProtocol_IsGivenUp(string bytes)
    {
        var (connection, peer) = await FakePeer.ConnectAsync();
        await using var __ = peer;
        await peer.SendAsync(bytes);

        await connection.Closed.Soon();
        Assert.IsType<RespProtocolException>(connection.Failure);
    }

    [Fact]
    public async Task ExecuteAsync_ManyCallersAtOnce_SharesWritesAndKeepsTheOrder()
    {
        const int Callers = 16;
        const int Rounds = 500;
        var (connection, peer) = await FakePeer.ConnectAsync();
        await using var _ = connection;
        await using var __ = peer;
        var server = Task.Run(async () =>
        {
            for (var i = 0; i < Callers * Rounds; i++)
            {
                var command = await peer.TryReadCommandAsync();
                await peer.SendAsync($"+{command!["GET ".Length..]}\r\n");
            }
        });

        await Task.WhenAll(Enumerable.Range(0, Callers).Select(caller => Task.Run(async () =>
        {
            for (var i = 0; i < Rounds; i++)
            {
                var key = $"{caller}-{i}";
                Assert.Equal(key, await connection.GetTextAsync(key));
            }
        })));
        await server.Soon();
    }

    [Fact]
    public async Task ExecuteAsync_CommandsThatWaitWhileTheConnectionIsBusy_GoOutTogether()
    {
        var (connection, peer) = await FakePeer.ConnectAsync();
        await using var _ = connection;
        await using var __ = peer;
        var replies = Enumerable.Range(0, 100).Select(i => connection.GetTextAsync(i.ToString())).ToArray();
        for (var i = 0; i < replies.Length; i++)
        {
            await peer.ExpectAsync($"GET {i}");
        }

        await peer.SendAsync(string.Concat(Enumerable.Range(0, 100).Select(i => $":{i}\r\n")));
        Assert.Equal(Enumerable.Range(0, 100).Select(i => i.ToString()), await Task.WhenAll(replies));
    }

    [Fact]
    public async Task OnPush_BetweenAnswers_IsHandedOutAndDoesNotCountAsAnswer()
    {
        var pushed = new List<string>();
        var (connection, peer) = await FakePeer.ConnectAsync(
            onPush: (ref RespReader reader) => pushed.Add(Frames.Describe(RespReply.Read(ref reader))));
        await using var _ = connection;
        await using var __ = peer;
        var first = connection.GetTextAsync("a");
        var second = connection.GetTextAsync("b");
        await peer.ReceiveAsync(2);
        await peer.SendAsync(">2\r\n+invalidate\r\n*1\r\n$1\r\nx\r\n+1\r\n>1\r\n+other\r\n+2\r\n");

        Assert.Equal("1", await first);
        Assert.Equal("2", await second);
        Assert.Equal(["Push[SimpleString(invalidate), Array[Bulk(x)]]", "Push[SimpleString(other)]"], pushed);
    }

    [Fact]
    public async Task OnPush_HandlerThatThrows_EndsTheConnectionBecauseThePushIsLost()
    {
        var (connection, peer) = await FakePeer.ConnectAsync(onPush: (ref RespReader _) => throw new InvalidOperationException("no"));
        await using var __ = peer;
        await peer.SendAsync(">1\r\n+x\r\n");

        await connection.Closed.Soon();
        Assert.IsType<InvalidOperationException>(connection.Failure!.InnerException);
    }

    [Fact]
    public async Task ExecuteAsync_QueueIsFull_FailsAtOnceAndRecovers()
    {
        var (connection, peer) = await FakePeer.ConnectAsync(FakePeer.NewSettings() with { QueueCapacity = 3 });
        await using var _ = connection;
        await using var __ = peer;
        var waiting = Enumerable.Range(0, 3).Select(i => connection.GetTextAsync(i.ToString())).ToArray();

        var refused = connection.GetTextAsync("more");
        Assert.True(refused.IsFaulted);
        await Assert.ThrowsAsync<RedisQueueFullException>(() => refused);
        await peer.ReceiveAsync(3);
        await peer.SendAsync("+a\r\n+b\r\n+c\r\n");
        Assert.Equal("a b c", string.Join(' ', await Task.WhenAll(waiting)));

        var next = connection.GetTextAsync("next");
        await peer.ReceiveAsync(1);
        await peer.SendAsync("+d\r\n");
        Assert.Equal("d", await next);
    }
}
