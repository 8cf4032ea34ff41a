using Larder.Diagnostics;

namespace Larder.AspNetCore.Monitoring.Alerts;

/// <summary>The rules. Rates of fewer than <see cref="EnoughRequests"/> requests in the minute are not judged.</summary>
internal static class AlertRules
{
    internal const int EnoughRequests = 20;

    public static IReadOnlyList<AlertRule> All { get; } =
    [
        new("error_rate", AlertLevel.Error, "error_rate", 5, 4, "More than 5 % of the requests end in a server error.",
            figures => IfEnough(figures.Requests.Count, Figures.Percentage(figures.Requests.Errors, figures.Requests.Count))),
        new("slow_responses", AlertLevel.Warning, "p95_response_time", 1000, 800, "One request in twenty takes longer than a second; /api/v2/cache/performance-report lists the slowest.",
            figures => IfEnough(figures.Requests.Count, figures.Requests.PercentileMs(0.95))),
        new("low_hit_rate", AlertLevel.Warning, "cache_hit_rate", 40, 45, "Fewer than 40 % of the lookups are answered from the cache; the recommendations say which views and why.",
            figures => IfEnough(figures.Requests.CacheHits + figures.Requests.CacheMisses, Figures.Percentage(figures.Requests.HitRate))) { PendingFor = TimeSpan.FromMinutes(5) },
        new("low_gain", AlertLevel.Info, "gain_percent", 20, 25, "A hit is less than 20 % faster than a miss: caching gains little.",
            figures => IfEnough(figures.Requests.CacheHits, Figures.GainPercent(figures.Requests))) { PendingFor = TimeSpan.FromMinutes(5) },
        new("redis_unreachable", AlertLevel.Critical, "redis_unreachable", 0.5, 0.5, "Redis cannot be reached: each node is on its own.",
            figures => figures.Remote is { } remote ? remote.IsReachable ? 0 : 1 : null) { PendingFor = TimeSpan.FromSeconds(10) },
        new("redis_memory", AlertLevel.Warning, "redis_memory_used_percent", 80, 75, "Redis uses more than 80 % of the memory it may use.",
            figures => figures.Remote?.MemoryUsedPercent),
        new("invalidation_lag", AlertLevel.Critical, "invalidations_pending", 0, 0, "The invalidation log does not take records, or this node is further behind it than its bound: what is concerned is read past the cache.",
            figures => figures.Invalidations.Pending + (figures.Invalidations.IsLagging ? 1 : 0)) { PendingFor = TimeSpan.FromSeconds(10) },
    ];

    private static double? IfEnough(long count, double? value) => count >= EnoughRequests ? value : null;
}
