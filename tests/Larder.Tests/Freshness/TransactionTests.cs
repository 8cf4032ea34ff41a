using System.Transactions;
using Larder.Caching;
using Larder.Freshness;
using Larder.Tests.Caching;

namespace Larder.Tests.Freshness;

/// <summary>In any ambient transaction nothing is served, joined or stored.</summary>
public sealed class TransactionTests : IDisposable
{
    private readonly TestCache _test = new();

    private LarderCache Cache => _test.Cache;

    public static TheoryData<bool> Kinds => [true, false];

    public void Dispose() => _test.Dispose();

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task GetOrCreateAsync_InATransaction_NeitherServesNorStores(bool isTracked)
    {
        Cache.Set("stored", "committed", TestCache.Minute);
        await InTransactionAsync(isTracked, async () =>
        {
            Assert.Equal("uncommitted", await GetAsync("stored", "uncommitted"));
            Assert.Equal("uncommitted", await GetAsync("other", "uncommitted"));
            Assert.False(Cache.TryGet<string>("stored", out _));
        });

        Assert.Equal("committed", await GetAsync("stored", "loaded"));
        Assert.Equal("loaded", await GetAsync("other", "loaded"));
    }

    [Theory(Timeout = 30_000)]
    [MemberData(nameof(Kinds))]
    public async Task GetOrCreateAsync_InATransaction_NeitherJoinsNorIsJoined(bool isTracked)
    {
        var outside = new HeldLoad<string>();
        var get = Cache.GetOrCreateAsync("key", TestCache.Minute, outside.RunAsync).AsTask();
        await InTransactionAsync(isTracked, async () => Assert.Equal("uncommitted", await GetAsync("key", "uncommitted")));
        outside.Succeed("committed");

        Assert.Equal("committed", await get);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task GetOrCreateAsync_LoadThatReadsInATransaction_IsNotStored(bool isTracked)
    {
        await Cache.GetOrCreateAsync("whole", TestCache.Minute, async _ =>
        {
            await InTransactionAsync(isTracked, async () => await GetAsync("part", "uncommitted"));
            return "whole";
        });

        Assert.False(Cache.TryGet<string>("whole", out _));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Set_InATransaction_OnlyRemoves(bool isTracked)
    {
        Cache.Set("key", "committed", TestCache.Minute);
        await InTransactionAsync(isTracked, () =>
        {
            Cache.Set("key", "uncommitted", TestCache.Minute);
            return Task.CompletedTask;
        });

        Assert.False(Cache.TryGet<string>("key", out _));
    }

    [Fact]
    public async Task InvalidateAsync_InASystemTransaction_IsDoneAgainWhenItEnds()
    {
        using (var scope = new TransactionScope(TransactionScopeAsyncFlowOption.Enabled))
        {
            await Cache.InvalidateAsync(["word"], "test");

            // A reader outside, before the commit, stores what is about to be replaced.
            using (new TransactionScope(TransactionScopeOption.Suppress, TransactionScopeAsyncFlowOption.Enabled))
            {
                await Cache.GetOrCreateAsync("key", 0, TestCache.Minute, static (_, _) => new ValueTask<string>("old"), ["word"]);
                Assert.True(Cache.TryGet<string>("key", out _));
            }

            scope.Complete();
        }

        Assert.False(Cache.TryGet<string>("key", out _));
    }

    [Fact]
    public async Task InvalidateAsync_InATrackedTransaction_IsKeptForItsCommit()
    {
        var transaction = AmbientTransaction.Enter();
        await Cache.InvalidateAsync(["word"], "test");
        var writes = transaction.End();

        Assert.Equal(HandTags.Word("word"), Assert.Single(Assert.Single(writes).Tags));
        Assert.False(transaction.IsActive);
        Cache.Set("key", 1, TestCache.Minute);
        Assert.True(Cache.TryGet<int>("key", out _));
    }

    private ValueTask<string> GetAsync(string key, string loaded) => Cache.GetOrCreateAsync(key, TestCache.Minute, _ => new ValueTask<string>(loaded));

    private static async Task InTransactionAsync(bool isTracked, Func<Task> act)
    {
        if (isTracked)
        {
            var transaction = AmbientTransaction.Enter();
            await act();
            transaction.End();
        }
        else
        {
            using var scope = new TransactionScope(TransactionScopeAsyncFlowOption.Enabled);
            await act();
        }
    }
}
