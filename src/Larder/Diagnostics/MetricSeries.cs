using System.Numerics;

namespace Larder.Diagnostics;

/// <summary>
/// The figures of one endpoint, view or section. Whoever records keeps this object (an endpoint in its metadata), so that recording looks
/// nothing up. Counters only ever grow; a window is the difference between two readings of them, so nothing on the path
/// knows of time and no answer is lost at a border.
/// </summary>
internal sealed class MetricSeries
{
    private const int MostStripes = 8;

    private static readonly int Stripes = (int)BitOperations.RoundUpToPowerOf2((uint)Math.Clamp(Environment.ProcessorCount, 1, MostStripes));

    private readonly SeriesStripe[] _stripes = new SeriesStripe[Stripes];
    private readonly TimeUnits _units;

    // What the slices have taken so far. With what the stripes hold beyond it, it is the total since the start.
    private readonly long[] _taken = new long[FrameLayout.Cells];
    private SliceRings _slices = new();

    // What had been counted when the figures were last reset. The counters themselves go on: whoever collects them takes differences.
    private byte[]? _beforeReset;

    internal MetricSeries(SeriesKind kind, string name, TimeUnits units, long createdAt)
    {
        Kind = kind;
        Name = name;
        CreatedAt = createdAt;
        _units = units;
        for (var i = 0; i < Stripes; i++)
        {
            _stripes[i] = new SeriesStripe();
        }
    }

    internal SeriesKind Kind { get; }

    /// <summary>A route template, the name of a view, or "view/section".</summary>
    internal string Name { get; }

    internal long CreatedAt { get; }

    /// <summary>When the figures were last reset; null: never.</summary>
    internal long? ResetAt { get; private set; }

    /// <summary>Bytes that a series takes before it has any slices.</summary>
    internal static int FixedBytes => (Stripes * SeriesStripe.HeapBytes) + (FrameLayout.Cells * sizeof(long)) + 512;

    /// <summary>Bytes that the series takes now.</summary>
    internal long Bytes_NeedsLock => FixedBytes + _slices.Bytes + (_beforeReset?.LongLength ?? 0);

    /// <summary>The longest answer since the start, in ticks; -1 before the first one.</summary>
    internal long LongestTicks => _stripes.Max(stripe => stripe.LongestTicks);

    /// <summary>The shortest answer since the start, in ticks.</summary>
    internal long ShortestTicks => _stripes.Min(stripe => stripe.ShortestTicks);

    /// <summary>Counts one answer: no lock, no allocation, no look at the clock.</summary>
    /// <param name="outcome">What the cache did.</param>
    /// <param name="status">The HTTP status.</param>
    /// <param name="elapsedTicks">Difference of two timestamps of the store's TimeProvider; negative counts as 0.</param>
    /// <param name="bytes">Length of the body.</param>
    internal void Record(CacheOutcome outcome, int status, long elapsedTicks, long bytes) =>
        Record(outcome, status < 400 ? ResultClass.Success : status < 500 ? ResultClass.ClientError : ResultClass.ServerError, elapsedTicks, bytes);

    /// <inheritdoc cref="Record(CacheOutcome, int, long, long)"/>
    internal void Record(CacheOutcome outcome, ResultClass result, long elapsedTicks, long bytes)
    {
        var ticks = Math.Max(0, elapsedTicks);
        _stripes[Thread.GetCurrentProcessorId() & (Stripes - 1)].Add(LatencyBuckets.IndexOf(_units.FromTicks(ticks)), outcome, result, ticks, bytes);
    }

    /// <summary>Ends the slice of the number with all that was counted since the last one.</summary>
    internal void EndSlice_NeedsLock(long number, long[] scratch, byte[] buffer)
    {
        byte[]? slice = null;
        if (HasNew())
        {
            Array.Clear(scratch);
            AddNewTo(scratch);
            for (var cell = 0; cell < scratch.Length; cell++)
            {
                _taken[cell] += scratch[cell];
            }

            slice = CompactFrame.Encode(scratch, buffer);
        }

        _slices.Put(number, slice, scratch, buffer);
    }

    /// <summary>Ends the slice of the number without anything in it.</summary>
    internal void SkipSlice_NeedsLock(long number, long[] scratch, byte[] buffer) => _slices.Put(number, null, scratch, buffer);

    /// <summary>Lets every window but the one since the start begin now.</summary>
    internal void Reset_NeedsLock(long now, long[] scratch, byte[] buffer)
    {
        Array.Clear(scratch);
        AddNewTo(scratch);
        for (var cell = 0; cell < scratch.Length; cell++)
        {
            _taken[cell] += scratch[cell];
        }

        _beforeReset = CompactFrame.Encode(_taken, buffer);
        _slices = new();
        ResetAt = now;
    }

    /// <summary>Adds the window's figures to the frame.</summary>
    internal void AddTo_NeedsLock(MetricWindow window, long completed, long[] frame)
    {
        if (window is MetricWindow.SinceStart or MetricWindow.SinceReset)
        {
            if (window is MetricWindow.SinceReset)
            {
                CompactFrame.AddTo(_beforeReset, frame);
            }

            for (var cell = 0; cell < frame.Length; cell++)
            {
                frame[cell] = _taken[cell] - frame[cell];
            }
        }
        else
        {
            _slices.AddTo(window, completed, frame);
        }

        AddNewTo(frame);
    }

    private bool HasNew()
    {
        for (var total = 0; total < FrameLayout.Outcomes * FrameLayout.Results; total++)
        {
            if (SumOfTotal(total) != _taken[FrameLayout.Buckets + total])
            {
                return true;
            }
        }

        return false;
    }

    private void AddNewTo(long[] frame)
    {
        // Totals before buckets, the other way round than they are written: what is counted has its bucket.
        for (var total = 0; total < FrameLayout.Totals; total++)
        {
            frame[FrameLayout.Buckets + total] += SumOfTotal(total) - _taken[FrameLayout.Buckets + total];
        }

        for (var bucket = 0; bucket < FrameLayout.Buckets; bucket++)
        {
            var sum = 0u;
            foreach (var stripe in _stripes)
            {
                sum = unchecked(sum + stripe.Bucket(bucket));
            }

            frame[bucket] += unchecked(sum - (uint)_taken[bucket]);
        }
    }

    private long SumOfTotal(int total)
    {
        var sum = 0L;
        foreach (var stripe in _stripes)
        {
            sum += stripe.Total(total);
        }

        return sum;
    }
}
