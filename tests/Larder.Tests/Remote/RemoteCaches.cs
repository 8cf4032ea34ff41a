using Larder.Caching;
using Larder.Freshness;
using Larder.Remote;
using Larder.Tests.Caching;
using Microsoft.Extensions.DependencyInjection;

namespace Larder.Tests.Remote;

/// <summary>Caches of several nodes over one store and one log.</summary>
internal sealed class RemoteCaches : IDisposable
{
    private readonly List<TestCache> _caches = [];

    internal FakeRemoteStore Store { get; } = new();

    internal FixedEpochLog Log { get; init; } = new();

    internal TestCache Start(FixedEpochLog? log = null, Action<LarderCacheOptions>? configure = null)
    {
        var cache = new TestCache(configure, services => services
            .AddRemoteStore(_ => Store)
            .AddSingleton(provider => (log ?? Log).Join(provider.GetRequiredService<FreshnessNode>())));
        _caches.Add(cache);
        return cache;
    }

    /// <summary>Waits until nothing is on its way to the store.</summary>
    internal Task SettleAsync() => Patience.UntilAsync(() => Task.FromResult(_caches.All(cache => RemoteOf(cache).Pending == 0)));

    internal static RemoteLevel RemoteOf(TestCache cache) => cache.Services.GetRequiredService<RemoteLevel>();

    internal static RemoteStoreStatistics FiguresOf(TestCache cache) => cache.Cache.GetStatistics().RemoteStore!;

    public void Dispose()
    {
        Store.HeldReads?.TrySetResult();
        Store.HeldWrites?.TrySetResult();
        _caches.ForEach(cache => cache.Dispose());
    }
}

/// <summary>Short forms for tests.</summary>
internal static class RemoteCacheExtensions
{
    /// <summary>Gets what depends on a word, or loads what the test says.</summary>
    internal static Task<string> GetAsync(this TestCache cache, string value, string key = "key", string word = "word", CachePolicy? policy = null) =>
        cache.Cache.GetOrCreateAsync(key, value, policy ?? TestCache.Minute, static (value, _) => new ValueTask<string>(value), [word]).AsTask().Soon();

    internal static Task InvalidateAsync(this TestCache cache, string word = "word") => cache.Cache.InvalidateAsync([word], "test").AsTask().Soon();
}
