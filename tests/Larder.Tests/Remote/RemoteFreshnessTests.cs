using Larder.Caching;
using Larder.Tests.Caching;
using Microsoft.Extensions.DependencyInjection;

namespace Larder.Tests.Remote;

/// <summary>Two nodes, one store: what one loaded serves the other iff it is fresh there.</summary>
public sealed class RemoteFreshnessTests : IDisposable
{
    private readonly RemoteCaches _nodes = new();

    public void Dispose() => _nodes.Dispose();

    [Fact(Timeout = 30_000)]
    public async Task GetOrCreate_LoadedByAnotherNode_IsServedWithoutALoad()
    {
        var (a, b) = (_nodes.Start(), _nodes.Start());
        Assert.Equal("a", await a.GetAsync("a"));
        await _nodes.SettleAsync();

        Assert.Equal("a", await b.GetAsync("b"));
        Assert.Equal("a", await b.GetAsync("c"));
        Assert.Equal((1, 1), (RemoteCaches.FiguresOf(b).Hits, _nodes.Store.Reads - 1));
        Assert.Equal((1L, 1L), (b.Cache.GetStatistics().Hits, b.Cache.GetStatistics().Misses));
    }

    [Fact(Timeout = 30_000)]
    public async Task GetOrCreate_WrittenSince_IsLoadedAnew()
    {
        var (a, b) = (_nodes.Start(), _nodes.Start());
        await a.GetAsync("old");
        await _nodes.SettleAsync();
        await b.InvalidateAsync();

        Assert.Equal("new", await b.GetAsync("new"));
        Assert.Equal(1, RemoteCaches.FiguresOf(b).Stale);
        await _nodes.SettleAsync();
        Assert.Equal("new", await a.GetAsync("a load would be wrong"));
    }

    [Fact(Timeout = 30_000)]
    public async Task GetOrCreate_WrittenWhileTheStoreIsRead_IsLoadedAnew()
    {
        var (a, b) = (_nodes.Start(), _nodes.Start());
        await a.GetAsync("old");
        await _nodes.SettleAsync();
        _nodes.Store.HeldReads = FakeRemoteStore.NewSignal();
        _nodes.Store.ReadBegan = FakeRemoteStore.NewSignal();

        var reading = b.GetAsync("new");
        await _nodes.Store.ReadBegan.Task.Soon();
        await a.InvalidateAsync();
        _nodes.Store.HeldReads.SetResult();

        Assert.Equal("new", await reading);
    }

    [Fact(Timeout = 30_000)]
    public async Task GetOrCreate_LoadedAtAPositionThisNodeHasNotReached_IsServedAndStaysFresh()
    {
        var (a, b) = (_nodes.Start(), _nodes.Start());
        _nodes.Log.Delivers = false;
        await a.InvalidateAsync();
        await a.GetAsync("new");
        await _nodes.SettleAsync();

        Assert.Equal("new", await b.GetAsync("b"));
        _nodes.Log.Deliver();
        Assert.Equal("new", await b.GetAsync("b"));
        Assert.Equal(1, b.Cache.GetStatistics().Hits);
    }

    [Fact(Timeout = 30_000)]
    public async Task SetIfNewer_AnOlderLoadArrivesLate_DoesNotReplaceTheNewer()
    {
        var (a, b) = (_nodes.Start(), _nodes.Start());
        var late = FakeRemoteStore.NewSignal();
        _nodes.Store.HeldWrites = late;
        await a.GetAsync("old");
        await _nodes.Store.WriteBegan.Task.Soon();
        await b.InvalidateAsync();
        _nodes.Store.HeldWrites = null;
        await b.GetAsync("new");
        await Patience.UntilAsync(() => Task.FromResult(RemoteCaches.FiguresOf(b).Writes == 1));

        late.SetResult();
        await _nodes.SettleAsync();

        Assert.Equal("new", await a.GetAsync("a load would be wrong"));
        Assert.Equal((0, 1), (RemoteCaches.FiguresOf(a).Writes, RemoteCaches.FiguresOf(a).Superseded));
    }

    [Fact(Timeout = 30_000)]
    public async Task GetOrCreate_OfAnotherEpoch_IsLoadedAnew()
    {
        await _nodes.Start().GetAsync("old");
        await _nodes.SettleAsync();

        Assert.Equal("new", await _nodes.Start(new FixedEpochLog(epoch: 8)).GetAsync("new"));
    }

    [Fact(Timeout = 30_000)]
    public async Task GetOrCreate_LoadedBeforeTheNodesKnowledgeBegins_IsLoadedAnew()
    {
        var a = _nodes.Start();
        await a.GetAsync("old");
        await _nodes.SettleAsync();
        await a.InvalidateAsync("another word");

        Assert.Equal("new", await _nodes.Start().GetAsync("new"));
    }

