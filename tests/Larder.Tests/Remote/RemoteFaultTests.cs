using Larder.Caching;
using Larder.Remote;
using Larder.Tests.Caching;
using Microsoft.Extensions.Caching.Hybrid;
using Microsoft.Extensions.DependencyInjection;

namespace Larder.Tests.Remote;

/// <summary>What goes wrong with the second level costs speed, and is counted.</summary>
public sealed class RemoteFaultTests : IDisposable
{
    private readonly RemoteCaches _nodes = new();

    public void Dispose() => _nodes.Dispose();

    [Fact(Timeout = 30_000)]
    public async Task GetOrCreate_WhatIsNoEntry_IsLoadedAndReplaced()
    {
        var (a, b) = (_nodes.Start(), _nodes.Start());
        await a.GetAsync("a");
        await _nodes.SettleAsync();
        var good = _nodes.Store.Entries["key"];
        byte[] otherVersion = [.. good];
        otherVersion[3]++;
        byte[] corrupt = [.. good];
        corrupt[^1]++;
        byte[][] spoilt = [[], "not ours"u8.ToArray(), otherVersion, good[..^1], good[..RemoteEntryFormat.HeaderBytes], corrupt];
        foreach (var bytes in spoilt)
        {
            _nodes.Store.Entries["key"] = bytes;
            b.Cache.Engine.Store.Remove("key");

            Assert.Equal("b", await b.GetAsync("b"));
            await _nodes.SettleAsync();
            Assert.True(RemoteEntryFormat.TryReadHeader(_nodes.Store.Entries["key"], out _));
        }

        Assert.Equal(spoilt.Length, RemoteCaches.FiguresOf(b).Unusable);
    }

    [Fact(Timeout = 30_000)]
    public async Task GetOrCreate_ValueOfAnotherTypeKeyOrSize_IsLoaded()
    {
        var (a, b) = (_nodes.Start(), _nodes.Start());
        await a.GetAsync("a long value");
        await _nodes.SettleAsync();
        _nodes.Store.Entries["other"] = _nodes.Store.Entries["key"];

        Assert.Equal("b", await b.GetAsync("b", "other"));
        Assert.Equal(5, await b.Cache.GetOrCreateAsync("key", TestCache.Minute, _ => new ValueTask<int>(5), TestContext.Current.CancellationToken));
        Assert.Equal(2, RemoteCaches.FiguresOf(b).Unusable);

        await a.GetAsync("a long value", "long");
        await _nodes.SettleAsync();
        Assert.Equal("short", await b.GetAsync("short", "long", policy: TestCache.Minute with { MaxEntryBytes = 10 }));
        Assert.Equal(3, RemoteCaches.FiguresOf(b).Unusable);
    }

    [Fact(Timeout = 30_000)]
    public async Task GetOrCreate_TheStoreFails_LoadsAndAsksAgainOnlyInTheBackground()
    {
        var cache = _nodes.Start();
        _nodes.Store.Failure = new TimeoutException("too slow");

        Assert.Equal("1", await cache.GetAsync("1", "key 1"));
        Assert.Equal("2", await cache.GetAsync("2", "key 2"));
        Assert.Equal((1, 1, false), (RemoteCaches.FiguresOf(cache).Failures, RemoteCaches.FiguresOf(cache).Skipped, RemoteCaches.FiguresOf(cache).IsAvailable));
        await _nodes.SettleAsync();
        Assert.Equal(2, RemoteCaches.FiguresOf(cache).Dropped);

        // Each failed probe doubles the pause, up to its bound.
        var pause = RemoteCircuit.FirstPause;
        for (var probe = 1; probe <= 6; probe++)
        {
            await Patience.UntilAsync(() => Task.FromResult(cache.Time.PendingTimers == 1));
            cache.Time.Advance(pause - TimeSpan.FromMilliseconds(1));
            Assert.Equal(probe, _nodes.Store.Reads);
            cache.Time.Advance(TimeSpan.FromMilliseconds(1));
            await Patience.UntilAsync(() => Task.FromResult(_nodes.Store.Reads == probe + 1));
            pause = pause * 2 < RemoteCircuit.LongestPause ? pause * 2 : RemoteCircuit.LongestPause;
        }

        await Patience.UntilAsync(() => Task.FromResult(cache.Time.PendingTimers == 1));
        _nodes.Store.Failure = null;
        cache.Time.Advance(pause);
        await Patience.UntilAsync(() => Task.FromResult(RemoteCaches.FiguresOf(cache).IsAvailable));
        Assert.Equal("3", await cache.GetAsync("3", "key 3"));
        Assert.Equal(1, RemoteCaches.FiguresOf(cache).Misses);
    }

