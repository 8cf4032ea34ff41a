using System.Globalization;
using Larder.AspNetCore.Monitoring.Documents;
using Larder.Caching;
using Larder.Diagnostics;

namespace Larder.AspNetCore.Monitoring;

/// <summary>
/// Says what to change, from real use: the last hour of each route, view and section. Each recommendation carries the figures it was made of and the setting
/// it is about. Fewer than <see cref="EnoughAnswers"/> answers say nothing.
/// </summary>
internal sealed class Recommender(PerformanceReader performance, CacheReporter cache, LarderCache policies, ViewPolicies views)
{
    internal const int EnoughAnswers = 100;
    internal const double SlowP95Ms = 500;
    internal const double SlowSectionMs = 200;
    internal const double LowHitRatePercent = 40;
    internal const double LargeBodyBytes = 256 * 1024;
    internal const double LeastGainPercent = 20;

    private const double FullPercent = 90;
    private const int MissesOfAWrite = 4;
    private static readonly TimeSpan LongLifetime = TimeSpan.FromHours(1);

    public IReadOnlyList<Recommendation> Recommend()
    {
        List<Recommendation> found = [];
        var figures = cache.Figures();
        var invalidations = cache.Invalidations().Total;
        foreach (var route in performance.Series(new(MetricWindow.Hour, SeriesKind.Route, null)).Where(route => route.Count >= EnoughAnswers))
        {
            AddIf(found, route.PercentileMs(0.95) > SlowP95Ms, () => Slow(route));
            AddIf(found, (double)route.Bytes / route.Count > LargeBodyBytes, () => Large(route));
        }

        foreach (var view in performance.Series(new(MetricWindow.Hour, SeriesKind.View, null)).Where(view => view.CacheHits + view.CacheMisses >= EnoughAnswers))
        {
            var rate = Figures.Percentage(view.HitRate);
            AddIf(found, view.CacheHits == 0, () => NeverHit(view));
            AddIf(found, view.CacheHits > 0 && rate < LowHitRatePercent && view.CacheMisses > MissesOfAWrite * invalidations, () => TooShort(view, invalidations));
            AddIf(found, view.CacheHits > 0 && Figures.GainPercent(view) < LeastGainPercent, () => LittleGain(view));
        }

        foreach (var section in performance.Series(new(MetricWindow.Hour, SeriesKind.Section, null)))
        {
            AddIf(found, section.CountOf(CacheOutcome.Miss) >= EnoughAnswers && section.MeanMsOf(CacheOutcome.Miss) > SlowSectionMs, () => SlowSection(section));
        }

        AddIf(found, figures is { MemoryUsedPercent: >= FullPercent, Evictions: > 0 }, () => MoreMemory(figures));
        AddIf(found, figures is { MemoryUsedPercent: >= FullPercent, Evictions: > 0 } && LongestPolicy() is { Duration: var duration } && duration > LongLifetime, () => TooLong(figures));
        return found;
    }

    private static void AddIf(List<Recommendation> found, bool applies, Func<Recommendation> recommendation)
    {
        if (applies)
        {
            found.Add(recommendation());
        }
    }

    private static Recommendation Slow(SeriesSnapshot route) => new(
        "slow_endpoint",
        route.Name,
        "One answer in twenty takes longer than 500 ms: find its slowest sections, or refresh it before it expires.",
        "CachePolicyOptions.EagerRefresh",
        "0.8",
        Evidence(("count", route.Count), ("p95_ms", route.PercentileMs(0.95)), ("cache_hit_rate", Figures.Percentage(route.HitRate))));

    private static Recommendation Large(SeriesSnapshot route) => new(
        "too_large",
        route.Name,
        "Its answers are large: fewer rows or fields, or a limit on what is stored of it.",
        "CachePolicyOptions.MaxEntryBytes",
        SuggestedValue: null,
        Evidence(("count", route.Count), ("avg_bytes", (double)route.Bytes / route.Count)));

    private Recommendation NeverHit(SeriesSnapshot view) => new(
        "never_hit",
        view.Name,
        "Nothing of it was ever answered from the store: its key may be different for each caller, or it changes between any two requests. Storing it only takes memory.",
        $"Larder:Policies:{views.PolicyOf(view.Name)}:NoStore",
        "true",
        Evidence(("lookups", view.CacheHits + view.CacheMisses), ("cache_hits", 0)));

    private Recommendation TooShort(SeriesSnapshot view, long invalidations)
    {
        var policy = views.PolicyOf(view.Name);
        var duration = policies.TryGetPolicy(policy, out var known) ? known.Duration : policies.DefaultPolicy.Duration;
        return new(
            "lifetime_too_short",
            view.Name,
            "Most lookups miss although little was written: what is stored expires before it is asked for again.",
            $"Larder:Policies:{policy}:Duration",
            (2 * duration).ToString("c", CultureInfo.InvariantCulture),
            Evidence(("cache_hit_rate", Figures.Percentage(view.HitRate)), ("cache_misses", view.CacheMisses), ("invalidations", invalidations), ("duration_seconds", duration.TotalSeconds)));
    }

    private Recommendation LittleGain(SeriesSnapshot view) => new(
        "little_gain",
        view.Name,
        "A hit is hardly faster than a miss: caching it gains nothing.",
        $"Larder:Policies:{views.PolicyOf(view.Name)}:NoStore",
        "true",
        Evidence(("gain_percent", Figures.GainPercent(view)), ("avg_hit_ms", view.MeanMsOf(CacheOutcome.Hit)), ("avg_miss_ms", view.MeanMsOf(CacheOutcome.Miss))));

    private static Recommendation SlowSection(SeriesSnapshot section) => new(
        "slow_section",
        section.Name,
        "Its source takes more than 200 ms: look at the statement's plan (the request log writes it with bff_slow_query), or give the section a longer lifetime of its own.",
        "section.Policy(…)",
        SuggestedValue: null,
        Evidence(("misses", section.CountOf(CacheOutcome.Miss)), ("avg_miss_ms", section.MeanMsOf(CacheOutcome.Miss)), ("p95_ms", section.PercentileMs(0.95))));

    private static Recommendation MoreMemory(CacheFigures figures) => new(
        "memory_full",
        "cache",
        "Entries are evicted before they expire, because the memory is full.",
        "Larder:MemoryLimitBytes",
        (2 * figures.MemoryLimitBytes).ToString(CultureInfo.InvariantCulture),
        Evidence(("memory_used_percent", figures.MemoryUsedPercent), ("evictions", figures.Evictions)));

    private Recommendation TooLong(CacheFigures figures)
    {
        var policy = LongestPolicy();
        return new(
            "lifetime_too_long",
            policy.Name,
            "The memory is full, and this policy keeps entries for more than an hour whether they are asked for or not.",
            $"Larder:Policies:{policy.Name}:Duration",
            LongLifetime.ToString("c", CultureInfo.InvariantCulture),
            Evidence(("duration_seconds", policy.Duration.TotalSeconds), ("memory_used_percent", figures.MemoryUsedPercent), ("evictions", figures.Evictions)));
    }

    private CachePolicy LongestPolicy() => views.All
        .Select(name => policies.TryGetPolicy(name, out var policy) ? policy : policies.DefaultPolicy)
        .Append(policies.DefaultPolicy)
        .MaxBy(policy => policy.Duration)!;

    private static Dictionary<string, double> Evidence(params (string Name, double? Value)[] figures) => figures
        .Where(figure => figure.Value is not null)
        .ToDictionary(figure => figure.Name, figure => Math.Round(figure.Value!.Value, 3), StringComparer.Ordinal);
}
