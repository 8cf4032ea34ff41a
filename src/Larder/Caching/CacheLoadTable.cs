using Larder.Freshness;
using Larder.Memory;
using Larder.Remote;

namespace Larder.Caching;

/// <summary>
/// The loads that run, by key: who may join which, at most two of a key at once, and the order between loads and sets. A set first strikes
/// the loads of its key off the list and then touches the store, and a load stores under the same lock that finds it still listed.
/// Invalidations need no such order: a load stores only what the log has not moved past. The table holds no more than the loads that run.
/// </summary>
internal sealed class CacheLoadTable(CacheEngine engine, MemoryStore store, TimeProvider time)
{
    private const int StripeCount = 64;
    private const int MaxRefreshes = 64;

    private readonly Stripe[] _stripes = [.. Enumerable.Range(0, StripeCount).Select(_ => new Stripe())];
    private int _refreshes;

    /// <summary>Joins a load of the key, or starts one, unless the value was stored since the caller looked.</summary>
    /// <param name="request">What is asked for.</param>
    /// <param name="codec">Reads and writes the value.</param>
    /// <param name="fallback">An old value for the case that the load fails.</param>
    internal CacheLookup<T> Begin<T>(in CacheRequest request, CacheCodec<T> codec, MemoryEntry? fallback)
    {
        var stripe = StripeOf(request.Key);
        MemoryEntry? entry = null;

        // Before the entry is looked at; and P0 of the load that may begin.
        var now = engine.Node.Now;
        lock (stripe)
        {
            stripe.Loads.TryGetValue((request.Key, request.Variant), out var running);
            if (running?.Newest is { Listed_NeedsLock: true } newest)
            {
                var verdict = engine.Node.Rules.Join(newest, request.Arrival, request.Token);
                if (verdict != JoinVerdict.No)
                {
                    var load = OfType<T>(newest);
                    load.Callers_NeedsLock++;
                    var role = verdict == JoinVerdict.Yes ? FlightRole.Joined : FlightRole.JoinedIfFresh;
                    return new(new CacheFlight<T>(engine, load, role, request) { Fallback = fallback });
                }
            }

            if (request.Variant.HasFlag(CacheVariant.NoRead)
                || !store.TryGet(request.Key, out entry)
                || !entry.Holds<T>()
                || engine.Judge(entry, request, now, time.GetTimestamp()) is not (EntryUse.Hit or EntryUse.HitAndRefresh))
            {
                return running is { Older: { } older }
                    ? new(new CacheFlight<T>(engine, OfType<T>(running.Newest), FlightRole.Queued, request)
                    {
                        Queue = (older.Gone_NeedsLock, running.Newest.Gone_NeedsLock),
                    })
                    : new(new CacheFlight<T>(engine, Start_NeedsLock(stripe, running, request, now, codec), FlightRole.Leader, request) { Fallback = fallback });
            }
        }

        return new(codec.Unpack(entry.Value), entry, now);
    }

    /// <summary>Starts a load that nobody waits for; null when one of the key is running already, or too many refreshes are.</summary>
    internal CacheFlight<T>? TryBeginRefresh<T>(in CacheRequest request, CacheCodec<T> codec)
    {
        var stripe = StripeOf(request.Key);
        var now = engine.Node.Now;
        lock (stripe)
        {
            if (stripe.Loads.ContainsKey((request.Key, request.Variant)))
            {
                return null;
            }

            if (Interlocked.Increment(ref _refreshes) > MaxRefreshes)
            {
                Interlocked.Decrement(ref _refreshes);
                return null;
            }

            return new(engine, Start_NeedsLock(stripe, null, request, now, codec), FlightRole.Refresh, request);
        }
    }

    internal void EndRefresh() => Interlocked.Decrement(ref _refreshes);