    [Fact(Timeout = 30_000)]
    public async Task GetOrCreate_TheStoreIsOutOfReach_IsNotAsked()
    {
        var cache = _nodes.Start();
        _nodes.Store.IsReachable = false;

        Assert.Equal("1", await cache.GetAsync("1"));
        Assert.Equal((0, 1), (_nodes.Store.Reads, RemoteCaches.FiguresOf(cache).Skipped));
    }

    [Fact(Timeout = 30_000)]
    public async Task GetOrCreate_TheStoreDoesNotTakeWrites_WaitsForNoneAndKeepsABoundedNumber()
    {
        var cache = _nodes.Start();
        _nodes.Store.HeldWrites = FakeRemoteStore.NewSignal();
        for (var i = 0; i < RemoteWriteQueue.MaxWrites + 10; i++)
        {
            Assert.Equal("value", await cache.GetAsync("value", $"key {i}"));
        }

        Assert.Equal((RemoteWriteQueue.MaxWrites, 10L), (RemoteCaches.RemoteOf(cache).Pending, RemoteCaches.FiguresOf(cache).Dropped));
        _nodes.Store.HeldWrites.SetResult();
        await _nodes.SettleAsync();
        Assert.Equal(RemoteWriteQueue.MaxWrites, RemoteCaches.FiguresOf(cache).Writes);
    }

    [Fact(Timeout = 30_000)]
    public async Task TryAdd_MoreBytesThanMayWait_IsRefused()
    {
        var queue = new RemoteWriteQueue();
        var held = FakeRemoteStore.NewSignal();

        Assert.True(queue.TryAdd("a", RemoteWriteQueue.MaxBytes, () => held.Task));
        Assert.False(queue.TryAdd("b", 1, () => held.Task));
        held.SetResult();
        await Patience.UntilAsync(() => Task.FromResult(queue.Count == 0));
        Assert.True(queue.TryAdd("b", 1, () => held.Task));
    }

    [Fact(Timeout = 30_000)]
    public async Task TryAdd_WritesOfOneKey_AreSentInTheirOrder()
    {
        var queue = new RemoteWriteQueue();
        var sent = new List<int>();
        for (var i = 0; i < 500; i++)
        {
            var number = i;
            Assert.True(queue.TryAdd("key", 1, async () =>
            {
                await Task.Yield();
                sent.Add(number);
            }));
        }

        await Patience.UntilAsync(() => Task.FromResult(queue.Count == 0));
        Assert.Equal(Enumerable.Range(0, 500), sent);
    }

