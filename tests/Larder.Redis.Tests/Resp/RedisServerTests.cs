using System.Net.Sockets;
using System.Text;
using Larder.Redis.Resp;

namespace Larder.Redis.Tests.Resp;

/// <summary>What a real server answers, and refuses.</summary>
public sealed class RedisServerTests
{
    [Fact]
    public async Task Client_EachCommand_DoesWhatItSays()
    {
        await using var redis = await TestRedis.StartAsync();
        await using var connection = await redis.ConnectAsync(redis.Settings with { Database = 3 });
        var client = connection.Client();

        Assert.Null(await client.GetAsync("a"));
        Assert.True(await client.SetAsync("a", "1"u8.ToArray(), TimeSpan.FromMinutes(1)));
        using (var value = await client.GetAsync("a"))
        {
            Assert.Equal("1"u8.ToArray(), value!.Memory.ToArray());
        }

        Assert.InRange((await connection.RunAsync("PTTL", "a")).Integer, 1, 60_000);
        Assert.Equal(1, await client.DbSizeAsync());
        Assert.InRange((await client.MemoryUsageAsync("a"))!.Value, 1, 1000);
        Assert.Null(await client.MemoryUsageAsync("none"));
        Assert.True(await client.ClientIdAsync() > 0);
        Assert.Contains("db3:keys=1", await client.InfoAsync("keyspace"), StringComparison.Ordinal);
        Assert.Equal(1, await client.UnlinkAsync(["a", "none"]));
        Assert.True(await client.PingAsync());
        Assert.Contains("name=larder", (await connection.RunAsync("CLIENT INFO")).Text, StringComparison.Ordinal);
        Assert.Equal(RespType.Map, (await connection.RunAsync("CONFIG GET", "maxmemory")).Type);
    }

    [Fact]
    public async Task SetAsync_WithDuration_Expires()
    {
        await using var redis = await TestRedis.StartAsync();
        await using var connection = await redis.ConnectAsync();
        await connection.Client().SetAsync("a", "1"u8.ToArray(), TimeSpan.FromMilliseconds(1));

        await Patience.UntilAsync(async () => await connection.GetTextAsync("a") is null);
    }

    [Fact]
    public async Task EvalAsync_ScriptTheServerDoesNotKnow_IsSentOnceAndKnownAfterwards()
    {
        await using var redis = await TestRedis.StartAsync();
        await using var connection = await redis.ConnectAsync();
        var script = new RedisScript("return {KEYS[1], ARGV[1], tonumber(ARGV[2]) + 1}");
        for (var i = 0; i < 2; i++)
        {
            var reply = await connection.Client().EvalAsync(script, ["k"], ["v", 41], RespReplies.Tree);
            Assert.Equal("Array[Bulk(k), Bulk(v), Integer(42)]", Frames.Describe(reply));
        }

        var calls = await connection.Client().InfoAsync("commandstats");
        Assert.Contains("cmdstat_eval:calls=1,", calls, StringComparison.Ordinal);
        await connection.RunAsync("SCRIPT FLUSH");
        Assert.Equal("Array[Bulk(k), Bulk(v), Integer(42)]", Frames.Describe(await connection.Client().EvalAsync(script, ["k"], ["v", 41], RespReplies.Tree)));
    }

    [Fact]
    public async Task ScanAsync_PageByPage_FindsEveryKeyOfThePattern()
    {
        await using var redis = await TestRedis.StartAsync();
        await using var connection = await redis.ConnectAsync();
        for (var i = 0; i < 500; i++)
        {
            await connection.Client().SetAsync($"{(i % 2 == 0 ? "even" : "odd")}:{i}", "x"u8.ToArray(), duration: null);
        }

        var found = new HashSet<string>(StringComparer.Ordinal);
        var cursor = 0ul;
        do
        {
            var page = await connection.Client().ScanAsync(cursor, "even:*", 50);
            found.UnionWith(page.Keys.Select(Encoding.UTF8.GetString));
            cursor = page.Cursor;
        }
        while (cursor != 0);

        Assert.Equal(Enumerable.Range(0, 250).Select(i => $"even:{2 * i}").ToHashSet(StringComparer.Ordinal), found);
    }

