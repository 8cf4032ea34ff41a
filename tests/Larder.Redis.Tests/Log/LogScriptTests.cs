using Larder.Caching;
using Larder.Freshness;
using Larder.Redis.Log;
using Larder.Redis.Resp;

namespace Larder.Redis.Tests.Log;

/// <summary>The script on real servers: numbers are dense, and no number is used twice in an epoch.</summary>
public sealed class LogScriptTests
{
    private const string Stream = "{larder}:log";
    private const string State = "{larder}:log:state";
    private static readonly byte[] Record = LogRecordFormat.Encode(new WriteSet(Tag.Fine("row")));
    private static ulong _epochs = 1000;

    [Fact]
    public async Task Append_ToNothing_BeginsAnEpochAndNumbersDensely()
    {
        await using var redis = await TestRedis.StartAsync();
        await using var connection = await redis.ConnectAsync();

        var tail = await RunAsync(connection, []);
        LogTail[] appended = [await RunAsync(connection, Record), await RunAsync(connection, Record), await RunAsync(connection, [])];

        Assert.Equal(1, tail.Seq);
        Assert.All(appended, other => Assert.Equal(tail.Epoch, other.Epoch));
        Assert.Equal([2, 3, 3], appended.Select(other => other.Seq));
        Assert.Equal(appended[1], appended[2]);
        var entries = await connection.Client().XRangeAsync(Stream, "-", "+", 10);
        Assert.Equal(["1", "2", "3"], entries.Select(entry => System.Text.Encoding.ASCII.GetString(entry.Fields[3])));
        Assert.Equal(appended[1].Id, entries[^1].Id);
    }

    [Theory]
    [InlineData("FLUSHALL", null)]
    [InlineData("DEL", Stream)]
    [InlineData("DEL", State)]
    public async Task Append_AfterTheLogWasDeleted_BeginsAnotherEpoch(string verb, string? key)
    {
        await using var redis = await TestRedis.StartAsync();
        await using var connection = await redis.ConnectAsync();
        var before = await RunAsync(connection, Record);

        await connection.RunAsync(verb, key is null ? [] : [key]);
        var after = await RunAsync(connection, Record);

        Assert.NotEqual(before.Epoch, after.Epoch);
        Assert.Equal(2, after.Seq);
    }

    [Fact]
    public async Task Append_AfterTheStreamWasTrimmedToNothing_GoesOnNumbering()
    {
        await using var redis = await TestRedis.StartAsync();
        await using var connection = await redis.ConnectAsync();
        var before = await RunAsync(connection, Record);

        await connection.RunAsync("XTRIM", Stream, "MAXLEN", 0);
        var after = await RunAsync(connection, Record);

        Assert.Equal((before.Epoch, before.Seq + 1), (after.Epoch, after.Seq));
    }

    [Theory]
    [InlineData("no")]
    [InlineData("yes")]
    public async Task Append_AfterKillAndRestart_BeginsAnotherEpoch(string appendOnly)
    {
        await using var redis = await TestRedis.StartAsync("--appendonly", appendOnly);
        LogTail before;
        await using (var connection = await redis.ConnectAsync())
        {
            before = await RunAsync(connection, Record);
        }

        await redis.KillAsync();
        await redis.RestartAsync();
        await using var again = await redis.ConnectAsync();
        var after = await RunAsync(again, []);

        Assert.NotEqual(before.Epoch, after.Epoch);
        Assert.Equal(1, after.Seq);
    }

    [Fact]
    public async Task Append_ToAnEpochThatIsRefused_BeginsAnotherOnce()
    {
        await using var redis = await TestRedis.StartAsync();
        await using var connection = await redis.ConnectAsync();
        var before = await RunAsync(connection, Record);

        var after = await RunAsync(connection, [], refused: before.Epoch);
        var again = await RunAsync(connection, [], refused: before.Epoch);

        Assert.NotEqual(before.Epoch, after.Epoch);
        Assert.Equal(after, again);
    }

    [Fact]
    public async Task Append_BeyondTheCapacity_KeepsTheStreamBounded()
    {
        await using var redis = await TestRedis.StartAsync();
        await using var connection = await redis.ConnectAsync();

        var appended = new List<LogTail>();
        for (var i = 0; i < 5; i++)
        {
            appended.AddRange(await Task.WhenAll(Enumerable.Range(0, 1_000).Select(_ => RunAsync(connection, Record, capacity: 1_000))));
        }

        Assert.Equal(Enumerable.Range(2, 5_000).Select(seq => (long)seq), appended.Select(tail => tail.Seq).Order());

        // Redis trims whole nodes of a stream, of 100 entries.
        Assert.InRange((await connection.RunAsync("XLEN", Stream)).Integer, 1_000, 1_200);
    }

    [Fact]
    public async Task Append_ByAUserWithTheRightsThatTheGuideNames_IsAllowed()
    {
        await using var redis = await TestRedis.StartAsync();
        await using (var admin = await redis.ConnectAsync())
        {
            await admin.RunAsync(
                "ACL SETUSER", "larder", "on", ">secret", "~{larder}:*", "~larder:entry:*", "-@all", "+hello", "+select", "+evalsha", "+eval", "+info", "+exists", "+hmget",
                "+hset", "+xadd", "+xread", "+zremrangebyscore", "+zadd", "+zrevrange", "+pexpire", "+set", "+mget", "+time", "+get", "+getrange", "+unlink", "+scan", "+dbsize");
        }

        await using var node = new TestNode($"redis://larder:secret@127.0.0.1:{redis.Port}");
        await node.FollowsAsync();

        Assert.False((await node.PublishAsync(1)).IsPoison);
        await node.Registry.ReportAsync(CancellationToken.None);
        Assert.Equal([node.Registry.Id], (await node.Registry.ListAsync()).Select(info => info.Id));
        await node.ReadSharedAsync(1, () => 1);
        await TestNode.UntilAsync(() => node.Cache.GetStatistics().RemoteStore!.Writes == 1);
        Assert.Equal(new PatternRemoval(2, IsComplete: true), await node.Cache.RemoveByPatternAsync("row:*"));
        Assert.NotNull((await node.Cache.Engine.Remote!.CheckAsync(CancellationToken.None)).State);
        Assert.Equal(0, node.Cache.GetStatistics().RemoteStore!.Failures);
    }

    private static Task<LogTail> RunAsync(RespConnection connection, byte[] record, ulong refused = 0, int capacity = 20_000) => connection.Client().EvalAsync(
        LogScript.Append,
        [Stream, State],
        [LogTail.EpochText(Interlocked.Increment(ref _epochs)), refused == 0 ? "" : LogTail.EpochText(refused), capacity, LogRecordFormat.EpochBegins, record],
        LogTail.Reader).AsTask().Soon();
}
