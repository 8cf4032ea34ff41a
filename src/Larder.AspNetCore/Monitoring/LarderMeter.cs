using System.Diagnostics.Metrics;
using Larder.AspNetCore.Monitoring.Documents;
using Larder.Diagnostics;

namespace Larder.AspNetCore.Monitoring;

/// <summary>
/// The instruments of the meter "Larder", all observed from the store and the cache's counters: nothing is counted for them. Names and units follow OpenTelemetry; what it
/// has conventions for (<c>http.server.request.duration</c>, <c>db.client.operation.duration</c>) the server and the driver publish themselves.
/// </summary>
internal sealed class LarderMeter(IMeterFactory factory, MetricStore store, CacheReporter cache)
{
    /// <summary>The name to give to <c>AddMeter</c>.</summary>
    internal const string Name = "Larder";

    private Meter? _meter;

    public void Start()
    {
        if (_meter is not null)
        {
            return;
        }

        var meter = _meter = factory.Create(Name);
        meter.CreateObservableCounter("larder.requests", Requests, "{request}", "Answers by route, what the cache did, and how they ended.");
        meter.CreateObservableCounter("larder.section.reads", SectionReads, "{read}", "Sections of views read for an answer.");
        meter.CreateObservableCounter("larder.section.time", SectionTimes, "s", "Time spent on sections.");
        meter.CreateObservableCounter("larder.cache.hits", () => cache.Figures().Hits, "{lookup}", "Lookups answered from the store.");
        meter.CreateObservableCounter("larder.cache.misses", () => cache.Figures().Misses, "{lookup}", "Lookups not answered from the store.");
        meter.CreateObservableCounter("larder.cache.evictions", () => cache.Figures().Evictions, "{entry}", "Entries removed to make room.");
        meter.CreateObservableUpDownCounter("larder.cache.entries", () => cache.Figures().TotalKeys, "{entry}", "Entries held.");
        meter.CreateObservableUpDownCounter("larder.cache.memory.usage", () => cache.Figures().MemoryUsedBytes, "By", "Memory that entries take.");
        meter.CreateObservableUpDownCounter("larder.cache.memory.limit", () => cache.Figures().MemoryLimitBytes, "By", "The most memory that entries may take.");
        meter.CreateObservableCounter("larder.invalidations", Invalidations, "{write}", "Write sets published by this node, by cause.");
        meter.CreateObservableUpDownCounter("larder.invalidations.pending", () => (long)cache.Invalidations().Pending, "{write}", "Write sets that the log has not taken yet.");
        meter.CreateObservableGauge("larder.invalidation.lag", Lag, "s", "How far behind the invalidation log this node may be.");
    }

    private IEnumerable<Measurement<long>> Requests() =>
        from route in store.ReadAll(SeriesKind.Route, MetricWindow.SinceStart)
        let space = route.Name.IndexOf(' ')
        from count in route.Counts()
        select new Measurement<long>(
            count.Count,
            new("http.request.method", space < 0 ? "" : route.Name[..space]),
            new("http.route", route.Name[(space + 1)..]),
            new("larder.cache.outcome", SeriesLabels.Of(count.Outcome)),
            new("larder.result", SeriesLabels.Of(count.Result)));

    private IEnumerable<Measurement<long>> SectionReads() =>
        from section in store.ReadAll(SeriesKind.Section, MetricWindow.SinceStart)
        from count in section.Counts()
        select new Measurement<long>(
            count.Count, new("larder.section", section.Name), new("larder.cache.outcome", SeriesLabels.Of(count.Outcome)), new("larder.result", SeriesLabels.Of(count.Result)));

    private IEnumerable<Measurement<double>> SectionTimes() =>
        from section in store.ReadAll(SeriesKind.Section, MetricWindow.SinceStart)
        where section.Count > 0
        select new Measurement<double>(section.TotalMs / 1000, new KeyValuePair<string, object?>("larder.section", section.Name));

    private IEnumerable<Measurement<long>> Invalidations() =>
        cache.Invalidations().ByCause.Select(cause => new Measurement<long>(cause.Value, new KeyValuePair<string, object?>("larder.cause", cause.Key)));

    private IEnumerable<Measurement<double>> Lag() => cache.Invalidations() is { LogLagMs: { } lag } ? [new Measurement<double>(lag / 1000)] : [];
}
