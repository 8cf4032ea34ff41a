using System.Collections.Concurrent;
using Larder.Caching;
using Larder.Freshness;
using Larder.Memory;
using Microsoft.Extensions.Caching.Hybrid;
using Microsoft.Extensions.Caching.Memory;
using Microsoft.Extensions.DependencyInjection;

namespace Larder.Bench.Hits;

/// <summary>The caches under test, filled with the same keys of 24 characters.</summary>
internal sealed class HitBed : IDisposable
{
    private static readonly CachePolicy Policy = new("bench", TimeSpan.FromHours(1)) { Jitter = 0 };

    private readonly ServiceProvider _services;
    private readonly MemoryCache _memoryCache = new(new MemoryCacheOptions());

    public HitBed(long memoryLimitBytes = 4L << 30) =>
        _services = new ServiceCollection().AddLarder(options => options.MemoryLimitBytes = memoryLimitBytes).BuildServiceProvider();

    public LarderCache Cache => _services.GetRequiredService<LarderCache>();

    /// <summary>Keys in an order that has nothing to do with that of insertion, the same in every run.</summary>
    public static string[] Keys(int count, string prefix)
    {
        var keys = Enumerable.Range(0, count).Select(i => $"{prefix}:{i:d18}").ToArray();

        // Each place once: made anew at each comparison they took half of the time of filling a million.
        Array.Sort(Array.ConvertAll(keys, Place), keys);
        return keys;
    }

    public void Dispose()
    {
        _memoryCache.Dispose();
        _services.Dispose();
    }

    /// <summary>Keys of Larder's cache, each with so many tags of its own.</summary>
    public string[] Fill(int count, string prefix, int tags)
    {
        var keys = Keys(count, prefix);
        foreach (var key in InSequence(keys))
        {
            Cache.Set(key, key, Policy, [.. Enumerable.Range(0, tags).Select(tag => $"{key}:{tag}")]);
        }

        return keys;
    }

    public TryGetLoop TryGet(int count, string prefix, int tags, string name) => new(name, Fill(count, prefix, tags), Cache);

    public NewRecordLoop NewRecord(int count, string prefix, int tags, string name)
    {
        // Fine tags share slots: a word whose slot is that of one of the tags would drop an entry at each pass.
        for (var attempt = 0; ; attempt++)
        {
            var keys = Fill(count, prefix, tags);
            var word = $"elsewhere:{attempt}";
            Cache.RemoveByTag(word);
            if (keys.All(key => Cache.TryGet<string>(key, out _)))
            {
                return new(name, keys, Cache, word);
            }
        }
    }

    public GetOrCreateLoop GetOrCreate(int count) => new(Fill(count, "gets1", tags: 3), Cache, Policy);

    public HybridLoop Hybrid(int count) => new("HybridCache, immutable type", Fill(count, "hybri", tags: 3), _services.GetRequiredService<HybridCache>());

    public HybridMutableLoop HybridMutable(int count)
    {
        var keys = Keys(count, "mutab");
        foreach (var key in InSequence(keys))
        {
            Cache.Set(key, new Mutable(1, key, 9.99m), Policy, ["a", "b", "c"]);
        }

        return new(keys, _services.GetRequiredService<HybridCache>());
    }

    public DictionaryLoop Dictionary(int count)
    {
        var keys = Keys(count, "dicti");
        return new(keys, new ConcurrentDictionary<string, object>(InSequence(keys).Select(key => KeyValuePair.Create(key, (object)key)), StringComparer.Ordinal));
    }

    public MemoryCacheLoop IMemoryCache(int count)
    {
        var keys = Keys(count, "imemo");
        foreach (var key in InSequence(keys))
        {
            _memoryCache.Set(key, key, TimeSpan.FromHours(1));
        }

        return new(keys, _memoryCache);
    }

    /// <summary>The store without what stands around it; under pressure it has evicted and goes on sampling hits for its shadows.</summary>
    public static StoreLoop Store(int count, bool isUnderPressure)
    {
        var keys = Keys(count, "store");
        var kind = new EntryKind<string>(holdsInstance: true, 0, FreshnessKind.HandTagged, default);
        var stamp = new ReadStamp([HandTags.Word("a"), HandTags.Word("b"), HandTags.Word("c")], 0, 0, long.MaxValue, FreshnessKind.HandTagged);
        MemoryEntry Entry(string key) => new(key, key, stamp, 200, 0, kind);
        var store = new MemoryStore(isUnderPressure ? Entry(keys[0]).Bytes * (long)count : long.MaxValue, TimeProvider.System, static _ => false);
        for (var i = 0; isUnderPressure && i < count; i++)
        {
            store.Set(Entry($"other:{i:d18}"));
        }

        // Each twice in a row, so that all of them prove themselves.
        for (var pass = 0; pass < 8; pass++)
        {
            foreach (var key in InSequence(keys).Where(key => !store.TryGet(key, 0, out _)))
            {
                store.Set(Entry(key));
                store.TryGet(key, 0, out _);
                store.TryGet(key, 0, out _);
            }
        }

        return new(isUnderPressure ? [.. keys.Where(key => store.TryGet(key, 0, out _))] : keys, store, isUnderPressure);
    }

    // What is read in this order was stored in that of the alphabet.
    private static IEnumerable<string> InSequence(string[] keys) => keys.Order(StringComparer.Ordinal);

    private static ulong Place(string key)
    {
        var place = 0UL;
        foreach (var unit in key)
        {
            place = (place ^ unit) * 0x9E37_79B9_7F4A_7C15;
            place ^= place >> 29;
        }

        return place;
    }
}