    /// <summary>Ends a load with a value, stored if an entry for it is given and is still fresh.</summary>
    /// <returns>Whether it was stored; false also where the load had ended before.</returns>
    internal bool Complete<T>(CacheLoad<T> load, T value, ReadStamp stamp, MemoryEntry? entry)
    {
        int callers;
        var isStored = false;
        var stripe = StripeOf(load.Key);
        lock (stripe)
        {
            if (load.Ended_NeedsLock)
            {
                return false;
            }

            load.Stamp = entry ?? stamp;
            var isWhole = load.Reads.TryTie(load.Stamp);
            if (load.Listed_NeedsLock && entry is not null && isWhole && engine.IsFresh(entry, engine.Node.Now) && !HasLater(entry))
            {
                store.Set(entry);
                isStored = true;
            }

            callers = End_NeedsLock(stripe, load);
        }

        load.Succeed(value, entry?.Value, callers);
        return isStored;
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

            End_NeedsLock(stripe, load);
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

            Remove_NeedsLock(stripe, load);
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
            Strike_NeedsLock(stripe, entry.Key);
            store.Set(entry);
        }
    }

    /// <summary>Takes the key out of this node's memory, and keeps its loads from being stored. No invalidation: other nodes hear nothing.</summary>
    internal bool Drop(string key)
    {
        var stripe = StripeOf(key);
        lock (stripe)
        {
            Strike_NeedsLock(stripe, key);
            return store.Remove(key);
        }
    }

    /// <summary>Whether somebody loads the key just now.</summary>
    internal bool IsLoading(string key)
    {
        var stripe = StripeOf(key);
        lock (stripe)
        {
            return stripe.Loads.Keys.Any(load => load.Key == key);
        }
    }

    /// <summary>The keys that are being loaded.</summary>
    internal List<string> Keys(CachePattern pattern)
    {
        List<string> keys = [];
        foreach (var stripe in _stripes)
        {
            lock (stripe)
            {
                keys.AddRange(stripe.Loads.Keys.Select(load => load.Key).Where(pattern.Matches));
            }
        }

        return keys;
    }

    private bool HasLater(MemoryEntry entry) =>
        store.TryGet(entry.Key, out var stored) && stored.LoadedAt > entry.LoadedAt && engine.IsFresh(stored, engine.Node.Now);

    private static CacheLoad<T> OfType<T>(CacheLoad load) => load as CacheLoad<T> ?? throw new InvalidOperationException(
        $"The key '{load.Key}' is asked for as {typeof(T)} while it is being loaded as another type; use one type for a key.");

    private CacheLoad<T> Start_NeedsLock<T>(Stripe stripe, RunningLoads? running, in CacheRequest request, LogPosition now, CacheCodec<T> codec)
    {
        var load = new CacheLoad<T>(request.Key, request.Variant, CacheEngine.TagsOf(request.Words, request.Key), now, time.GetTimestamp(), codec)
        {
            UsesRemoteStore = engine.Remote is not null && RemoteLevel.Serves(request),
            Callers_NeedsLock = 1,
            Listed_NeedsLock = true,
        };
        stripe.Loads[(request.Key, request.Variant)] = new RunningLoads(load, running?.Newest);
        return load;
    }

    private static int End_NeedsLock(Stripe stripe, CacheLoad load)
    {
        load.Ended_NeedsLock = true;
        Remove_NeedsLock(stripe, load);
        return load.Callers_NeedsLock;
    }

    private static void Remove_NeedsLock(Stripe stripe, CacheLoad load)
    {
        load.Listed_NeedsLock = false;
        load.MarkGone_NeedsLock();
        if (!stripe.Loads.TryGetValue((load.Key, load.Variant), out var running))
        {
            return;
        }

        if (ReferenceEquals(running.Older, load))
        {
            stripe.Loads[(load.Key, load.Variant)] = new(running.Newest, null);
        }
        else if (ReferenceEquals(running.Newest, load) && running.Older is { } older)
        {
            stripe.Loads[(load.Key, load.Variant)] = new(older, null);
        }
        else if (ReferenceEquals(running.Newest, load))
        {
            stripe.Loads.Remove((load.Key, load.Variant));
        }
    }

    private static void Strike_NeedsLock(Stripe stripe, string key)
    {
        if (stripe.Loads.Count == 0)
        {
            return;
        }

        for (var variant = CacheVariant.None; variant <= (CacheVariant.NoRead | CacheVariant.NoWrite); variant++)
        {
            if (stripe.Loads.TryGetValue((key, variant), out var running))
            {
                running.Newest.Listed_NeedsLock = false;
                running.Older?.Listed_NeedsLock = false;
            }
        }
    }

    private Stripe StripeOf(string key) => _stripes[(uint)key.GetHashCode(StringComparison.Ordinal) % StripeCount];

    private sealed record RunningLoads(CacheLoad Newest, CacheLoad? Older);

    private sealed class Stripe
    {
        internal Dictionary<(string Key, CacheVariant Variant), RunningLoads> Loads { get; } = [];
    }
}
