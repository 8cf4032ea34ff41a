using System.Buffers.Binary;
using System.Numerics;

namespace Larder.Memory;

/// <summary>
/// Finds entries by key: buckets of entries that are chained through themselves, written under the store's lock and read without any. An entry's
/// chain is never taken from it, so a reader who stands on one that is removed goes on to where it led. Growing moves entries to other chains; a
/// reader who misses while that goes on, or across it, looks again under the lock.
/// </summary>
internal sealed class MemoryTable(Lock writing)
{
    private const int LeastBuckets = 64;
    private const int MostBuckets = 1 << 30;

    private MemoryEntry?[] _buckets = new MemoryEntry?[LeastBuckets];

    // Odd while the table grows.
    private int _growths;

    // Entries by the number of zeros that their hashes begin with.
    private readonly int[] _countsByZeros = new int[33];

    internal int Count { get; private set; }

    internal MemoryEntry? Find(ReadOnlySpan<char> key, uint hash)
    {
        var growths = Volatile.Read(ref _growths);
        return Walk(key, hash) ?? ((growths & 1) == 0 && growths == Volatile.Read(ref _growths) ? null : FindAgain(key, hash));
    }

    internal void Add_NeedsLock(MemoryEntry entry)
    {
        if (Count >= _buckets.Length && _buckets.Length < MostBuckets)
        {
            Grow_NeedsLock();
        }

        ref var bucket = ref BucketOf(_buckets, entry.State.Hash);
        entry.Next = bucket;
        Volatile.Write(ref bucket, entry);
        Count++;
        _countsByZeros[BitOperations.LeadingZeroCount(entry.State.Hash)]++;
    }

    /// <summary>Puts an entry in the place of another with the same key; no reader misses both.</summary>
    internal void Replace_NeedsLock(MemoryEntry old, MemoryEntry entry)
    {
        entry.Next = old.Next;
        Volatile.Write(ref LinkTo(old), entry);
    }

    internal void Remove_NeedsLock(MemoryEntry entry)
    {
        Volatile.Write(ref LinkTo(entry), entry.Next);
        Count--;
        _countsByZeros[BitOperations.LeadingZeroCount(entry.State.Hash)]--;
    }

    /// <summary>How many entries have a hash that begins with so many zeros or more.</summary>
    internal int CountOfSample_NeedsLock(int zeros)
    {
        var count = 0;
        foreach (var ofZeros in _countsByZeros.AsSpan(zeros))
        {
            count += ofZeros;
        }

        return count;
    }

    /// <summary>Whether this very entry is in the table.</summary>
    internal bool Contains_NeedsLock(MemoryEntry entry)
    {
        var there = BucketOf(_buckets, entry.State.Hash);
        while (there is not null && !ReferenceEquals(there, entry))
        {
            there = there.Next;
        }

        return there is not null;
    }

    /// <summary>
    /// Reads one bucket and moves on to the next, without a lock and across growth: whoever starts at 0 and goes on until it is 0 again gets every
    /// entry that was there all the time exactly once. The cursor counts in reversed binary, as Redis' SCAN does, so that the buckets that one
    /// bucket is split into are still ahead of it, or all behind.
    /// </summary>
    /// <param name="cursor">Where to read; then where to go on.</param>
    /// <param name="found">Receives the entries of the bucket.</param>
    internal void Scan(ref uint cursor, List<MemoryEntry> found)
    {
        while (true)
        {
            found.Clear();
            var growths = Volatile.Read(ref _growths);
            var buckets = Volatile.Read(ref _buckets);
            if ((growths & 1) == 0)
            {
                for (var entry = Volatile.Read(ref BucketOf(buckets, cursor)); entry is not null; entry = entry.Next)
                {
                    found.Add(entry);
                }

                if (growths == Volatile.Read(ref _growths))
                {
                    cursor = Reverse(Reverse(cursor | ~((uint)buckets.Length - 1)) + 1);
                    return;
                }
            }

            lock (writing)
            {
                // The growth is over.
            }
        }
    }

    private MemoryEntry? Walk(ReadOnlySpan<char> key, uint hash)
    {
        var entry = Volatile.Read(ref BucketOf(Volatile.Read(ref _buckets), hash));
        while (entry is not null && (entry.State.Hash != hash || !entry.HasKey(key)))
        {
            entry = entry.Next;
        }

        return entry;
    }

    private MemoryEntry? FindAgain(ReadOnlySpan<char> key, uint hash)
    {
        lock (writing)
        {
            return Walk(key, hash);
        }
    }

    private ref MemoryEntry? LinkTo(MemoryEntry entry)
    {
        ref var link = ref BucketOf(_buckets, entry.State.Hash);
        while (!ReferenceEquals(link, entry))
        {
            link = ref link!.NextLink;
        }

        return ref link;
    }

    private void Grow_NeedsLock()
    {
        var buckets = new MemoryEntry?[_buckets.Length * 2];
        Interlocked.Increment(ref _growths);
        foreach (var first in _buckets)
        {
            for (var entry = first; entry is not null;)
            {
                var next = entry.Next;
                ref var bucket = ref BucketOf(buckets, entry.State.Hash);
                entry.Next = bucket;
                bucket = entry;
                entry = next;
            }
        }

        Volatile.Write(ref _buckets, buckets);
        Interlocked.Increment(ref _growths);
    }

    private static ref MemoryEntry? BucketOf(MemoryEntry?[] buckets, uint hash) => ref buckets[hash & (uint)(buckets.Length - 1)];

    private static uint Reverse(uint bits)
    {
        bits = ((bits >> 1) & 0x5555_5555) | ((bits & 0x5555_5555) << 1);
        bits = ((bits >> 2) & 0x3333_3333) | ((bits & 0x3333_3333) << 2);
        bits = ((bits >> 4) & 0x0F0F_0F0F) | ((bits & 0x0F0F_0F0F) << 4);
        return BinaryPrimitives.ReverseEndianness(bits);
    }
}