    [Fact(Timeout = 30_000)]
    public async Task GetOrCreate_WithTheLogInTheProcess_TakesNothingOfAnotherProcess()
    {
        using var first = new RemoteCachesInProcess(_nodes.Store);
        using var second = new RemoteCachesInProcess(_nodes.Store);
        await first.Cache.GetAsync("old");
        await Patience.UntilAsync(() => Task.FromResult(RemoteCaches.RemoteOf(first.Cache).Pending == 0));
        first.Cache.Cache.Engine.Store.Remove("key");

        Assert.Equal("old", await first.Cache.GetAsync("its own is good"));
        Assert.Equal("new", await second.Cache.GetAsync("new"));
    }

    [Fact(Timeout = 30_000)]
    public async Task GetOrCreate_OfAnotherSchema_IsLoadedAnew()
    {
        var (a, b) = (_nodes.Start(), _nodes.Start());
        b.Cache.Engine.Node.SchemaHash = 1;
        await a.GetAsync("old");
        await _nodes.SettleAsync();

        Assert.Equal("new", await b.GetAsync("new"));
    }

    [Fact(Timeout = 30_000)]
    public async Task GetOrCreate_LateInItsLife_EndsWhenItWouldHaveEnded()
    {
        var (a, b) = (_nodes.Start(), _nodes.Start());
        await a.GetAsync("old");
        await _nodes.SettleAsync();
        b.Time.Advance(TimeSpan.FromSeconds(40));

        Assert.Equal("old", await b.GetAsync("b"));
        b.Time.Advance(TimeSpan.FromSeconds(21));
        Assert.Equal("new", await b.GetAsync("new"));
    }

    [Fact(Timeout = 30_000)]
    public async Task GetOrCreate_TwentyCallers_AskTheStoreOnce()
    {
        var (a, b) = (_nodes.Start(), _nodes.Start());
        await a.GetAsync("a");
        await _nodes.SettleAsync();
        _nodes.Store.HeldReads = FakeRemoteStore.NewSignal();
        var before = _nodes.Store.Reads;

        var callers = Enumerable.Range(0, 20).Select(_ => b.GetAsync("b")).ToList();
        _nodes.Store.HeldReads.SetResult();

        Assert.All(await Task.WhenAll(callers), value => Assert.Equal("a", value));
        Assert.Equal(1, _nodes.Store.Reads - before);
    }

    [Fact(Timeout = 30_000)]
    public async Task Set_WhileItsWriteIsOnItsWay_LetsNothingOlderComeBack()
    {
        var a = _nodes.Start();
        await a.GetAsync("old");
        await _nodes.SettleAsync();
        a.Time.Advance(TimeSpan.FromMilliseconds(1));
        _nodes.Store.HeldWrites = FakeRemoteStore.NewSignal();
        a.Cache.Set("key", "set", TestCache.Minute);
        a.Cache.Engine.Store.Remove("key");

        Assert.Equal("new", await a.GetAsync("new"));
    }

    [Fact(Timeout = 30_000)]
    public async Task Set_OnOneNode_IsFoundByAnother()
    {
        var (a, b) = (_nodes.Start(), _nodes.Start());
        a.Cache.Set("key", "set", TestCache.Minute);
        await _nodes.SettleAsync();

        Assert.Equal("set", await b.GetAsync("b"));
    }

    [Fact(Timeout = 30_000)]
    public async Task Remove_OnOneNode_ReachesTheStoreAndTheOthers()
    {
        var (a, b) = (_nodes.Start(), _nodes.Start());
        await a.GetAsync("old");
        await _nodes.SettleAsync();
        b.Cache.Remove("key");
        Assert.Equal("new", await b.GetAsync("new"));
        await _nodes.SettleAsync();

        Assert.Equal("new", await a.GetAsync("a load would be wrong"));
    }

    [Fact(Timeout = 30_000)]
    public async Task RemoveByPatternAsync_KeysThatOnlyTheStoreHolds_AreGone()
    {
        var (a, b) = (_nodes.Start(), _nodes.Start());
        await a.GetAsync("1", "bff:a:1");
        await a.GetAsync("2", "bff:a:2");
        await a.GetAsync("3", "bff:b:3");
        await _nodes.SettleAsync();

        var removal = await b.Cache.RemoveByPatternAsync("bff:a:*", TestContext.Current.CancellationToken);

        Assert.Equal(new PatternRemoval(2, IsComplete: true), removal);
        Assert.Equal(["bff:b:3"], _nodes.Store.Entries.Keys);
        Assert.Equal("new", await a.GetAsync("new", "bff:a:1"));
    }

    private sealed class RemoteCachesInProcess(FakeRemoteStore store) : IDisposable
    {
        internal TestCache Cache { get; } = new(services: services => services.AddRemoteStore(_ => store));

        public void Dispose() => Cache.Dispose();
    }
}
