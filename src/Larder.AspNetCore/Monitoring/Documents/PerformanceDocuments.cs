namespace Larder.AspNetCore.Monitoring.Documents;

/// <summary>What every answer with data is wrapped in.</summary>
internal sealed record Envelope<T>(T Data)
{
    public bool Success { get; } = true;

    public T Data { get; } = Data;
}

/// <summary>The figures of one route, or of one view or section.</summary>
internal sealed record EndpointStatistics(
    string Endpoint, long Count, long Errors, double? ErrorRate, ResponseTimes ResponseTimes, double? CacheHitRate, long CacheHits, long CacheMisses);

/// <summary>Milliseconds; null when nothing was counted.</summary>
internal sealed record ResponseTimes(double? Min, double? Max, double? Avg, double? Median, double? P95, double? P99);

internal sealed record PerformanceSummary(
    long TotalRequests,
    long TotalErrors,
    double? ErrorRate,
    double? AvgResponseTime,
    double? P95ResponseTime,
    double? CacheHitRate,
    int TotalEndpoints,
    IReadOnlyList<TopEndpoint> TopEndpoints);

internal sealed record TopEndpoint(string Endpoint, long Count, double? AvgResponseTime);

internal sealed record ResetAnswer(bool Success, string Message);

internal sealed record PerformanceHealth(string Status, string Service, HealthMetrics Metrics);

internal sealed record HealthMetrics(long TotalRequests, double? ErrorRate, double? AvgResponseTime, double? CacheHitRate);

/// <summary>All that is known of several series.</summary>
internal sealed record SeriesDetails(string Kind, string Window, IReadOnlyList<SeriesDetail> Series);

internal sealed record SeriesDetail(
    string Name,
    long Count,
    long Errors,
    long ClientErrors,
    double? ErrorRate,
    double CoveredSeconds,
    double PerSecond,
    long Bytes,
    ResponseTimes ResponseTimes,
    OutcomeCounts Outcomes,
    double? CacheHitRate,
    double? AvgHitMs,
    double? AvgMissMs,
    double? GainPercent,
    double? DatabaseTimeSavedMs);

/// <summary>What the cache did, each answer counted once.</summary>
internal sealed record OutcomeCounts(long Hit, long Miss, long Stale, long Collapsed, long Uncached, BypassCounts Bypass);

/// <summary>Why answers went past the store.</summary>
internal sealed record BypassCounts(
    long Policy, long Request, long Authorization, long Token, long Transaction, long Lag, long Response, long Overload);

/// <summary>One route over the windows, and where its figures go: the last 5 minutes against the last hour.</summary>
internal sealed record Trend(string Endpoint, IReadOnlyDictionary<string, TrendPoint> Windows, string Requests, string P95, string CacheHitRate);

internal sealed record TrendPoint(long Count, double PerSecond, double? ErrorRate, double? AvgResponseTime, double? P95ResponseTime, double? CacheHitRate);
