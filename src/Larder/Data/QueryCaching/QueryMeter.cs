using System.Collections.Concurrent;

namespace Larder.Data.QueryCaching;

/// <summary>Counts executions and their times by statement. As many statements as there may be are counted apart, the others together.</summary>
internal sealed class QueryMeter(int maxStatements, TimeProvider time)
{
    private static readonly TimeSpan TooLargeFor = TimeSpan.FromMinutes(1);

    private readonly ConcurrentDictionary<string, Counter> _counters = new(StringComparer.Ordinal);
    private readonly Counter _others = new(null);
    private int _count;

    /// <summary>Notes one execution that began at a timestamp and has just ended.</summary>
    public void Record(string statement, bool isHit, long startedAt)
    {
        var counter = _counters.TryGetValue(statement, out var known) ? known : Add(statement);
        counter.Record(isHit, time.GetElapsedTime(startedAt).Ticks, time.GetUtcNow().UtcTicks);
    }

    /// <summary>Whether the statement's result was too large to be stored a short while ago, so that reading it into memory is not tried.</summary>
    public bool IsTooLarge(string statement) => _counters.TryGetValue(statement, out var counter) && time.GetTimestamp() < counter.TooLargeUntil;

    public void MarkTooLarge(string statement)
    {
        if (_counters.TryGetValue(statement, out var counter))
        {
            counter.TooLargeUntil = time.GetTimestamp() + (long)(TooLargeFor.TotalSeconds * time.TimestampFrequency);
        }
    }

    public IReadOnlyList<QueryStatistics> Read() =>
        [.. _counters.Values.Append(_others).Select(counter => counter.Read()).OfType<QueryStatistics>().OrderByDescending(query => query.ExecutionCount)];

    private Counter Add(string statement)
    {
        if (Interlocked.Increment(ref _count) > maxStatements)
        {
            Interlocked.Decrement(ref _count);
            return _others;
        }

        var mine = new Counter(statement);
        var counter = _counters.GetOrAdd(statement, mine);
        if (!ReferenceEquals(counter, mine))
        {
            Interlocked.Decrement(ref _count);
        }

        return counter;
    }

    private sealed class Counter(string? statement)
    {
        private long _hits;
        private long _misses;
        private long _hitTicks;
        private long _missTicks;
        private long _last;
        private long _tooLargeUntil = long.MinValue;

        public long TooLargeUntil
        {
            get => Volatile.Read(ref _tooLargeUntil);
            set => Volatile.Write(ref _tooLargeUntil, value);
        }

        public void Record(bool isHit, long ticks, long now)
        {
            Interlocked.Increment(ref isHit ? ref _hits : ref _misses);
            Interlocked.Add(ref isHit ? ref _hitTicks : ref _missTicks, ticks);
            Volatile.Write(ref _last, now);
        }

        public QueryStatistics? Read()
        {
            var (hits, misses) = (Interlocked.Read(ref _hits), Interlocked.Read(ref _misses));
            return hits + misses == 0 ? null : new QueryStatistics(statement)
            {
                ExecutionCount = hits + misses,
                CacheHits = hits,
                CacheMisses = misses,
                AvgDbTimeMs = Average(Interlocked.Read(ref _missTicks), misses),
                AvgCacheTimeMs = Average(Interlocked.Read(ref _hitTicks), hits),
                LastExecuted = new DateTimeOffset(Volatile.Read(ref _last), TimeSpan.Zero),
            };
        }

        private static double? Average(long ticks, long count) => count == 0 ? null : (double)ticks / count / TimeSpan.TicksPerMillisecond;
    }
}
