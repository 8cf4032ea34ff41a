namespace Larder.Diagnostics;

/// <summary>
/// The figures that answers on one core are counted in. Both arrays begin and end with a cache line that nobody uses, because
/// what the heap puts beside them may be another core's.
/// </summary>
internal sealed class SeriesStripe
{
    private const int LineBytes = 64;
    private const int BucketPadding = LineBytes / sizeof(uint);
    private const int TotalPadding = LineBytes / sizeof(long);
    private const int LongestCell = TotalPadding + FrameLayout.Totals;
    private const int ShortestCell = LongestCell + 1;

    // 32 bits: a bucket may overflow, and the difference to an earlier reading is right all the same, up to 4 billion in 5 s.
    private readonly uint[] _buckets = new uint[FrameLayout.Buckets + (2 * BucketPadding)];
    private readonly long[] _totals = new long[FrameLayout.Totals + 2 + (2 * TotalPadding)];

    internal SeriesStripe()
    {
        _totals[LongestCell] = -1;
        _totals[ShortestCell] = long.MaxValue;
    }

    /// <summary>Bytes that one stripe takes on the heap.</summary>
    internal static int HeapBytes =>
        (sizeof(uint) * (FrameLayout.Buckets + (2 * BucketPadding))) + (sizeof(long) * (FrameLayout.Totals + 2 + (2 * TotalPadding))) + (2 * 24) + 32;

    internal long LongestTicks => Volatile.Read(ref _totals[LongestCell]);

    internal long ShortestTicks => Volatile.Read(ref _totals[ShortestCell]);

    internal void Add(int bucket, CacheOutcome outcome, ResultClass result, long ticks, long bytes)
    {
        // The bucket first: whoever sees the count sees the bucket, too. A thread may have moved to another core since it chose the
        // stripe, so plain additions would lose counts.
        Interlocked.Increment(ref _buckets[BucketPadding + bucket]);
        Interlocked.Add(ref _totals[TotalPadding + FrameLayout.TicksTotal(outcome)], ticks);
        if (bytes != 0)
        {
            Interlocked.Add(ref _totals[TotalPadding + FrameLayout.BytesTotal], bytes);
        }

        Interlocked.Increment(ref _totals[TotalPadding + FrameLayout.CountTotal(outcome, result)]);
        Raise(ref _totals[LongestCell], ticks);
        Lower(ref _totals[ShortestCell], ticks);
    }

    internal uint Bucket(int index) => Volatile.Read(ref _buckets[BucketPadding + index]);

    internal long Total(int index) => Volatile.Read(ref _totals[TotalPadding + index]);

    private static void Raise(ref long cell, long value)
    {
        for (var seen = Volatile.Read(ref cell); value > seen;)
        {
            var before = Interlocked.CompareExchange(ref cell, value, seen);
            if (before == seen)
            {
                return;
            }

            seen = before;
        }
    }

    private static void Lower(ref long cell, long value)
    {
        for (var seen = Volatile.Read(ref cell); value < seen;)
        {
            var before = Interlocked.CompareExchange(ref cell, value, seen);
            if (before == seen)
            {
                return;
            }

            seen = before;
        }
    }
}