    [Fact]
    public async Task Streams_AppendedByScript_AreReadByRangeAndByBlockingRead()
    {
        await using var redis = await TestRedis.StartAsync();
        await using var connection = await redis.ConnectAsync();
        await using var blocking = await redis.ConnectAsync();
        var append = new RedisScript("return redis.call('XADD', KEYS[1], ARGV[1], 'n', ARGV[2])");
        Assert.Empty(await connection.Client().XReadAsync("log", StreamId.Zero, 10, block: null));
        Assert.Empty(await blocking.Client().XReadAsync("log", StreamId.Zero, 10, TimeSpan.FromMilliseconds(5)));

        var waiting = blocking.Client().XReadAsync("log", StreamId.Zero, 10, TimeSpan.FromSeconds(10)).AsTask();
        await Patience.UntilAsync(async () => (await connection.Client().InfoAsync("clients")).Contains("blocked_clients:1", StringComparison.Ordinal));
        foreach (var id in (string[])["7-1", "7-2", "8-0"])
        {
            Assert.Equal(id, await connection.Client().EvalAsync(append, ["log"], [id, id], RespReplies.Text));
        }

        Assert.Equal(new StreamId(7, 1), (await waiting.Soon())[0].Id);
        var after = await connection.Client().XReadAsync("log", new(7, 1), 10, block: null);
        Assert.Equal([new StreamId(7, 2), new StreamId(8, 0)], after.Select(entry => entry.Id));
        Assert.Equal("n=7-2", string.Join('=', after[0].Fields.Select(Encoding.UTF8.GetString)));
        Assert.Equal([new StreamId(7, 1)], (await connection.Client().XRangeAsync("log", "-", "+", 1)).Select(entry => entry.Id));
    }

    [Fact]
    public async Task OnPush_TrackedKeyChanges_IsInvalidated()
    {
        await using var redis = await TestRedis.StartAsync();
        var pushed = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var connection = await redis.ConnectAsync(onPush: (ref RespReader reader) => pushed.TrySetResult(Frames.Describe(RespReply.Read(ref reader))));
        await connection.RunAsync("CLIENT TRACKING", "ON");
        await connection.GetTextAsync("k");
        await using (var other = await redis.ConnectAsync())
        {
            await other.Client().SetAsync("k", "2"u8.ToArray(), duration: null);
        }

        Assert.Equal("Push[Bulk(invalidate), Array[Bulk(k)]]", await pushed.Task.Soon());
    }

    [Fact]
    public async Task UnixSocket_LikeTcp_RunsCommands()
    {
        await using var redis = await TestRedis.StartAsync();
        await using var connection = await redis.ConnectAsync(redis.Settings with { EndPoint = new UnixDomainSocketEndPoint(redis.SocketPath) });

        Assert.True(await connection.Client().PingAsync());
        Assert.Contains(redis.SocketPath, (await connection.RunAsync("CLIENT INFO")).Text, StringComparison.Ordinal);
    }

    [Fact]
    [Trait("Category", "Slow")]
    public async Task LargeValue_OfAHundredMegabytes_GoesThereAndBack()
    {
        await using var redis = await TestRedis.StartAsync();
        await using var connection = await redis.ConnectAsync();
        var value = new byte[100 * 1024 * 1024];
        new Random(3).NextBytes(value);

        Assert.True(await connection.Client().SetAsync("big", value, duration: null).AsTask().Soon());
        using var read = await connection.Client().GetAsync("big").AsTask().Soon();
        Assert.True(read!.Memory.Span.SequenceEqual(value));
    }

    [Fact]
    public async Task Pipelining_SixteenCallersOnARealServer_EveryoneGetsItsOwn()
    {
        await using var redis = await TestRedis.StartAsync();
        await using var connection = await redis.ConnectAsync();
        await Task.WhenAll(Enumerable.Range(0, 16).Select(caller => Task.Run(async () =>
        {
            for (var i = 0; i < 300; i++)
            {
                var (key, value) = ($"k{caller}", Encoding.UTF8.GetBytes(new string('x', i * 97 % 40_000) + i));
                await connection.Client().SetAsync(key, value, duration: null);
                using var read = await connection.Client().GetAsync(key);
                Assert.True(read!.Memory.Span.SequenceEqual(value));
            }
        })));
    }

    [Fact]
    public async Task ConnectAsync_PasswordMissingOrWrong_SaysWhich()
    {
        await using var redis = await TestRedis.StartAsync("--requirepass", "secret");

        Assert.Equal(RedisErrorKind.NoAuthentication, await RefusalAsync(redis, redis.Settings));
        Assert.Equal(RedisErrorKind.WrongPassword, await RefusalAsync(redis, redis.Settings with { Password = "wrong" }));
        Assert.Equal(RedisErrorKind.WrongPassword, await RefusalAsync(redis, redis.Settings with { User = "nobody", Password = "secret" }));
        await using var connection = await redis.ConnectAsync(redis.Settings with { Password = "secret" });
        Assert.True(await connection.Client().PingAsync());
    }

