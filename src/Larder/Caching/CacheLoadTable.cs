using Larder.Memory;

namespace Larder.Caching;

/// <summary>
/// One load a key at a time, and the order between loads, sets and removals. A load is listed while it may be joined and stored. A
/// removal, or a set, first strikes the load off the list and then touches the store, and a load stores under the same lock that
/// finds it still listed; so a load that began before a removal never stores after it, and who comes after starts anew. The table
/// holds no more than the loads that run.
/// </summary>
internal sealed class CacheLoadTable
{
    private const int StripeCount = 64;

    private readonly Stripe[] _stripes = [.. Enumerable.Range(0, StripeCount).Select(_ => new Stripe())];
    private readonly LarderCache _cache;
    private readonly MemoryStore _store;
    private readonly TimeProvider _time;

    internal CacheLoadTable(LarderCache cache, MemoryStore store, TimeProvider time)
    {
        _cache = cache;
        _store = store;
        _time = time;
    }

    /// <summary>Joins the load of the key, or starts one, unless the value was stored since the caller looked.</summary>
    internal CacheLookup<T> Begin<T>(string key, CacheVariant variant, string[]? tags, CacheCodec<T> codec)
    {
        var stripe = StripeOf(key);
        MemoryEntry? entry = null;
        lock (stripe)
        {
            if (stripe.Loads.TryGetValue((key, variant), out var running))
            {
                if (running is not CacheLoad<T> load)
                {
                    throw new InvalidOperationException(
                        $"The key '{key}' is asked for as {typeof(T)} while it is being loaded as another type; use one type for a key.");
                }

                load.Callers_NeedsLock++;
                return new(new CacheFlight<T>(_cache, load, isLeader: false));
            }

            if (variant.HasFlag(CacheVariant.NoRead)
                || !_store.TryGet(key, out entry)
                || entry.ValueType != typeof(T))
            {
                var load = new CacheLoad<T>(key, variant, tags, _time.GetTimestamp(), codec)
                {
                    Callers_NeedsLock = 1,
                    Listed_NeedsLock = true,
                };
                stripe.Loads.Add((key, variant), load);
                return new(new CacheFlight<T>(_cache, load, isLeader: true));
            }
        }

        return new(codec.Unpack(entry.Value));
    }

    /// <summary>Ends a load with a value, stored if an entry for it is given and nothing removed the key meanwhile.</summary>
    internal bool TryComplete<T>(CacheLoad<T> load, T value, MemoryEntry? entry)
    {
        int callers;
        var stripe = StripeOf(load.Key);
        lock (stripe)
        {
            if (load.Ended_NeedsLock)
            {
                return false;
            }

            if (load.Listed_NeedsLock && entry is not null)
            {
                _store.Set(entry);
            }

            load.Ended_NeedsLock = true;
            Strike_NeedsLock(stripe, load);
            callers = load.Callers_NeedsLock;
        }

        load.Succeed(value, entry?.Value, callers);
        return true;
    }

    internal bool TryFail<T>(CacheLoad<T> load, Exception exception)
    {
        var stripe = StripeOf(load.Key);
        lock (stripe)
        {
            if (load.Ended_NeedsLock)
            {
                return false;
            }

            load.Ended_NeedsLock = true;
            Strike_NeedsLock(stripe, load);
        }

        load.Fail(exception);
        return true;
    }

    /// <summary>One caller no longer wants the result; when it was the last, the load is cancelled.</summary>
    internal void Leave(CacheLoad load)
    {
        var stripe = StripeOf(load.Key);
        lock (stripe)
        {
            if (--load.Callers_NeedsLock > 0 || load.Ended_NeedsLock)
            {
                return;
            }

            Strike_NeedsLock(stripe, load);
        }

        load.Abandon();
    }

    internal bool IsListed(CacheLoad load)
    {
        lock (StripeOf(load.Key))
        {
            return load.Listed_NeedsLock;
        }
    }

    internal void Set(MemoryEntry entry)
    {
        var stripe = StripeOf(entry.Key);
        lock (stripe)
        {
            StrikeKey_NeedsLock(stripe, entry.Key);
            _store.Set(entry);
        }
    }

    internal bool Remove(string key)
    {
        var stripe = StripeOf(key);
        lock (stripe)
        {
            StrikeKey_NeedsLock(stripe, key);
            return _store.Remove(key);
        }
    }

    internal int RemoveByTag(string tag)
    {
        // A load whose tags are not known yet may turn out to have this one.
        StrikeWhere(load => load.Tags is null || load.Tags.Contains(tag));
        return _store.RemoveWhere(tag, static (tag, entry) => entry.Tags.Contains(tag));
    }

    internal int RemoveByPattern(CachePattern pattern)
    {
        StrikeWhere(load => pattern.Matches(load.Key));
        return _store.RemoveWhere(pattern, static (pattern, entry) => pattern.Matches(entry.Key));
    }

    private void StrikeWhere(Predicate<CacheLoad> predicate)
    {
        foreach (var stripe in _stripes)
        {
            lock (stripe)
            {
                foreach (var load in stripe.Loads.Values.Where(load => predicate(load)).ToArray())
                {
                    Strike_NeedsLock(stripe, load);
                }
            }
        }
    }

    private static void StrikeKey_NeedsLock(Stripe stripe, string key)
    {
        if (stripe.Loads.Count == 0)
        {
            return;
        }

        for (var variant = CacheVariant.None; variant <= (CacheVariant.NoRead | CacheVariant.NoWrite); variant++)
        {
            if (stripe.Loads.TryGetValue((key, variant), out var load))
            {
                Strike_NeedsLock(stripe, load);
            }
        }
    }

    private static void Strike_NeedsLock(Stripe stripe, CacheLoad load)
    {
        if (load.Listed_NeedsLock)
        {
            load.Listed_NeedsLock = false;
            stripe.Loads.Remove((load.Key, load.Variant));
        }
    }

    private Stripe StripeOf(string key) => _stripes[(uint)key.GetHashCode(StringComparison.Ordinal) % StripeCount];

    private sealed class Stripe
    {
        internal Dictionary<(string Key, CacheVariant Variant), CacheLoad> Loads { get; } = [];
    }
}
