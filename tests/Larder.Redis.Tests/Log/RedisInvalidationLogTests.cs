using System.Diagnostics;
using Larder.Freshness;
using Larder.Redis.Log;
using Larder.Redis.Resp;

namespace Larder.Redis.Tests.Log;

/// <summary>Nodes over a real server that is killed, emptied, trimmed and paused.</summary>
public sealed class RedisInvalidationLogTests
{
    private const string Stream = "{larder}:log";

    [Fact]
    public async Task Append_OnOneNode_IsAppliedThereWhenItEndsAndSoonOnTheOther()
    {
        await using var redis = await TestRedis.StartAsync();
        await using var one = new TestNode(redis);
        await using var other = new TestNode(redis);
        await Task.WhenAll(one.FollowsAsync(), other.FollowsAsync());
        await CacheAsync(one, other);

        var token = await one.PublishAsync(1);

        Assert.Equal(one.Epoch, token.Epoch);
        Assert.True(one.Freshness.Now.Applied >= token.Seq);
        Assert.False(await one.IsHitAsync(1));
        Assert.True(await one.IsHitAsync(2));
        Assert.True(await other.Freshness.WaitForAsync(token, TimeSpan.FromSeconds(10), CancellationToken.None));
        Assert.False(await other.IsHitAsync(1));
        Assert.True(await other.IsHitAsync(2));
    }

    [Fact]
    public async Task Read_OnAnotherNode_IsAnsweredFromTheSecondLevelByWhatWasLoadedAfterTheLastWrite()
    {
        await using var redis = await TestRedis.StartAsync();
        await using var one = new TestNode(redis);
        await using var other = new TestNode(redis);
        await Task.WhenAll(one.FollowsAsync(), other.FollowsAsync());

        for (var value = 1L; value <= 5; value++)
        {
            Assert.Equal(value, await one.ReadSharedAsync(1, () => value));
            await TestNode.UntilAsync(() => one.Cache.GetStatistics().RemoteStore!.Writes >= value);
            Assert.Equal(value, await other.ReadSharedAsync(1, () => -1));

            // Nobody may see it from here on, whichever level has it.
            var token = await one.PublishAsync(1);
            Assert.True(await other.Freshness.WaitForAsync(token, TimeSpan.FromSeconds(10), CancellationToken.None));
        }

        Assert.Equal(-2, await other.ReadSharedAsync(1, () => -2));
    }

