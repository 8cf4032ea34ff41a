using Larder.AspNetCore.Monitoring.Documents;
using Larder.Diagnostics;

namespace Larder.AspNetCore.Monitoring;

/// <summary>Reports that bring the figures of requests and of the cache together.</summary>
internal sealed class AnalyticsReporter(PerformanceReader performance, CacheReporter cache, Recommender recommender, TimeProvider time)
{
    public PerformanceReport Report(MonitoringQuery query) => new(
        time.GetUtcNow(),
        query.WindowName,
        performance.Summary(query.Window),
        cache.Figures(),
        performance.SavedMs(query.Window),
        Figures.GainPercent(performance.Total(query.Window)),
        performance.Slowest(SeriesKind.Route, query.Window),
        performance.Slowest(SeriesKind.Section, query.Window),
        recommender.Recommend());

    public AnalyticsOverview Overview(MonitoringQuery query)
    {
        var total = performance.Total(query.Window);
        return new(
            time.GetUtcNow(),
            query.WindowName,
            performance.Summary(query.Window),
            total.ClientErrors,
            PerformanceReader.OutcomesOf(total),
            performance.SavedMs(query.Window),
            cache.Figures(),
            cache.Invalidations(),
            performance.TotalsByWindow());
    }
}