    [Fact(Timeout = 30_000)]
    public async Task GetOrCreate_LastCallerLeavesWhileTheStoreIsRead_IsNoFailureOfTheStore()
    {
        var cache = _nodes.Start();
        _nodes.Store.HeldReads = FakeRemoteStore.NewSignal();
        using var leaving = new CancellationTokenSource();
        var reading = cache.Cache.GetOrCreateAsync("key", TestCache.Minute, _ => new ValueTask<string>("1"), leaving.Token).AsTask();
        await _nodes.Store.ReadBegan.Task.Soon();

        await leaving.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => reading);
        Assert.Equal((0, true), (RemoteCaches.FiguresOf(cache).Failures, RemoteCaches.FiguresOf(cache).IsAvailable));
    }

    [Fact(Timeout = 30_000)]
    public async Task GetOrCreate_PolicyOrFlagsSayNo_LeavesTheStoreAlone()
    {
        var cache = _nodes.Start();
        await cache.GetAsync("1", "key 1", policy: TestCache.Minute with { UsesRemoteStore = false });
        await cache.Hybrid.GetOrCreateAsync(
            "key 2", _ => new ValueTask<string>("2"), new() { Flags = HybridCacheEntryFlags.DisableDistributedCacheWrite }, cancellationToken: TestContext.Current.CancellationToken);
        await cache.Hybrid.GetOrCreateAsync("key 3", _ => new ValueTask<string>("3"), cancellationToken: TestContext.Current.CancellationToken);
        await _nodes.SettleAsync();

        Assert.Equal(["key 3"], _nodes.Store.Entries.Keys);
        Assert.Equal(1, _nodes.Store.Reads);
    }

    [Fact(Timeout = 30_000)]
    public async Task GetOrCreate_MutableValue_IsAnInstanceOfItsOwn()
    {
        var (a, b) = (_nodes.Start(), _nodes.Start());
        await a.Cache.GetOrCreateAsync("key", TestCache.Minute, _ => new ValueTask<List<int>>([1, 2]), TestContext.Current.CancellationToken);
        await _nodes.SettleAsync();
        Task<List<int>> GetAsync() =>
            b.Cache.GetOrCreateAsync("key", TestCache.Minute, _ => new ValueTask<List<int>>([3]), TestContext.Current.CancellationToken).AsTask();

        var first = await GetAsync();
        first.Add(9);

        Assert.Equal([1, 2], await GetAsync());
    }

    [Fact(Timeout = 30_000)]
    public async Task AddLarderDistributedCache_ValueLostFromMemory_ComesFromThere()
    {
        using var cache = new TestCache(services: services => services.AddDistributedMemoryCache().AddLarderDistributedCache());
        await cache.GetAsync("old");
        await Patience.UntilAsync(() => Task.FromResult(RemoteCaches.FiguresOf(cache).Writes == 1));
        cache.Cache.Engine.Store.Remove("key");

        Assert.Equal("old", await cache.GetAsync("a load would be wrong"));
        await cache.InvalidateAsync();
        Assert.Equal("new", await cache.GetAsync("new"));
        await Patience.UntilAsync(() => Task.FromResult(RemoteCaches.FiguresOf(cache).Writes == 2));
        Assert.Equal(new PatternRemoval(1, IsComplete: false), await cache.Cache.RemoveByPatternAsync("k*", TestContext.Current.CancellationToken));
        Assert.Equal("newer", await cache.GetAsync("newer"));
    }

    [Fact(Timeout = 30_000)]
    public async Task CheckAsync_StoreThatAnswersAndOneThatDoesNot_SaysSo()
    {
        var cache = _nodes.Start();
        var well = await RemoteCaches.RemoteOf(cache).CheckAsync(TestContext.Current.CancellationToken);
        _nodes.Store.Failure = new TimeoutException("too slow");
        var ill = await RemoteCaches.RemoteOf(cache).CheckAsync(TestContext.Current.CancellationToken);

        Assert.Equal((0L, null), (well.State!.TotalKeys, well.Failure));
        Assert.Equal((null, "too slow"), (ill.State, ill.Failure));
    }

    [Fact(Timeout = 30_000)]
    public async Task GetOrCreate_ValueThatJsonDoesNotHold_StaysInMemory()
    {
        var cache = _nodes.Start();
        await cache.Cache.GetOrCreateAsync("hidden", TestCache.Minute, _ => new ValueTask<Hidden>(new Hidden(5)), TestContext.Current.CancellationToken);
        await cache.Cache.GetOrCreateAsync("number", TestCache.Minute, _ => new ValueTask<int>(5), TestContext.Current.CancellationToken);
        await _nodes.SettleAsync();

        Assert.Equal(["number"], _nodes.Store.Entries.Keys);
        Assert.Equal(1, RemoteCaches.FiguresOf(cache).Dropped);
    }

    /// <summary>A value with a part that no serializer sees.</summary>
    private readonly record struct Hidden
    {
        private readonly int _number;

        public Hidden(int number) => _number = number;

        public override string ToString() => $"{_number}";
    }
}
