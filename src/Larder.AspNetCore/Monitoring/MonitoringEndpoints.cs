using System.Text.Json.Serialization.Metadata;
using Larder.AspNetCore.Monitoring.Alerts;
using Larder.AspNetCore.Monitoring.Documents;
using Larder.Diagnostics;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Larder.AspNetCore.Monitoring;

/// <summary>The endpoints below the three prefixes, all fed from the one store and the cache's own counters.</summary>
internal sealed class MonitoringEndpoints(RouteGroupBuilder group)
{
    private const string Monitoring = "/api/bff/monitoring";
    private const string Cache = "/api/v2/cache";
    private const string Analytics = "/api/advanced-cache/analytics";

    private static readonly MonitoringJson Json = MonitoringJson.Default;
    private readonly IServiceProvider _services = ((IEndpointRouteBuilder)group).ServiceProvider;

    public void Map()
    {
        var performance = _services.GetRequiredService<PerformanceReader>();
        var cache = _services.GetRequiredService<CacheReporter>();
        var analytics = _services.GetRequiredService<AnalyticsReporter>();
        var alerts = _services.GetRequiredService<AlertBoard>();
        var recommender = _services.GetRequiredService<Recommender>();
        var text = _services.GetRequiredService<PrometheusText>();

        Get($"{Monitoring}/stats", "Requests, errors, times and hits by route", "window endpoint kind", Json.EnvelopeDictionaryStringEndpointStatistics,
            query => new(performance.Statistics(query)));
        Get($"{Monitoring}/summary", "Requests, errors, times and hits in all", "window", Json.EnvelopePerformanceSummary,
            query => new(performance.Summary(query.Window)));
        Get($"{Monitoring}/health", "Degraded at an error rate of 5 % or an average of 1000 ms; of the last 5 minutes unless asked otherwise", "window", Json.PerformanceHealth,
            query => performance.Health(query.Window), MetricWindow.FiveMinutes);
        Get($"{Monitoring}/details", "All that is counted of routes, views or sections: 4xx, each outcome with the reasons of a bypass, what the cache saves", "window endpoint kind",
            Json.EnvelopeSeriesDetails, query => new(performance.Details(query)));
        Get($"{Monitoring}/trends", "Each route over all windows, and where its figures go", "endpoint kind", Json.EnvelopeDictionaryStringTrend,
            query => new(performance.Trends(query)));
        Get($"{Monitoring}/invalidations", "What was invalidated by cause, and how far behind the log this node is", "", Json.EnvelopeInvalidationFigures,
            _ => new(cache.Invalidations()));
        Get($"{Monitoring}/alerts", "Alerts that are pending, firing, or were resolved within the last hour; the worst first", "", Json.EnvelopeIReadOnlyListAlert,
            _ => new(alerts.Read()));
        Get($"{Monitoring}/recommendations", "What to change, with its evidence, from the last hour of use", "", Json.EnvelopeIReadOnlyListRecommendation,
            _ => new(recommender.Recommend()));
        Get($"{Cache}/health", "Whether the cache serves, and what stands against it", "", Json.CacheHealth, _ => cache.Health());
        Get($"{Cache}/metrics", "What the cache holds, and its hits and misses since the start", "", Json.EnvelopeCacheFigures, _ => new(cache.Figures()));
        Get($"{Cache}/performance-report", "What is slow, what the cache saves, and what to change", "window", Json.EnvelopePerformanceReport,
            query => new(analytics.Report(query)));
        Get($"{Analytics}/overview", "Requests, outcomes, the cache and invalidations at one look", "window", Json.EnvelopeAnalyticsOverview,
            query => new(analytics.Overview(query)));
        Get($"{Analytics}/query-metrics", "Statements whose results are kept, since the start, and sections of views", "window", Json.EnvelopeQueryMetrics,
            query => new(cache.Queries(query.Window)));
        group.MapPost($"{Monitoring}/reset", (Delegate)(Func<HttpContext, Task>)ResetAsync)
            .WithTags(MonitoringOperation.Tag)
            .WithSummary("Lets all figures but those of /metrics begin anew")
            .AddOpenApiOperationTransformer(new MonitoringOperation("", typeof(ResetAnswer), Json.Options).TransformAsync);
        group.MapGet("/metrics", (Delegate)(Func<HttpContext, Task>)text.WriteAsync).ExcludeFromDescription();
    }

    private void Get<T>(
        string pattern, string summary, string parameters, JsonTypeInfo<T> type, Func<MonitoringQuery, T> answer, MetricWindow window = MetricWindow.SinceReset) =>
        group.MapGet(pattern, (Delegate)((HttpContext context) => AnswerAsync(context, type, answer, window)))
            .WithTags(MonitoringOperation.Tag)
            .WithSummary(summary)
            .AddOpenApiOperationTransformer(new MonitoringOperation(parameters, typeof(T), Json.Options).TransformAsync);

    private static Task AnswerAsync<T>(HttpContext context, JsonTypeInfo<T> type, Func<MonitoringQuery, T> answer, MetricWindow window)
    {
        context.Response.Headers.CacheControl = "no-store";
        return MonitoringQuery.Parse(context.Request.Query, window, out var errors) is { } query
            ? context.Response.WriteAsJsonAsync(answer(query), type, cancellationToken: context.RequestAborted)
            : TypedResults.ValidationProblem(errors).ExecuteAsync(context);
    }

    private Task ResetAsync(HttpContext context)
    {
        _services.GetRequiredService<MetricStore>().Reset();
        Log.StatisticsReset(
            _services.GetRequiredService<ILoggerFactory>().CreateLogger<MonitoringEndpoints>(),
            ManagementAccess.NameOf(context),
            ManagementAccess.AddressOf(context));
        context.Response.Headers.CacheControl = "no-store";
        return context.Response.WriteAsJsonAsync(
            new ResetAnswer(Success: true, "Performance statistics reset successfully"), Json.ResetAnswer, cancellationToken: context.RequestAborted);
    }
}