    [Fact]
    public async Task Read_OnANodeThatHasJustStarted_IsAnsweredByWhatOthersLoadedAndNobodyWroteSince()
    {
        await using var redis = await TestRedis.StartAsync();
        await using (var one = new TestNode(redis))
        {
            await one.FollowsAsync();
            for (var row = 1; row <= 3; row++)
            {
                await one.ReadSharedAsync(row, () => row);
            }

            await TestNode.UntilAsync(() => one.Cache.GetStatistics().RemoteStore!.Writes >= 3);

            // More than one read of the stream brings.
            for (var i = 0; i < 600; i++)
            {
                await one.PublishAsync(i == 300 ? 2 : 100 + i);
            }
        }

        await using var other = new TestNode(redis);
        await other.FollowsAsync();

        Assert.Equal(1, await other.ReadSharedAsync(1, () => -1));
        Assert.Equal(-2, await other.ReadSharedAsync(2, () => -2));
        Assert.Equal(3, await other.ReadSharedAsync(3, () => -3));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public async Task Read_OnANodeThatStartsAfterRecordsAreGone_TakesNothingFromBefore(int kept)
    {
        await using var redis = await TestRedis.StartAsync();
        await using (var one = new TestNode(redis))
        {
            await one.FollowsAsync();
            await one.ReadSharedAsync(1, () => 1);
            await TestNode.UntilAsync(() => one.Cache.GetStatistics().RemoteStore!.Writes >= 1);
            await one.PublishAsync(1);
            await one.PublishAsync(2);
        }

        await using (var admin = await redis.ConnectAsync())
        {
            await admin.RunAsync("XTRIM", Stream, "MAXLEN", kept);
        }

        await using var other = new TestNode(redis);
        await other.FollowsAsync();

        Assert.Equal(-1, await other.ReadSharedAsync(1, () => -1));
    }

    [Fact]
    public async Task Follow_AfterANodeWasStopped_ResumesWhereItWas()
    {
        await using var redis = await TestRedis.StartAsync();
        await using var one = new TestNode(redis);
        await using var other = new TestNode(redis);
        await Task.WhenAll(one.FollowsAsync(), other.FollowsAsync());
        await CacheAsync(one, other);
        WriteToken token = default;
        using (other.Log.Hold())
        {
            for (var i = 0; i < 1_200; i++)
            {
                token = await one.PublishAsync(1);
            }

            await TestNode.UntilAsync(() => other.IsLagging);
        }

        await other.FollowsAsync();
        Assert.True(await other.Freshness.WaitForAsync(token, TimeSpan.FromSeconds(10), CancellationToken.None));
        Assert.Equal(token.Epoch, other.Epoch);
        Assert.True(await other.IsHitAsync(2));
        Assert.False(await other.IsHitAsync(1));
    }

    [Fact]
    public async Task Follow_RecordsTrimmedWhileStopped_KnowsNothingOfBefore()
    {
        await using var redis = await TestRedis.StartAsync();
        await using var admin = await redis.ConnectAsync();
        await using var one = new TestNode(redis);
        await using var other = new TestNode(redis);
        await Task.WhenAll(one.FollowsAsync(), other.FollowsAsync());
        await CacheAsync(one, other);
        WriteToken token;
        using (other.Log.Hold())
        {
            // A read that was under way before has brought nothing by then.
            await TestNode.UntilAsync(() => other.IsLagging);
            token = await one.PublishAsync(1);
            await admin.RunAsync("XTRIM", Stream, "MAXLEN", 0);
        }

        // Nothing is in the stream and nothing will be: only the answer to the question for the tail tells.
        await TestNode.UntilAsync(() => other.Freshness.Now.View.Floor >= token.Seq);
        Assert.Equal(token.Epoch, other.Epoch);
        Assert.False(await other.IsHitAsync(1));
        Assert.False(await other.IsHitAsync(2));
        Assert.True(await one.IsHitAsync(2));
    }

    [Theory]
    [InlineData("FLUSHALL")]
    [InlineData("DEL")]
    public async Task Follow_TheLogIsDeleted_GoesOnInAnotherEpochByItself(string verb)
    {
        await using var redis = await TestRedis.StartAsync();
        await using var admin = await redis.ConnectAsync();
        await using var one = new TestNode(redis);
        await using var other = new TestNode(redis);
        await Task.WhenAll(one.FollowsAsync(), other.FollowsAsync());
        await CacheAsync(one, other);
        var before = one.Epoch;

        await admin.RunAsync(verb, verb == "DEL" ? [Stream] : []);

        await TestNode.UntilAsync(() => one.Epoch != before && one.Epoch == other.Epoch);
        Assert.False(await one.IsHitAsync(2));
        Assert.False((await other.PublishAsync(1)).IsPoison);
        await Task.WhenAll(one.FollowsAsync(), other.FollowsAsync());
    }

    [Theory]
    [InlineData("no")]
    [InlineData("yes")]
    public async Task Follow_RedisIsKilledAndStartedAgain_RecoversAndBypassesMeanwhile(string appendOnly)
    {
        await using var redis = await TestRedis.StartAsync("--appendonly", appendOnly);
        await using var one = new TestNode(redis);
        await using var other = new TestNode(redis);
        await Task.WhenAll(one.FollowsAsync(), other.FollowsAsync());
        await CacheAsync(one, other);
        var before = one.Epoch;

        await redis.KillAsync();
        var token = await one.PublishAsync(1);
        Assert.True(token.IsPoison);
        Assert.False(await one.IsHitAsync(1));
        await TestNode.UntilAsync(() => one.IsLagging && other.IsLagging);
        Assert.False(await other.IsHitAsync(2));

        await redis.RestartAsync();
        await Task.WhenAll(one.FollowsAsync(), other.FollowsAsync());
        await TestNode.UntilAsync(() => one.Freshness.Now.Bypass is null && one.Epoch == other.Epoch && one.Epoch != before);
        Assert.False(await other.IsHitAsync(1));

        // The record of the write may come after that load, and a second time where its first append was not answered.
        await Patience.UntilAsync(() => other.IsHitAsync(1));
    }

    [Fact]
    public async Task Append_RedisDeadFromTheStart_FailsAtOnceAndWorksWhenItIsThere()
    {
        await using var redis = await TestRedis.StartAsync();
        await redis.KillAsync();
        await using var node = new TestNode(redis);
        Assert.True((await node.PublishAsync(9)).IsPoison);
        var clock = Stopwatch.StartNew();

        Assert.True((await node.PublishAsync(1)).IsPoison);

        Assert.True(clock.Elapsed < TimeSpan.FromSeconds(1), $"{clock.Elapsed}");
        Assert.True(node.IsLagging);
        await redis.RestartAsync();
        await node.FollowsAsync();
        await TestNode.UntilAsync(() => node.Freshness.Now.Bypass is null);
        Assert.False((await node.PublishAsync(1)).IsPoison);
    }

    [Fact]
    public async Task Append_RedisPaused_EndsWithinItsLimitAndStrictReadsBypass()
    {
        await using var redis = await TestRedis.StartAsync();
        await using var admin = await redis.ConnectAsync();
        await using var node = new TestNode(redis, TimeSpan.FromMilliseconds(500));
        await node.FollowsAsync();
        await CacheAsync(node);
        await admin.RunAsync("CLIENT PAUSE", 4_000, "ALL");
        var clock = Stopwatch.StartNew();

        Assert.True((await node.PublishAsync(1)).IsPoison);

        Assert.True(clock.Elapsed < TimeSpan.FromSeconds(3), $"{clock.Elapsed}");
        await TestNode.UntilAsync(() => node.IsLagging);
        Assert.False(await node.IsHitAsync(2));
        await node.FollowsAsync();
        await TestNode.UntilAsync(() => node.Freshness.Now.Bypass is null);
        Assert.False(await node.IsHitAsync(1));
    }

    [Fact]
    public async Task Follow_TheServerComesBackToAnEpochThatTheNodeLeft_BeginsAnother()
    {
        await using var redis = await TestRedis.StartAsync();
        await using var admin = await redis.ConnectAsync();
        await using var node = new TestNode(redis);
        await node.FollowsAsync();
        var left = node.Epoch;

        // What a node sees that was led to another server for a while.
        node.Freshness.Apply(new LogRecord(left + 2, 40, WriteSet.Everything));

        await TestNode.UntilAsync(() => node.Epoch != left + 2);
        Assert.NotEqual(left, node.Epoch);
        await node.FollowsAsync();
        Assert.False((await node.PublishAsync(1)).IsPoison);
    }

    [Fact]
    public async Task List_TwoNodes_ShowsWhatEachSaysAndForgetsBadEntries()
    {
        await using var redis = await TestRedis.StartAsync();
        await using var admin = await redis.ConnectAsync();
        await using var one = new TestNode(redis);
        await using var other = new TestNode(redis);
        await Task.WhenAll(one.FollowsAsync(), other.FollowsAsync());
        await CacheAsync(one);
        await one.IsHitAsync(1);
        await one.Registry.ReportAsync(CancellationToken.None);
        await other.Registry.ReportAsync(CancellationToken.None);
        await admin.RunAsync("ZADD", "{larder}:nodes", 9e15.ToString("F0"), "foreign");
        await admin.RunAsync("SET", "{larder}:node:foreign", "no json");

        var nodes = await one.Registry.ListAsync();

        Assert.Equal([other.Registry.Id, one.Registry.Id], nodes.Select(node => node.Id).OrderBy(id => id == one.Registry.Id));
        var shown = nodes.Single(node => node.Id == one.Registry.Id);
        Assert.Equal((1, 2, LogTail.EpochText(one.Epoch)), (shown.Hits, shown.Misses, shown.Epoch));
        Assert.InRange(shown.LagMs!.Value, 0, 2_000);
        await redis.KillAsync();
        Assert.Empty(await one.Registry.ListAsync());
    }

    private static async Task CacheAsync(params TestNode[] nodes)
    {
        foreach (var node in nodes)
        {
            await node.IsHitAsync(1);
            await node.IsHitAsync(2);
        }
    }
}
