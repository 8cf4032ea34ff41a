using System.Collections.Concurrent;
using Larder.Caching;
using Larder.Memory;
using Microsoft.Extensions.Caching.Hybrid;
using Microsoft.Extensions.Caching.Memory;

namespace Larder.Bench.Hits;

internal sealed class DictionaryLoop(string[] keys, ConcurrentDictionary<string, object> cache) : KeyedLoop("ConcurrentDictionary.TryGetValue", keys)
{
    private protected override long Read(string key) => cache.TryGetValue(key, out var value) ? ((string)value).Length : throw new KeyNotFoundException(key);
}

internal sealed class MemoryCacheLoop(string[] keys, MemoryCache cache) : KeyedLoop("IMemoryCache.TryGetValue", keys)
{
    private protected override long Read(string key) => cache.TryGetValue(key, out string? value) ? value!.Length : throw new KeyNotFoundException(key);
}

internal sealed class StoreLoop(string[] keys, MemoryStore store, bool isUnderPressure)
    : KeyedLoop(isUnderPressure ? "the store alone, full and sampling" : "the store alone", keys)
{
    private protected override long Read(string key) => store.TryGet(key, 0, out var entry) ? entry.Bytes : throw new KeyNotFoundException(key);
}

internal sealed class TryGetLoop(string name, string[] keys, LarderCache cache) : KeyedLoop(name, keys)
{
    private protected override long Read(string key) => cache.TryGet<string>(key, out var value) ? value.Length : throw new KeyNotFoundException(key);
}

internal sealed class GetOrCreateLoop(string[] keys, LarderCache cache, CachePolicy policy) : KeyedLoop("LarderCache.GetOrCreateAsync", keys)
{
    private protected override long Read(string key)
    {
        var read = cache.GetOrCreateAsync<object?, string>(key, null, policy, static (_, _) => throw new InvalidOperationException("a miss"));
        return read.IsCompletedSuccessfully ? read.GetAwaiter().GetResult().Length : throw new InvalidOperationException("a miss");
    }
}

internal sealed class HybridLoop(string name, string[] keys, HybridCache cache) : KeyedLoop(name, keys)
{
    private protected override long Read(string key)
    {
        var read = cache.GetOrCreateAsync<object?, string>(key, null, static (_, _) => throw new InvalidOperationException("a miss"));
        return read.IsCompletedSuccessfully ? read.GetAwaiter().GetResult().Length : throw new InvalidOperationException("a miss");
    }
}

/// <summary>A type that a caller could change, so that each has a copy of its own.</summary>
internal sealed record Mutable(int Id, string Name, decimal Price);

internal sealed class HybridMutableLoop(string[] keys, HybridCache cache) : KeyedLoop("HybridCache, mutable type", keys)
{
    private protected override long Read(string key)
    {
        var read = cache.GetOrCreateAsync<object?, Mutable>(key, null, static (_, _) => throw new InvalidOperationException("a miss"));
        return read.IsCompletedSuccessfully ? read.GetAwaiter().GetResult().Id : throw new InvalidOperationException("a miss");
    }
}

/// <summary>Publishes a record that touches nothing of this before every pass over the keys, so that each entry is judged by its tags again.</summary>
internal sealed class NewRecordLoop(string name, string[] keys, LarderCache cache, string harmlessTag) : HitLoop(name)
{
    public override long Run(int start, int reads)
    {
        var sum = 0L;
        for (var read = 0; read < reads; read += keys.Length)
        {
            cache.RemoveByTag(harmlessTag);
            foreach (var key in keys)
            {
                sum += cache.TryGet<string>(key, out var value) ? value.Length : throw new KeyNotFoundException(key);
            }
        }

        return sum;
    }
}
