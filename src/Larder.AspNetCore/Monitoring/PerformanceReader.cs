using Larder.AspNetCore.Monitoring.Documents;
using Larder.Diagnostics;

namespace Larder.AspNetCore.Monitoring;

/// <summary>Makes documents of what the store has counted. Series that counted nothing in the window are left out.</summary>
internal sealed class PerformanceReader(MetricStore store)
{
    private const int TopEndpoints = 10;
    private const double ErrorRateOfDegraded = 5;
    private const double AverageMsOfDegraded = 1000;
    private const double SteadyWithin = 0.2;
    private const double SteadyWithinPoints = 5;

    private static readonly double[] Percentiles = [0.5, 0.95, 0.99];

    public Dictionary<string, EndpointStatistics> Statistics(MonitoringQuery query) =>
        Series(query).ToDictionary(series => series.Name, StatisticsOf, StringComparer.Ordinal);

    public PerformanceSummary Summary(MetricWindow window)
    {
        var routes = Series(new(window, SeriesKind.Route, null));
        var total = store.ReadTotal(SeriesKind.Route, window);
        return new(
            total.Count,
            total.Errors,
            Figures.Percentage(total.Errors, total.Count),
            Figures.Milliseconds(total.MeanMs),
            Figures.Milliseconds(total.PercentileMs(0.95)),
            Figures.Percentage(total.HitRate),
            routes.Count,
            [.. routes.OrderByDescending(route => route.Count).Take(TopEndpoints).Select(route => new TopEndpoint(route.Name, route.Count, Figures.Milliseconds(route.MeanMs)))]);
    }

    public PerformanceHealth Health(MetricWindow window)
    {
        var total = store.ReadTotal(SeriesKind.Route, window);
        var errorRate = Figures.Percentage(total.Errors, total.Count);
        var isDegraded = errorRate >= ErrorRateOfDegraded || total.MeanMs >= AverageMsOfDegraded;
        return new(
            isDegraded ? "degraded" : "healthy",
            "bff-performance-monitoring",
            new(total.Count, errorRate, Figures.Milliseconds(total.MeanMs), Figures.Percentage(total.HitRate)));
    }

    public SeriesDetails Details(MonitoringQuery query) => new(query.KindName, query.WindowName, [.. Series(query).Select(DetailOf)]);

    public Dictionary<string, Trend> Trends(MonitoringQuery query)
    {
        var byWindow = MonitoringQuery.Windows.ToDictionary(
            window => window.Key, window => store.ReadAll(query.Kind, window.Value).ToDictionary(series => series.Name, StringComparer.Ordinal), StringComparer.Ordinal);
        return byWindow["all"].Values.Where(series => series.Count > 0 && query.Asks(series.Name)).ToDictionary(
            series => series.Name,
            series =>
            {
                var points = byWindow.Where(window => window.Value.ContainsKey(series.Name)).ToDictionary(window => window.Key, window => PointOf(window.Value[series.Name]), StringComparer.Ordinal);
                var (now, before) = (points["5m"], points["1h"]);
                return new Trend(
                    series.Name,
                    points,
                    Direction(now.PerSecond, before.PerSecond, SteadyWithin * before.PerSecond),
                    Direction(now.P95ResponseTime, before.P95ResponseTime, SteadyWithin * before.P95ResponseTime),
                    Direction(now.CacheHitRate, before.CacheHitRate, SteadyWithinPoints));
            },
            StringComparer.Ordinal);
    }

    /// <summary>All requests over each window.</summary>
    public Dictionary<string, TrendPoint> TotalsByWindow() =>
        MonitoringQuery.Windows.ToDictionary(window => window.Key, window => PointOf(store.ReadTotal(SeriesKind.Route, window.Value)), StringComparer.Ordinal);