    [Fact]
    public async Task ConnectAsync_DatabaseThatIsNotThere_IsRefused()
    {
        await using var redis = await TestRedis.StartAsync();

        Assert.Equal(RedisErrorKind.General, await RefusalAsync(redis, redis.Settings with { Database = 99 }));
    }

    [Fact]
    public async Task ConnectAsync_NobodyListens_SaysWhere()
    {
        var settings = FakePeer.NewSettings();
        var refused = await Assert.ThrowsAsync<RedisConnectionException>(() => new RespConnector(settings, TimeProvider.System).ConnectAsync(CancellationToken.None));

        Assert.Contains("127.0.0.1:1", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Write_ToAReplica_IsReadOnly()
    {
        await using var redis = await TestRedis.StartAsync("--replicaof", "127.0.0.1", "1");
        await using var connection = await redis.ConnectAsync();

        Assert.Equal(RedisErrorKind.ReadOnly, (await Assert.ThrowsAnyAsync<RedisServerException>(
            () => connection.Client().SetAsync("a", "1"u8.ToArray(), duration: null).AsTask())).Kind);
        Assert.Null(await connection.GetTextAsync("a"));
    }

    [Fact]
    public async Task Write_BeyondTheMemoryLimit_IsOutOfMemory()
    {
        await using var redis = await TestRedis.StartAsync("--maxmemory", "1mb");
        await using var connection = await redis.ConnectAsync();

        Assert.Equal(RedisErrorKind.OutOfMemory, (await Assert.ThrowsAnyAsync<RedisServerException>(
            () => connection.Client().SetAsync("a", new byte[2_000_000], duration: null).AsTask())).Kind);
    }

    [Fact]
    public async Task Read_ClusterWithoutSlots_IsClusterDown()
    {
        await using var redis = await TestRedis.StartAsync("--cluster-enabled", "yes");
        await using var connection = await redis.ConnectAsync();

        Assert.Equal(RedisErrorKind.ClusterDown, (await Assert.ThrowsAnyAsync<RedisServerException>(() => connection.GetTextAsync("a"))).Kind);
    }

    [Fact]
    public async Task Read_WhileAScriptRunsForLong_IsBusyUntilItIsKilled()
    {
        await using var redis = await TestRedis.StartAsync("--busy-reply-threshold", "10");
        await using var scripting = await redis.ConnectAsync();
        await using var connection = await redis.ConnectAsync();
        var endless = scripting.RunAsync("EVAL", "while true do end", 0);

        await Patience.UntilAsync(async () =>
        {
            try
            {
                await connection.GetTextAsync("a");
                return false;
            }
            catch (RedisServerException exception)
            {
                return exception.Kind == RedisErrorKind.Busy;
            }
        });
        await connection.RunAsync("SCRIPT KILL");
        await Assert.ThrowsAnyAsync<RedisServerException>(() => endless);
        Assert.Null(await connection.GetTextAsync("a"));
    }

    [Fact]
    public async Task ConnectAsync_WhileTheServerLoads_IsLoadingAndThenWorks()
    {
        const int Keys = 2_000;
        await using var redis = await TestRedis.StartAsync("--enable-debug-command", "yes");
        await using (var connection = await redis.ConnectAsync())
        {
            await connection.RunAsync("DEBUG POPULATE", Keys);
            await connection.RunAsync("SAVE");
        }

        await redis.KillAsync();

        // A thousandth of a second for each key, and a look at its clients after each.
        await redis.RestartAsync("Loading RDB", "--key-load-delay", "1000", "--loading-process-events-interval-bytes", "1024");
        Assert.Equal(RedisErrorKind.Loading, await RefusalAsync(redis, redis.Settings));
        var state = new StateSignal();
        await using var channel = new RespChannel(new(redis.Settings, TimeProvider.System), new Random(1), state.Changed);
        channel.Start();
        await state.UntilAsync(() => channel.IsAvailable);
        Assert.Equal(Keys, await channel.Client().DbSizeAsync());
    }

    private static async Task<RedisErrorKind> RefusalAsync(TestRedis redis, RespSettings settings) =>
        (await Assert.ThrowsAnyAsync<RedisServerException>(() => redis.ConnectAsync(settings))).Kind;
}
