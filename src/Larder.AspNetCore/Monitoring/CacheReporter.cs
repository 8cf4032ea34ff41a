using Larder.AspNetCore.Monitoring.Documents;
using Larder.Caching;
using Larder.Diagnostics;
using Larder.Freshness;
using Microsoft.Extensions.Options;

namespace Larder.AspNetCore.Monitoring;

/// <summary>Makes documents of the cache's own counters and of its place in the invalidation log.</summary>
internal sealed class CacheReporter(LarderCache cache, IOptions<LarderCacheOptions> options, MetricStore store, TimeProvider time)
{
    /// <summary>The names of the causes as they are written, in JSON and as labels.</summary>
    public static IReadOnlyList<(InvalidationCause Cause, string Name)> Causes { get; } =
        [.. Enum.GetValues<InvalidationCause>().Select(cause => (cause, cause.ToString().ToLowerInvariant()))];

    public CacheFigures Figures()
    {
        var statistics = cache.GetStatistics();
        var limit = options.Value.MemoryLimitBytes;
        return new(
            statistics.Available,
            statistics.TotalKeys,
            statistics.MemoryUsedBytes,
            limit,
            Monitoring.Figures.Percentage(statistics.MemoryUsedBytes, limit),
            statistics.HitRatePercent,
            statistics.Hits,
            statistics.Misses,
            statistics.Evictions);
    }

    public InvalidationFigures Invalidations()
    {
        var publisher = cache.Publisher;
        var timestamp = time.GetTimestamp();
        var counts = Causes.ToDictionary(cause => cause.Name, cause => publisher.CountOf(cause.Cause), StringComparer.Ordinal);
        return new(
            counts.Values.Sum(), counts, publisher.Pending, publisher.Node.Now.Applied, LagMsAt(timestamp), publisher.Node.IsLagging(timestamp));
    }

    public CacheHealth Health()
    {
        var invalidations = Invalidations();
        List<string> reasons = [];
        if (invalidations.Pending > 0)
        {
            reasons.Add("The invalidation log does not take records; what they name is read past the cache.");
        }

        if (invalidations.IsLagging)
        {
            reasons.Add("This node may be further behind the invalidation log than its bound allows.");
        }

        var figures = Figures();
        return new(
            !figures.Available ? "disabled" : reasons.Count > 0 ? "degraded" : "healthy",
            "larder-cache",
            figures.Available,
            options.Value.Mode.ToString().ToLowerInvariant(),
            reasons,
            figures,
            invalidations);
    }

    public QueryMetrics Queries(MetricWindow window) => new(
        [
            .. cache.QueryMeters.Read().Select(query => new QueryMetric(
                query.Query,
                query.ExecutionCount,
                query.CacheHits,
                query.CacheMisses,
                query.HitRate,
                Monitoring.Figures.Milliseconds(query.AvgDbTimeMs),
                Monitoring.Figures.Milliseconds(query.AvgCacheTimeMs),
                query.SpeedupFactor,
                query.LastExecuted)),
        ],
        [.. store.ReadAll(SeriesKind.Section, window).Where(section => section.Count > 0).OrderByDescending(section => section.Count).Select(OfSection)]);

    /// <summary>How far behind the log this node may be; 0 where it cannot be, null where it has heard nothing yet.</summary>
    private double? LagMsAt(long timestamp) =>
        cache.Publisher.Node.LagAt(timestamp) is not { } lag ? 0 : lag == TimeSpan.MaxValue ? null : Monitoring.Figures.Milliseconds(lag.TotalMilliseconds);

    private static QueryMetric OfSection(SeriesSnapshot section)
    {
        var (database, cached) = (section.MeanMsOf(CacheOutcome.Miss), section.MeanMsOf(CacheOutcome.Hit));
        return new(
            section.Name,
            section.Count,
            section.CacheHits,
            section.CacheMisses,
            Monitoring.Figures.Percentage(section.HitRate),
            Monitoring.Figures.Milliseconds(database),
            Monitoring.Figures.Milliseconds(cached),
            database is { } slow && cached is > 0 and { } fast ? Math.Round(slow / fast, 2) : null,
            LastExecuted: null);
    }
}
