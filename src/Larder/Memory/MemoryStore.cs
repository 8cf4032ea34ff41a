using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using Larder.Memory.Eviction;

namespace Larder.Memory;

/// <summary>
/// L1: entries by key, within a limit in bytes that holds at every moment, because room is made before an entry goes in. A hit takes no lock
/// and allocates nothing; it counts a use in the entry. One lock orders the writers.
/// </summary>
/// <remarks>
/// <para>What to evict no single policy knows. Measured on traces of a shop and of an ORM, on popularity that lasts, moves or jumps, on scans and
/// on loops, S3-FIFO is near the best of LRU, CLOCK, SIEVE, S3-FIFO and W-TinyLFU most of the time, CLOCK beats it by up to 14 points where
/// the working set moves, W-TinyLFU by more than 40 in a loop, and each of them loses as much elsewhere. So there is one pair of queues that can follow any
/// of three rules (<see cref="EvictionPolicy{TNode}"/>, <see cref="EvictionMode"/>), and small shadows that replay a sample of the
/// requests say which one suits them now (<see cref="ModeChoice"/>). It ends up above the best single policy on average, and in the worst case
/// seen 1.9 points below it; the figures are in docs/benchmarks/store.md, the choice in docs/decisions/0013.</para>
/// <para>Sizes: the queues are weighed in bytes, and an entry that is many times as large as the others has to be asked for as often as
/// all that it would push out together (Einziger, Eytan, Friedman, Manes, "Lightweight robust size aware cache management", ACM ToS 2022).</para>
/// <para>Expired and dead entries go when they are read, and each write looks at a few buckets of the table in turn and takes out what it finds.</para>
/// </remarks>
internal sealed class MemoryStore
{
    private const int SweptEntries = 8;
    private const int SweptBuckets = 16;

    // An entry above both is large: so many times the average, and such a part of the limit.
    private const int LargeOverAverage = 16;
    private const int LargePartOfLimit = 64;

    private readonly long _limit;
    private readonly TimeProvider _time;
    private readonly Func<MemoryEntry, bool> _isDead;
    private readonly Lock _writing = new();
    private readonly MemoryTable _table;
    private readonly EvictionPolicy<MemoryEntry> _policy;
    private readonly HitSamples _samples = new();
    private readonly List<MemoryEntry> _swept = [];
    private ModeChoice? _choice;
    private long _sampleBelow = -1;
    private uint _sweep;
    private long _bytes;
    private long _count;
    private long _evictions;

    internal MemoryStore(long limitBytes, TimeProvider time, Func<MemoryEntry, bool> isDead)
    {
        _limit = limitBytes;
        _time = time;
        _isDead = isDead;
        _table = new(_writing);
        _policy = new(limitBytes);
    }

    internal long Bytes => Volatile.Read(ref _bytes);

    internal long Count => Volatile.Read(ref _count);

    internal long Evictions => Volatile.Read(ref _evictions);

    internal bool TryGet(ReadOnlySpan<char> key, [NotNullWhen(true)] out MemoryEntry? entry) => TryGet(key, _time.GetTimestamp(), out entry);

    /// <summary>Finds what is kept under the key at the time given; it may have expired and be kept to be served stale.</summary>
    internal bool TryGet(ReadOnlySpan<char> key, long now, [NotNullWhen(true)] out MemoryEntry? entry)
    {
        entry = _table.Find(key, KeyHash.Of(key));
        if (entry is null)
        {
            return false;
        }

        if (entry.ExpiresAt <= now && entry.KeptUntil <= now)
        {
            Remove(entry);
            entry = null;
            return false;
        }

        ref var state = ref entry.State;
        state.CountUse();
        if (state.Hash <= _sampleBelow)
        {
            _samples.Add(state.Hash);
        }

        return true;
    }

    /// <summary>
    /// Stores the entry in place of any other under its key. False when it is larger than the whole store, or too large for how seldom it is
    /// asked for; the other is gone then too.
    /// </summary>
    internal bool Set(MemoryEntry entry)
    {
        Span<char> key = stackalloc char[entry.KeyLength];
        entry.CopyKeyTo(key);
        lock (_writing)
        {
            Observe_NeedsLock(entry.State.Hash);
            Sweep_NeedsLock();
            var old = _table.Find(key, entry.State.Hash);
            if (ReferenceEquals(old, entry))
            {
                return true;
            }

            // What is replaced stays readable while room is made, but no longer counts as held, nor can it be evicted.
            var (queue, uses) = (EvictionQueueName.None, (byte)0);
            if (old is not null)
            {
                (queue, uses) = (old.State.Queue, old.State.Uses);
                _policy.Remove(old);
            }

            var hasRoom = TryMakeRoom_NeedsLock(entry);
            if (hasRoom && old is not null)
            {
                _table.Replace_NeedsLock(old, entry);
                _policy.AddInPlaceOf(queue, uses, entry);
            }
            else if (hasRoom)
            {
                _policy.Add(entry);
                _table.Add_NeedsLock(entry);
            }
            else if (old is not null)
            {
                _table.Remove_NeedsLock(old);
            }

            Publish_NeedsLock();
            return hasRoom;
        }
    }

