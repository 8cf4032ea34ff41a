namespace Larder.AspNetCore.Monitoring.Documents;

internal sealed record CacheHealth(
    string Status, string Service, bool Available, string Mode, IReadOnlyList<string> Reasons, CacheFigures Cache, InvalidationFigures Invalidations);

/// <summary>What the cache did since the process started, and what it holds now.</summary>
internal sealed record CacheFigures(
    bool Available,
    long TotalKeys,
    long MemoryUsedBytes,
    long MemoryLimitBytes,
    double? MemoryUsedPercent,
    double? HitRate,
    long Hits,
    long Misses,
    long Evictions);

/// <summary>What this node has published, by cause, and how it stands with the log.</summary>
internal sealed record InvalidationFigures(long Total, IReadOnlyDictionary<string, long> ByCause, int Pending, long LogPosition, double? LogLagMs, bool IsLagging);

internal sealed record PerformanceReport(
    DateTimeOffset GeneratedAt,
    string Window,
    PerformanceSummary Summary,
    CacheFigures Cache,
    double? DatabaseTimeSavedMs,
    double? GainPercent,
    IReadOnlyList<SlowSeries> SlowestEndpoints,
    IReadOnlyList<SlowSeries> SlowestSections,
    IReadOnlyList<Recommendation> Recommendations);

internal sealed record SlowSeries(string Name, long Count, double? AvgResponseTime, double? P95ResponseTime);

internal sealed record AnalyticsOverview(
    DateTimeOffset GeneratedAt,
    string Window,
    PerformanceSummary Requests,
    long ClientErrors,
    OutcomeCounts Outcomes,
    double? DatabaseTimeSavedMs,
    CacheFigures Cache,
    InvalidationFigures Invalidations,
    IReadOnlyDictionary<string, TrendPoint> Windows);

/// <summary>Statements whose results are kept, and sections of views, each executed through the cache.</summary>
internal sealed record QueryMetrics(IReadOnlyList<QueryMetric> Queries, IReadOnlyList<QueryMetric> Sections);

/// <summary>Query is the statement, or "view/section"; null for all statements beyond the bound of those that are counted apart.</summary>
internal sealed record QueryMetric(
    string? Query,
    long ExecutionCount,
    long CacheHits,
    long CacheMisses,
    double? HitRate,
    double? AvgDbTimeMs,
    double? AvgCacheTimeMs,
    double? SpeedupFactor,
    DateTimeOffset? LastExecuted);

/// <summary>A setting that real use says should be another.</summary>
internal sealed record Recommendation(string Rule, string Subject, string Message, string Setting, string? SuggestedValue, IReadOnlyDictionary<string, double> Evidence);
