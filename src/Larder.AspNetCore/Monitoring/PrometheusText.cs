using System.Globalization;
using System.Text;
using Larder.AspNetCore.Monitoring.Alerts;
using Larder.Diagnostics;
using Microsoft.AspNetCore.Http;

namespace Larder.AspNetCore.Monitoring;

/// <summary>
/// The figures in the text format of Prometheus (0.0.4), since the start: a reset does not touch them. Labels are routes, views and sections as far as the store has
/// series of their own, and closed sets.
/// </summary>
internal sealed class PrometheusText(MetricStore store, CacheReporter cache, AlertBoard alerts)
{
    private const string ContentType = "text/plain; version=0.0.4; charset=utf-8";
    private const double MsOfASecond = 1000;

    private static readonly double[] BoundsInSeconds = [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

    public Task WriteAsync(HttpContext context)
    {
        context.Response.ContentType = ContentType;
        context.Response.Headers.CacheControl = "no-store";
        return context.Response.WriteAsync(Text(), context.RequestAborted);
    }

    public string Text()
    {
        var text = new StringBuilder(16 * 1024);
        WriteRoutes(text);
        WriteSections(text);
        WriteCache(text);
        WriteInvalidations(text);
        Begin(text, "larder_alert_firing", "gauge", "Whether an alert of this node fires.");
        foreach (var (rule, level, isFiring) in alerts.Firing())
        {
            Sample(text, "larder_alert_firing", $"rule=\"{rule}\",level=\"{level}\"", isFiring ? 1 : 0);
        }

        return text.ToString();
    }

    private void WriteRoutes(StringBuilder text)
    {
        var routes = store.ReadAll(SeriesKind.Route, MetricWindow.SinceStart).Where(route => route.Count > 0).ToArray();
        Begin(text, "larder_requests_total", "counter", "Answers by route, what the cache did, and how they ended.");
        foreach (var route in routes)
        {
            WriteCounts(text, "larder_requests_total", RouteLabels(route), route);
        }

        Begin(text, "larder_request_duration_seconds", "histogram", "How long answers took; bounds are kept to within 1 %.");
        foreach (var route in routes)
        {
            var labels = RouteLabels(route);
            foreach (var bound in BoundsInSeconds)
            {
                Sample(text, "larder_request_duration_seconds_bucket", $"{labels},le=\"{Number(bound)}\"", route.CountAtMost(bound * MsOfASecond));
            }

            var count = route.CountAtMost(double.PositiveInfinity);
            Sample(text, "larder_request_duration_seconds_bucket", $"{labels},le=\"+Inf\"", count);
            Sample(text, "larder_request_duration_seconds_sum", labels, route.TotalMs / MsOfASecond);
            Sample(text, "larder_request_duration_seconds_count", labels, count);
        }

        Begin(text, "larder_response_bytes_total", "counter", "Length of all bodies whose length was known.");
        foreach (var route in routes)
        {
            Sample(text, "larder_response_bytes_total", RouteLabels(route), route.Bytes);
        }
    }

    private void WriteSections(StringBuilder text)
    {
        var sections = store.ReadAll(SeriesKind.Section, MetricWindow.SinceStart).Where(section => section.Count > 0).ToArray();
        Begin(text, "larder_section_reads_total", "counter", "Sections of views read for an answer, by what the cache did and how it ended.");
        foreach (var section in sections)
        {
            WriteCounts(text, "larder_section_reads_total", SectionLabels(section), section);
        }

        Begin(text, "larder_section_duration_seconds", "summary", "How long sections took.");
        foreach (var section in sections)
        {
            Sample(text, "larder_section_duration_seconds_sum", SectionLabels(section), section.TotalMs / MsOfASecond);
            Sample(text, "larder_section_duration_seconds_count", SectionLabels(section), section.Count);
        }
    }

    private void WriteCache(StringBuilder text)
    {
        var figures = cache.Figures();
        Single(text, "larder_cache_hits_total", "counter", "Lookups answered from the store.", figures.Hits);
        Single(text, "larder_cache_misses_total", "counter", "Lookups not answered from the store.", figures.Misses);
        Single(text, "larder_cache_evictions_total", "counter", "Entries removed to make room.", figures.Evictions);
        Single(text, "larder_cache_entries", "gauge", "Entries held.", figures.TotalKeys);
        Single(text, "larder_cache_memory_bytes", "gauge", "Memory that entries take.", figures.MemoryUsedBytes);
        Single(text, "larder_cache_memory_limit_bytes", "gauge", "The most memory that entries may take.", figures.MemoryLimitBytes);
        Single(text, "larder_monitoring_memory_bytes", "gauge", "Memory that the figures themselves take.", store.Bytes);
    }

    private void WriteInvalidations(StringBuilder text)
    {
        var invalidations = cache.Invalidations();
        Begin(text, "larder_invalidations_total", "counter", "Write sets published by this node, by cause.");
        foreach (var (_, cause) in CacheReporter.Causes)
        {
            Sample(text, "larder_invalidations_total", $"cause=\"{cause}\"", invalidations.ByCause[cause]);
        }

        Single(text, "larder_invalidations_pending", "gauge", "Write sets that the log has not taken yet.", invalidations.Pending);
        if (invalidations.LogLagMs is { } lag)
        {
            Single(text, "larder_invalidation_lag_seconds", "gauge", "How far behind the invalidation log this node may be.", lag / MsOfASecond);
        }
    }

    private static void WriteCounts(StringBuilder text, string name, string labels, SeriesSnapshot series)
    {
        foreach (var (outcome, result, count) in series.Counts())
        {
            Sample(text, name, $"{labels},outcome=\"{SeriesLabels.Of(outcome)}\",result=\"{SeriesLabels.Of(result)}\"", count);
        }
    }

    private static string RouteLabels(SeriesSnapshot route)
    {
        var space = route.Name.IndexOf(' ');
        return $"method=\"{Escape(space < 0 ? "" : route.Name[..space])}\",route=\"{Escape(route.Name[(space + 1)..])}\"";
    }

    private static string SectionLabels(SeriesSnapshot section)
    {
        var slash = section.Name.IndexOf('/');
        return $"view=\"{Escape(slash < 0 ? section.Name : section.Name[..slash])}\",section=\"{Escape(section.Name[(slash + 1)..])}\"";
    }

    private static void Single(StringBuilder text, string name, string type, string help, double value)
    {
        Begin(text, name, type, help);
        text.Append(name).Append(' ').Append(Number(value)).Append('\n');
    }

    private static void Begin(StringBuilder text, string name, string type, string help) =>
        text.Append("# HELP ").Append(name).Append(' ').Append(help).Append("\n# TYPE ").Append(name).Append(' ').Append(type).Append('\n');

    private static void Sample(StringBuilder text, string name, string labels, double value) =>
        text.Append(name).Append('{').Append(labels).Append("} ").Append(Number(value)).Append('\n');

    private static string Number(double value) => value.ToString("R", CultureInfo.InvariantCulture);

    private static string Escape(string value) =>
        value.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal);
}
