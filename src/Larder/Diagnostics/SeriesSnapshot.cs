namespace Larder.Diagnostics;

/// <summary>The figures of one series over one window, taken at one moment; answers that were being counted then may be in part.</summary>
internal sealed class SeriesSnapshot
{
    private readonly long[] _frame;
    private readonly TimeUnits _units;
    private readonly long _recorded;
    private readonly double? _shortestMs;
    private readonly double? _longestMs;

    internal SeriesSnapshot(MetricSeries series, MetricWindow window, TimeSpan covered, long[] frame, TimeUnits units)
    {
        Kind = series.Kind;
        Name = series.Name;
        Window = window;
        Covered = covered;
        _frame = frame;
        _units = units;
        foreach (var count in Buckets)
        {
            _recorded += count;
        }

        if (_recorded > 0)
        {
            (_shortestMs, _longestMs) = Extremes(series);
        }
    }

    private SeriesSnapshot(SeriesKind kind, MetricWindow window, IReadOnlyList<SeriesSnapshot> parts, TimeUnits units)
    {
        Kind = kind;
        Name = "all";
        Window = window;
        Covered = parts.Select(part => part.Covered).DefaultIfEmpty().Max();
        _frame = new long[FrameLayout.Cells];
        _units = units;
        foreach (var part in parts)
        {
            for (var cell = 0; cell < _frame.Length; cell++)
            {
                _frame[cell] += part._frame[cell];
            }
        }

        _recorded = parts.Sum(part => part._recorded);
        _shortestMs = parts.Min(part => part._shortestMs);
        _longestMs = parts.Max(part => part._longestMs);
    }

    internal SeriesKind Kind { get; }

    internal string Name { get; }

    internal MetricWindow Window { get; }

    /// <summary>The time that the figures are of, for rates.</summary>
    internal TimeSpan Covered { get; }

    /// <summary>Several series as one.</summary>
    internal static SeriesSnapshot Sum(SeriesKind kind, MetricWindow window, IReadOnlyList<SeriesSnapshot> parts, TimeUnits units) => new(kind, window, parts, units);

    /// <summary>What was counted at all, by what the cache did and how it ended.</summary>
    internal IEnumerable<(CacheOutcome Outcome, ResultClass Result, long Count)> Counts() =>
        from outcome in Enum.GetValues<CacheOutcome>()
        from result in Enum.GetValues<ResultClass>()
        let count = CountOf(outcome, result)
        where count > 0
        select (outcome, result, count);

    internal long Count => Sum(static (_, _) => true);

    /// <summary>Status 500 and above.</summary>
    internal long Errors => Sum(static (_, result) => result is ResultClass.ServerError);

    /// <summary>Status 400 to 499.</summary>
    internal long ClientErrors => Sum(static (_, result) => result is ResultClass.ClientError);

    /// <summary>Answers from the store: hits, and stale ones.</summary>
    internal long CacheHits => CountOf(CacheOutcome.Hit) + CountOf(CacheOutcome.Stale);

    /// <summary>Answers that were looked for in the store and not found: misses, and those that waited for another's load.</summary>
    internal long CacheMisses => CountOf(CacheOutcome.Miss) + CountOf(CacheOutcome.Collapsed);

    internal long Bypasses => Sum(static (outcome, _) => outcome >= CacheOutcome.BypassPolicy);

    /// <summary>Length of all bodies.</summary>
    internal long Bytes => Total(FrameLayout.BytesTotal);

    /// <summary>0 to 1; null before the first lookup.</summary>
    internal double? HitRate => CacheHits + CacheMisses is > 0 and var lookups ? (double)CacheHits / lookups : null;

    internal double PerSecond => Covered > TimeSpan.Zero ? Count / Covered.TotalSeconds : 0;

    /// <summary>Null when nothing was counted. Exact since the start, within 1 % in a window.</summary>
    internal double? MinMs => _shortestMs;

    /// <inheritdoc cref="MinMs"/>
    internal double? MaxMs => _longestMs;

    /// <summary>Exact. Null when nothing was counted.</summary>
    internal double? MeanMs => Count is > 0 and var count ? TotalMs / count : null;

    /// <summary>Time spent on all answers.</summary>
    internal double TotalMs => Enum.GetValues<CacheOutcome>().Sum(TotalMsOf);

    internal double TotalMsOf(CacheOutcome outcome) => _units.MillisecondsFromTicks(Total(FrameLayout.TicksTotal(outcome)));

    /// <summary>What a hit and what a miss cost tells what the cache saves.</summary>
    internal double? MeanMsOf(CacheOutcome outcome) => CountOf(outcome) is > 0 and var count ? TotalMsOf(outcome) / count : null;

    internal long CountOf(CacheOutcome outcome) => Sum((of, _) => of == outcome);

    internal long CountOf(CacheOutcome outcome, ResultClass result) => Total(FrameLayout.CountTotal(outcome, result));

    /// <summary>The smallest duration that at least this part of all answers did not exceed (nearest rank), within 0.8 % and 8 ns.</summary>
    /// <param name="fraction">0 to 1.</param>
    /// <returns>Milliseconds; null when nothing was counted.</returns>
    internal double? PercentileMs(double fraction)
    {
        if (_recorded == 0)
        {
            return null;
        }

        var rank = Math.Clamp((long)Math.Ceiling(fraction * _recorded), 1, _recorded);
        var bucket = 0;
        for (var seen = Buckets[0]; seen < rank; seen += Buckets[bucket])
        {
            bucket++;
        }

        // Above the last bound only the longest is known.
        return bucket == LatencyBuckets.Count - 1 ? _longestMs : Math.Clamp(TimeUnits.Milliseconds(LatencyBuckets.Middle(bucket)), _shortestMs!.Value, _longestMs!.Value);
    }

    /// <summary>How many answers took no longer, give or take those within 1 % of the bound: for histograms with buckets of their own.</summary>
    internal long CountAtMost(double milliseconds)
    {
        var bound = TimeUnits.UnitsFromMilliseconds(milliseconds);
        var count = 0L;
        for (var bucket = 0; bucket < LatencyBuckets.Count && LatencyBuckets.Middle(bucket) <= bound; bucket++)
        {
            count += Buckets[bucket];
        }

        return count;
    }

    private ReadOnlySpan<long> Buckets => _frame.AsSpan(0, FrameLayout.Buckets);

    private (double Shortest, double Longest) Extremes(MetricSeries series)
    {
        var shortest = _units.MillisecondsFromTicks(series.ShortestTicks);
        var longest = _units.MillisecondsFromTicks(series.LongestTicks);
        if (Window is MetricWindow.SinceStart || (Window is MetricWindow.SinceReset && series.ResetAt is null))
        {
            return (shortest, longest);
        }

        var first = TimeUnits.Milliseconds(LatencyBuckets.Middle(Buckets.IndexOfAnyExcept(0)));
        var last = Buckets.LastIndexOfAnyExcept(0);
        return (
            Math.Clamp(first, shortest, longest),
            last == LatencyBuckets.Count - 1 ? longest : Math.Clamp(TimeUnits.Milliseconds(LatencyBuckets.Middle(last)), shortest, longest));
    }

    private long Total(int index) => _frame[FrameLayout.Buckets + index];

    private long Sum(Func<CacheOutcome, ResultClass, bool> predicate)
    {
        var sum = 0L;
        foreach (var outcome in Enum.GetValues<CacheOutcome>())
        {
            foreach (var result in Enum.GetValues<ResultClass>())
            {
                sum += predicate(outcome, result) ? Total(FrameLayout.CountTotal(outcome, result)) : 0;
            }
        }

        return sum;
    }
}