    /// <summary>Removes what is under the key. False when nothing unexpired was.</summary>
    internal bool Remove(ReadOnlySpan<char> key) =>
        _table.Find(key, KeyHash.Of(key)) is { } entry && Remove(entry) && entry.ExpiresAt > _time.GetTimestamp();

    /// <summary>Removes this very entry. False: another took its place, or it is gone.</summary>
    internal bool Remove(MemoryEntry entry)
    {
        lock (_writing)
        {
            if (entry.State.Queue == EvictionQueueName.None)
            {
                return false;
            }

            Remove_NeedsLock(entry);
            Publish_NeedsLock();
            return true;
        }
    }

    /// <summary>Removes every entry the predicate accepts: one pass over all of them, without stopping readers or other writers.</summary>
    internal void RemoveWhere<TState>(TState state, Func<TState, MemoryEntry, bool> predicate)
    {
        foreach (var entry in Entries())
        {
            if (predicate(state, entry))
            {
                Remove(entry);
            }
        }
    }

    /// <summary>The keys held that the predicate accepts.</summary>
    internal IEnumerable<string> Keys(Predicate<string> predicate) => Entries().Select(entry => entry.Key).Where(key => predicate(key));

    /// <summary>Counts the unexpired entries that the predicate accepts, without stopping anybody.</summary>
    internal int CountWhere<TState>(TState state, Func<TState, MemoryEntry, bool> predicate)
    {
        var now = _time.GetTimestamp();
        return Entries().Count(entry => entry.ExpiresAt > now && predicate(state, entry));
    }

    /// <summary>What is held, as it is met, without stopping anybody.</summary>
    internal IEnumerable<MemoryEntry> Entries()
    {
        List<MemoryEntry> found = [];
        var cursor = 0u;
        do
        {
            _table.Scan(ref cursor, found);
            foreach (var entry in found)
            {
                yield return entry;
            }
        }
        while (cursor != 0);
    }

    /// <summary>Tells the shadows of the hits since the last write, and of this request.</summary>
    private void Observe_NeedsLock(uint hash)
    {
        if (_choice is { } choice)
        {
            _samples.DrainTo(choice);
            choice.Use(hash);
            _policy.Mode = choice.Mode;
        }
    }

    private bool TryMakeRoom_NeedsLock(MemoryEntry entry)
    {
        if (entry.Bytes > _limit)
        {
            return false;
        }

        var isLarge = entry.Bytes > _limit / LargePartOfLimit
            && entry.Bytes > LargeOverAverage * (_policy.Weight / Math.Max(1, _policy.Count));
        var usesMet = _policy.UsesMet;
        while (_policy.Weight + entry.Bytes > _limit)
        {
            Resize_NeedsLock();
            _table.Remove_NeedsLock(_policy.Evict(entry.Bytes));
            _evictions++;
            if (isLarge && _policy.UsesMet - usesMet > _policy.FrequencyOf(entry.State.Hash))
            {
                _policy.Forget(entry);
                return false;
            }
        }

        return true;
    }

    /// <summary>The shadows begin with the first eviction, and anew when the number of entries has changed much.</summary>
    private void Resize_NeedsLock()
    {
        if (_choice is not { } choice || _policy.Count > 2 * choice.SizedFor || _policy.Count < choice.SizedFor / 2)
        {
            _choice = new ModeChoice(_policy.Count, _table.CountOfSample_NeedsLock, _policy.Mode);
            Volatile.Write(ref _sampleBelow, _choice.SampleBelow);
        }
    }

    private void Sweep_NeedsLock()
    {
        var now = _time.GetTimestamp();
        var seen = 0;
        for (var bucket = 0; bucket < SweptBuckets && seen < SweptEntries; bucket++)
        {
            _table.Scan(ref _sweep, _swept);
            seen += _swept.Count;
            foreach (var entry in _swept)
            {
                if ((entry.ExpiresAt <= now && entry.KeptUntil <= now) || _isDead(entry))
                {
                    Remove_NeedsLock(entry);
                }
            }
        }

        _swept.Clear();
    }

    private void Remove_NeedsLock(MemoryEntry entry)
    {
        _policy.Remove(entry);
        _table.Remove_NeedsLock(entry);
    }

    private void Publish_NeedsLock()
    {
        Volatile.Write(ref _bytes, _policy.Weight);
        Volatile.Write(ref _count, _policy.Count);
    }
}
