using Larder.Caching;

namespace Larder.Tests.Caching;

public sealed class BeginLoadTests : IDisposable
{
    private readonly TestCache _test = new();

    private LarderCache Cache => _test.Cache;

    public void Dispose() => _test.Dispose();

    [Fact(Timeout = 30_000)]
    public async Task BeginLoad_SeveralKeys_OneBatchAnswersEveryCallerOfEach()
    {
        Cache.Set("a", "cached", TestCache.Minute);
        var hit = Cache.BeginLoad<string>("a");
        var b = Cache.BeginLoad<string>("b").Flight!;
        var c = Cache.BeginLoad<string>("c").Flight!;
        var joined = Cache.BeginLoad<string>("b").Flight!;

        Assert.Equal("cached", hit.Value);
        Assert.Equal((true, true, false), (b.IsLeader, c.IsLeader, joined.IsLeader));
        b.Complete("B", TestCache.Minute, ["tag"]);
        c.Complete("C", TestCache.Minute);

        Assert.Equal(["B", "C", "B"], await Task.WhenAll(b.WaitAsync(default), c.WaitAsync(default), joined.WaitAsync(default)));
        Assert.Equal("B", Cache.BeginLoad<string>("b").Value);
        Cache.RemoveByTag("tag");
        Assert.False(Cache.TryGet<string>("b", out _));
        Assert.True(Cache.TryGet<string>("c", out _));
    }

    [Fact(Timeout = 30_000)]
    public async Task BeginLoad_WhileGetOrCreateLoads_JoinsThatLoad()
    {
        var load = new HeldLoad<string>();
        var get = Cache.GetOrCreateAsync("key", TestCache.Minute, load.RunAsync);

        var flight = Cache.BeginLoad<string>("key").Flight!;

        Assert.False(flight.IsLeader);
        load.Succeed("value");
        Assert.Equal("value", await flight.WaitAsync(default));
        Assert.Equal("value", await get);
    }

    [Fact(Timeout = 30_000)]
    public async Task CompleteWithoutStoring_AnswersCallersAndStoresNothing()
    {
        var leader = Cache.BeginLoad<string>("key").Flight!;
        var follower = Cache.BeginLoad<string>("key").Flight!;

        leader.CompleteWithoutStoring("partial");

        Assert.Equal("partial", await follower.WaitAsync(default));
        Assert.False(Cache.TryGet<string>("key", out _));
    }

    [Fact(Timeout = 30_000)]
    public async Task Dispose_LeaderThatDidNotEndItsLoad_FailsItsFollowersAndFreesTheKey()
    {
        var leader = Cache.BeginLoad<string>("key").Flight!;
        var follower = Cache.BeginLoad<string>("key").Flight!;

        leader.Dispose();

        var failure = await Assert.ThrowsAsync<InvalidOperationException>(() => follower.WaitAsync(default));
        Assert.Contains("'key'", failure.Message);
        Assert.True(Cache.BeginLoad<string>("key").Flight!.IsLeader);
    }

    [Fact(Timeout = 30_000)]
    public async Task Dispose_AfterComplete_ChangesNothing()
    {
        var leader = Cache.BeginLoad<string>("key").Flight!;
        var follower = Cache.BeginLoad<string>("key").Flight!;

        leader.Complete("value", TestCache.Minute);
        leader.Dispose();

        Assert.Equal("value", await follower.WaitAsync(default));
        Assert.True(Cache.TryGet<string>("key", out _));
    }

    [Fact]
    public void Dispose_FollowerThatNeverWaited_CountsAsLeaving()
    {
        var leader = Cache.BeginLoad<string>("key").Flight!;
        var follower = Cache.BeginLoad<string>("key").Flight!;
        using var gone = new CancellationTokenSource();
        gone.Cancel();

        _ = leader.WaitAsync(gone.Token);
        Assert.False(leader.Abandoned.IsCancellationRequested);
        follower.Dispose();

        Assert.True(leader.Abandoned.IsCancellationRequested);
    }

    [Fact]
    public void Complete_ByAFollower_IsRefused()
    {
        using var leader = Cache.BeginLoad<string>("key").Flight!;
        using var follower = Cache.BeginLoad<string>("key").Flight!;

        Assert.Throws<InvalidOperationException>(() => follower.Complete("value", TestCache.Minute));
    }

    [Fact]
    public void Complete_WithTagsBesideThoseDeclared_TheEntryHasBoth()
    {
        foreach (var removed in new[] { "declared", "found" })
        {
            using var leader = Cache.BeginLoad<string>("key", ["declared"]).Flight!;
            leader.Complete("value", TestCache.Minute, ["found"]);
            Assert.True(Cache.TryGet<string>("key", out _));

            Cache.RemoveByTag(removed);
            Assert.False(Cache.TryGet<string>("key", out _));
        }
    }
}