    public IReadOnlyList<SlowSeries> Slowest(SeriesKind kind, MetricWindow window) =>
    [
        .. Series(new(window, kind, null))
            .OrderByDescending(series => series.PercentileMs(0.95))
            .Take(TopEndpoints)
            .Select(series => new SlowSeries(series.Name, series.Count, Figures.Milliseconds(series.MeanMs), Figures.Milliseconds(series.PercentileMs(0.95)))),
    ];

    public SeriesSnapshot Total(MetricWindow window) => store.ReadTotal(SeriesKind.Route, window);

    /// <summary>What the cache saved in all: the sum over the routes, because each has its own cost of a miss.</summary>
    public double? SavedMs(MetricWindow window) => Figures.Milliseconds(Series(new(window, SeriesKind.Route, null)).Sum(route => Figures.SavedMs(route) ?? 0));

    public IReadOnlyList<SeriesSnapshot> Series(MonitoringQuery query) =>
        [.. store.ReadAll(query.Kind, query.Window).Where(series => series.Count > 0 && query.Asks(series.Name))];

    public static OutcomeCounts OutcomesOf(SeriesSnapshot series) => new(
        series.CountOf(CacheOutcome.Hit),
        series.CountOf(CacheOutcome.Miss),
        series.CountOf(CacheOutcome.Stale),
        series.CountOf(CacheOutcome.Collapsed),
        series.CountOf(CacheOutcome.Uncached),
        new(
            series.CountOf(CacheOutcome.BypassPolicy),
            series.CountOf(CacheOutcome.BypassRequest),
            series.CountOf(CacheOutcome.BypassAuthorization),
            series.CountOf(CacheOutcome.BypassToken),
            series.CountOf(CacheOutcome.BypassTransaction),
            series.CountOf(CacheOutcome.BypassLag),
            series.CountOf(CacheOutcome.BypassResponse),
            series.CountOf(CacheOutcome.BypassOverload)));

    private static EndpointStatistics StatisticsOf(SeriesSnapshot series) => new(
        series.Name,
        series.Count,
        series.Errors,
        Figures.Percentage(series.Errors, series.Count),
        TimesOf(series),
        Figures.Percentage(series.HitRate),
        series.CacheHits,
        series.CacheMisses);

    private static SeriesDetail DetailOf(SeriesSnapshot series) => new(
        series.Name,
        series.Count,
        series.Errors,
        series.ClientErrors,
        Figures.Percentage(series.Errors, series.Count),
        Math.Round(series.Covered.TotalSeconds, 3),
        Math.Round(series.PerSecond, 3),
        series.Bytes,
        TimesOf(series),
        OutcomesOf(series),
        Figures.Percentage(series.HitRate),
        Figures.Milliseconds(series.MeanMsOf(CacheOutcome.Hit)),
        Figures.Milliseconds(series.MeanMsOf(CacheOutcome.Miss)),
        Figures.GainPercent(series),
        Figures.SavedMs(series));

    private static ResponseTimes TimesOf(SeriesSnapshot series)
    {
        var percentiles = Array.ConvertAll(Percentiles, fraction => Figures.Milliseconds(series.PercentileMs(fraction)));
        return new(
            Figures.Milliseconds(series.MinMs), Figures.Milliseconds(series.MaxMs), Figures.Milliseconds(series.MeanMs), percentiles[0], percentiles[1], percentiles[2]);
    }

    private static TrendPoint PointOf(SeriesSnapshot series) => new(
        series.Count,
        Math.Round(series.PerSecond, 3),
        Figures.Percentage(series.Errors, series.Count),
        Figures.Milliseconds(series.MeanMs),
        Figures.Milliseconds(series.PercentileMs(0.95)),
        Figures.Percentage(series.HitRate));

    private static string Direction(double? now, double? before, double? steadyWithin) =>
        now is null || before is null ? "unknown"
        : Math.Abs(now.Value - before.Value) <= steadyWithin ? "steady"
        : now > before ? "rising"
        : "falling";
}
