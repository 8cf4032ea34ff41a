using System.Buffers;
using System.Text;
using Larder.Redis.Resp;

namespace Larder.Redis.Tests.Resp;

public sealed class LargeValueTests
{
    [Theory]
    [InlineData(16 * 1024 - 1)]
    [InlineData(16 * 1024)]
    [InlineData(16 * 1024 + 1)]
    [InlineData(1_000_000)]
    public async Task GetAsync_SizesAroundTheBoundOfLargeValues_GivesAllBytesAndStaysInStep(int size)
    {
        var (connection, peer) = await FakePeer.ConnectAsync();
        await using var _ = connection;
        await using var __ = peer;
        var value = new byte[size];
        new Random(size).NextBytes(value);
        var reply = connection.Client().GetAsync("a").AsTask();
        var next = connection.GetTextAsync("b");
        await peer.ReceiveAsync(2);
        await peer.SendAsync($"${size}\r\n");
        await peer.SendAsync(value);
        await peer.SendAsync("\r\n+next\r\n");

        using var bytes = await reply.Soon();
        Assert.True(bytes!.Memory.Span.SequenceEqual(value));
        Assert.Equal("next", await next);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(9)]
    [InlineData(5000)]
    [InlineData(20008)]
    [InlineData(20009)]
    [InlineData(20010)]
    public async Task GetAsync_LargeAnswerInTwoParts_GivesAllBytes(int cut)
    {
        var (connection, peer) = await FakePeer.ConnectAsync();
        await using var _ = connection;
        await using var __ = peer;
        var value = new string('x', 19_999) + "y";
        var frame = $"$20000\r\n{value}\r\n+next\r\n";
        var reply = connection.Client().GetAsync("a").AsTask();
        var next = connection.GetTextAsync("b");
        await peer.ReceiveAsync(2);
        await peer.SendAsync(frame[..cut]);
        await Task.Yield();
        await peer.SendAsync(frame[cut..]);

        using var bytes = await reply.Soon();
        Assert.Equal(value, Encoding.Latin1.GetString(bytes!.Memory.Span));
        Assert.Equal("next", await next);
    }

    [Fact]
    public async Task ExecuteAsync_LargeAnswerWantedAsText_IsRead()
    {
        var (connection, peer) = await FakePeer.ConnectAsync();
        await using var _ = connection;
        await using var __ = peer;
        var text = new string('t', 100_000);
        var reply = connection.GetTextAsync("a");
        await peer.ReceiveAsync(1);
        await peer.SendAsync($"$100000\r\n{text}\r\n");

        Assert.Equal(text, await reply);
    }

    [Fact]
    public async Task GetAsync_ValueAboveTheLimit_IsSkippedAndFailsItsCallerOnly()
    {
        var settings = FakePeer.NewSettings() with { Limits = new RespLimits { MaxBulkBytes = 50_000 } };
        var (connection, peer) = await FakePeer.ConnectAsync(settings);
        await using var _ = connection;
        await using var __ = peer;
        var reply = connection.Client().GetAsync("a").AsTask();
        var next = connection.GetTextAsync("b");
        await peer.ReceiveAsync(2);
        await peer.SendAsync($"$50001\r\n{new string('x', 50_001)}\r\n+next\r\n");

        await Assert.ThrowsAsync<RedisReplyException>(() => reply.Soon());
        Assert.Equal("next", await next);
    }

    [Fact]
    public async Task GetAsync_LengthNoServerCanMean_EndsTheConnection()
    {
        var (connection, peer) = await FakePeer.ConnectAsync();
        await using var __ = peer;
        var reply = connection.Client().GetAsync("a").AsTask();
        await peer.ReceiveAsync(1);
        await peer.SendAsync("$2000000000\r\n");

        await Assert.ThrowsAsync<RespProtocolException>(() => reply.Soon());
        await connection.Closed.Soon();
    }

    [Fact]
    public async Task GetAsync_LargeAnswerWithoutItsEnd_EndsTheConnection()
    {
        var (connection, peer) = await FakePeer.ConnectAsync();
        await using var __ = peer;
        var reply = connection.Client().GetAsync("a").AsTask();
        await peer.ReceiveAsync(1);
        await peer.SendAsync($"$20000\r\n{new string('x', 20_002)}");

        await Assert.ThrowsAsync<RespProtocolException>(() => reply.Soon());
        await connection.Closed.Soon();
    }

    [Fact]
    public async Task SetAsync_LargeValueInSegmentsBetweenSmallArguments_IsSentWhole()
    {
        var (connection, peer) = await FakePeer.ConnectAsync();
        await using var _ = connection;
        await using var __ = peer;
        var value = new string('a', 300_000) + new string('b', 20_000);
        var set = connection.Client().SetAsync("key", Frames.Cut(value, 1, 300_000), TimeSpan.FromSeconds(2)).AsTask();
        var next = connection.GetTextAsync("after");
        await peer.ExpectAsync($"SET key {value} PX 2000");
        await peer.ExpectAsync("GET after");
        await peer.SendAsync("+OK\r\n+next\r\n");

        Assert.True(await set.Soon());
        Assert.Equal("next", await next);
    }

    [Fact]
    public async Task SetAsync_AnsweredBeforeAllIsWritten_CompletesWhenTheMemoryIsFree()
    {
        var isRead = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var (connection, peer) = await FakePeer.ConnectAsync(onPush: (ref RespReader _) => isRead.SetResult());
        await using var _ = connection;
        await using var __ = peer;
        var value = new byte[64 * 1024 * 1024];

        // Not as a task, which would learn of the completion later.
        var set = connection.Client().SetAsync("a", value, duration: null);
        await peer.SendAsync("-OOM too much\r\n>1\r\n+x\r\n");
        await isRead.Task.Soon();
        Assert.False(set.IsCompleted, "the kernel's buffers hold far less than the value, so it is still being read");

        Assert.NotNull(await peer.TryReadCommandAsync());
        Assert.Equal(RedisErrorKind.OutOfMemory, (await Assert.ThrowsAnyAsync<RedisServerException>(() => set.AsTask().Soon())).Kind);
    }

    [Fact]
    public void PooledBytes_DisposedTwice_GivesItsMemoryBackOnce()
    {
        var bytes = PooledBytes.CopyOf(new ReadOnlySequence<byte>([1, 2, 3]));
        bytes.Dispose();
        bytes.Dispose();

        Assert.Throws<ObjectDisposedException>(() => bytes.Memory);
    }
}
