using System.Collections.Concurrent;

namespace Larder.Diagnostics;

/// <summary>
/// All figures of a process. Recording goes to a <see cref="MetricSeries"/> and never comes here. Every 5 s a timer takes what was counted
/// into each series' slices; it and whoever reads share one lock, which no request takes. Everything that shows figures (monitoring
/// endpoints, instruments of a Meter, /metrics) reads this store; nothing is counted twice.
/// </summary>
internal sealed class MetricStore : IDisposable
{
    /// <summary>The name of the series that takes what is beyond a bound.</summary>
    internal const string Other = "other";

    internal const int DefaultMostRoutes = 512;
    internal const int DefaultMostViews = 256;
    internal const int DefaultMostSections = 1024;
    internal const int LongestName = 256;

    internal static readonly TimeSpan SliceLength = TimeSpan.FromSeconds(5);

    private readonly TimeProvider _time;
    private readonly TimeUnits _units;
    private readonly long _startedAt;
    private readonly Table[] _tables;
    private readonly Lock _lock = new();
    private readonly long[] _scratch = new long[FrameLayout.Cells];
    private readonly byte[] _buffer = new byte[CompactFrame.LargestBytes];
    private readonly ITimer _timer;
    private long _completed;

    /// <param name="time">Tells timestamps, and when a slice ends.</param>
    /// <param name="mostRoutes">Bound of the routes that have a series of their own.</param>
    /// <param name="mostViews">Bound of the views.</param>
    /// <param name="mostSections">Bound of the sections.</param>
    internal MetricStore(TimeProvider time, int mostRoutes = DefaultMostRoutes, int mostViews = DefaultMostViews, int mostSections = DefaultMostSections)
    {
        _time = time;
        _units = new TimeUnits(time);
        _startedAt = time.GetTimestamp();
        _tables = [new(mostRoutes), new(mostViews), new(mostSections)];
        _timer = time.CreateTimer(static store => ((MetricStore)store!).EndSlices(), this, SliceLength, SliceLength);
    }

    /// <summary>The bytes that all series take.</summary>
    internal long Bytes
    {
        get
        {
            lock (_lock)
            {
                return All().Sum(series => series.Bytes_NeedsLock);
            }
        }
    }

    /// <summary>
    /// The series of the name: resolve it once and keep it. When its kind is at its bound, or the name is longer than
    /// <see cref="LongestName"/>, the one that all such names share.
    /// </summary>
    internal MetricSeries Series(SeriesKind kind, string name)
    {
        var table = _tables[(int)kind];
        if (table.ByName.TryGetValue(name, out var found))
        {
            return found;
        }

        if (name.Length > LongestName || Volatile.Read(ref table.IsFull))
        {
            name = Other;
        }

        lock (_lock)
        {
            if (table.ByName.TryGetValue(name, out found))
            {
                return found;
            }

            // The one for all others comes on top of the bound.
            if (table.ByName.Count >= table.Most)
            {
                Volatile.Write(ref table.IsFull, true);
                name = Other;
                if (table.ByName.TryGetValue(name, out found))
                {
                    return found;
                }
            }

            return table.ByName[name] = new MetricSeries(kind, name, _units, _time.GetTimestamp());
        }
    }

    /// <summary>The figures of one series.</summary>
    internal SeriesSnapshot Read(MetricSeries series, MetricWindow window)
    {
        lock (_lock)
        {
            EndSlices_NeedsLock();
            return Read_NeedsLock(series, window);
        }
    }

    /// <summary>The figures of all series of a kind, by name.</summary>
    internal IReadOnlyList<SeriesSnapshot> ReadAll(SeriesKind kind, MetricWindow window)
    {
        lock (_lock)
        {
            EndSlices_NeedsLock();
            return [.. _tables[(int)kind].ByName.Values.OrderBy(series => series.Name, StringComparer.Ordinal).Select(series => Read_NeedsLock(series, window))];
        }
    }

    /// <summary>All series of a kind as one.</summary>
    internal SeriesSnapshot ReadTotal(SeriesKind kind, MetricWindow window) => SeriesSnapshot.Sum(kind, window, ReadAll(kind, window), _units);

    /// <summary>Lets every window but the one since the start begin now.</summary>
    internal void Reset()
    {
        lock (_lock)
        {
            EndSlices_NeedsLock();
            var now = _time.GetTimestamp();
            foreach (var series in All())
            {
                series.Reset_NeedsLock(now, _scratch, _buffer);
            }
        }
    }

    public void Dispose() => _timer.Dispose();

    private void EndSlices()
    {
        lock (_lock)
        {
            EndSlices_NeedsLock();
        }
    }

    private void EndSlices_NeedsLock()
    {
        // After a pause, when several slices are over, all that was counted goes into the last of them: counted a little too long, never lost.
        var due = _time.GetElapsedTime(_startedAt).Ticks / SliceLength.Ticks;
        if (due - _completed > 1)
        {
            foreach (var series in All())
            {
                for (var number = Math.Max(_completed, due - 1 - SliceRings.ShortOfAll); number < due - 1; number++)
                {
                    series.SkipSlice_NeedsLock(number, _scratch, _buffer);
                }
            }

            _completed = due - 1;
        }

        if (due > _completed)
        {
            foreach (var series in All())
            {
                series.EndSlice_NeedsLock(_completed, _scratch, _buffer);
            }

            _completed = due;
        }
    }

    private SeriesSnapshot Read_NeedsLock(MetricSeries series, MetricWindow window)
    {
        var frame = new long[FrameLayout.Cells];
        series.AddTo_NeedsLock(window, _completed, frame);
        var covered = _time.GetElapsedTime(window is MetricWindow.SinceStart ? series.CreatedAt : series.ResetAt ?? series.CreatedAt);
        if (window is not (MetricWindow.SinceStart or MetricWindow.SinceReset))
        {
            var reach = _time.GetElapsedTime(_startedAt) - (SliceRings.FirstOf(window, _completed) * SliceLength);
            covered = covered < reach ? covered : reach;
        }

        return new SeriesSnapshot(series, window, covered, frame, _units);
    }

    private IEnumerable<MetricSeries> All() => _tables.SelectMany(table => table.ByName.Values);

    private sealed class Table(int most)
    {
        internal bool IsFull;

        internal int Most { get; } = most;

        internal ConcurrentDictionary<string, MetricSeries> ByName { get; } = new(StringComparer.Ordinal);
    }
}
