using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;

namespace Larder.Memory;

/// <summary>
/// The first form of L1: a dictionary read without a lock, and beside it, under one lock for writers, the entries in order of
/// arrival. Eviction is SIEVE (Zhang et al., "SIEVE is Simpler than LRU", NSDI 2024): a hand moves from old to new, spares and unmarks
/// what was read since it last came by, and takes the first entry that was not. The bytes of all entries never exceed the limit,
/// because room is made before an entry goes in. Each write also looks at a few entries in turn and takes out what has expired or is dead.
/// </summary>
internal sealed class MemoryStore(long limitBytes, TimeProvider time, Func<MemoryEntry, bool> isDead)
{
    private const int SweepSteps = 8;

    private readonly ConcurrentDictionary<string, MemoryEntry> _entries = new(StringComparer.Ordinal);
    private readonly Lock _writing = new();
    private MemoryEntry? _newest;
    private MemoryEntry? _oldest;
    private MemoryEntry? _hand;
    private MemoryEntry? _sweep;
    private long _bytes;
    private long _count;
    private long _evictions;

    internal long Bytes => Interlocked.Read(ref _bytes);

    internal long Count => Interlocked.Read(ref _count);

    internal long Evictions => Interlocked.Read(ref _evictions);

    internal bool TryGet(string key, [NotNullWhen(true)] out MemoryEntry? entry) => TryGet(key, time.GetTimestamp(), out entry);

    /// <summary>Finds what is kept under the key at the time given; it may have expired and be kept to be served stale.</summary>
    internal bool TryGet(string key, long now, [NotNullWhen(true)] out MemoryEntry? entry) =>
        _entries.TryGetValue(key, out entry) && Touch(ref entry, now);

    /// <summary>The same for a key of which no string was made.</summary>
    internal bool TryGet(ReadOnlySpan<char> key, long now, [NotNullWhen(true)] out MemoryEntry? entry) =>
        _entries.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(key, out entry) && Touch(ref entry, now);

    /// <summary>Stores the entry in place of any other under its key. False when it is larger than the whole store.</summary>
    internal bool Set(MemoryEntry entry)
    {
        lock (_writing)
        {
            Sweep_NeedsLock();
            if (entry.Bytes > limitBytes)
            {
                if (_entries.TryGetValue(entry.Key, out var smaller))
                {
                    Unlink_NeedsLock(smaller);
                }

                return false;
            }

            // Looked up each time, because what is replaced may itself be swept or evicted.
            MemoryEntry? replaced;
            while (_bytes - (_entries.TryGetValue(entry.Key, out replaced) ? replaced.Bytes : 0) + entry.Bytes > limitBytes)
            {
                Evict_NeedsLock();
            }

            // The dictionary first, so that no reader misses a key that is being replaced.
            _entries[entry.Key] = entry;
            if (replaced is not null)
            {
                Unlink_NeedsLock(replaced);
            }

            Link_NeedsLock(entry);
            return true;
        }
    }

    /// <summary>Removes what is under the key. False when nothing unexpired was.</summary>
    internal bool Remove(string key) =>
        _entries.TryGetValue(key, out var entry) && Remove(entry) && entry.ExpiresAt > time.GetTimestamp();

    /// <summary>Removes every entry the predicate accepts: one pass over all of them, without stopping readers or other writers.</summary>
    internal void RemoveWhere<TState>(TState state, Func<TState, MemoryEntry, bool> predicate)
    {
        foreach (var (_, entry) in _entries)
        {
            if (predicate(state, entry))
            {
                Remove(entry);
            }
        }
    }

    /// <summary>The keys held that the predicate accepts.</summary>
    internal IEnumerable<string> Keys(Predicate<string> predicate) => _entries.Select(pair => pair.Key).Where(key => predicate(key));

    /// <summary>Counts the unexpired entries that the predicate accepts, without stopping anybody.</summary>
    internal int CountWhere<TState>(TState state, Func<TState, MemoryEntry, bool> predicate)
    {
        var count = 0;
        var now = time.GetTimestamp();
        foreach (var (_, entry) in _entries)
        {
            count += entry.ExpiresAt > now && predicate(state, entry) ? 1 : 0;
        }

        return count;
    }

    /// <summary>Removes this very entry. False: another took its place, or it is gone.</summary>
    internal bool Remove(MemoryEntry entry)
    {
        lock (_writing)
        {
            if (!_entries.TryGetValue(entry.Key, out var current) || !ReferenceEquals(current, entry))
            {
                return false;
            }

            Unlink_NeedsLock(entry);
            return true;
        }
    }

    private bool Touch([NotNullWhen(true)] ref MemoryEntry? entry, long now)
    {
        if (entry!.KeptUntil <= now)
        {
            Remove(entry);
            entry = null;
            return false;
        }

        // Most hits are on entries already marked; not writing keeps their cache line shared between cores.
        if (!entry.Visited)
        {
            entry.Visited = true;
        }

        return true;
    }

    private void Sweep_NeedsLock()
    {
        var now = time.GetTimestamp();
        for (var step = 0; step < SweepSteps; step++)
        {
            var entry = _sweep ?? _oldest;
            if (entry is null)
            {
                return;
            }

            _sweep = entry.Newer;
            if (entry.KeptUntil <= now || isDead(entry))
            {
                Unlink_NeedsLock(entry);
            }
        }
    }

    private void Evict_NeedsLock()
    {
        // The second round at the latest meets an unmarked entry unless readers re-mark all of them as fast; then take where it stands.
        var entry = _hand ?? _oldest!;
        for (var spared = 2 * _count; entry.Visited && spared > 0; spared--)
        {
            entry.Visited = false;
            entry = entry.Newer ?? _oldest!;
        }

        _hand = entry;
        Unlink_NeedsLock(entry);
        Interlocked.Increment(ref _evictions);
    }

    private void Link_NeedsLock(MemoryEntry entry)
    {
        entry.Older = _newest;
        if (_newest is not null)
        {
            _newest.Newer = entry;
        }

        _newest = entry;
        _oldest ??= entry;
        Interlocked.Add(ref _bytes, entry.Bytes);
        Interlocked.Increment(ref _count);
    }

    private void Unlink_NeedsLock(MemoryEntry entry)
    {
        // Only this very entry: another may have taken its place.
        _entries.TryRemove(new(entry.Key, entry));
        _hand = ReferenceEquals(_hand, entry) ? entry.Newer : _hand;
        _sweep = ReferenceEquals(_sweep, entry) ? entry.Newer : _sweep;
        if (entry.Older is null)
        {
            _oldest = entry.Newer;
        }
        else
        {
            entry.Older.Newer = entry.Newer;
        }

        if (entry.Newer is null)
        {
            _newest = entry.Older;
        }
        else
        {
            entry.Newer.Older = entry.Older;
        }

        entry.Older = null;
        entry.Newer = null;
        Interlocked.Add(ref _bytes, -entry.Bytes);
        Interlocked.Decrement(ref _count);
    }
}
