using System.Diagnostics;
using Larder.Views;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Larder.AspNetCore.RequestLog;

/// <summary>One request on its way through the application. Pooled: a hit leaves nothing behind for the garbage collector.</summary>
internal sealed class LarderRequestFeature(RequestLogLevels levels, TimeProvider time) : ILarderRequestFeature
{
    private readonly List<CacheLookupReport> _lookups = [];
    private HttpContext? _context;

    public bool? IsCached { get; set; }

    public bool IsLookupLogged { get; } = levels.IsOn(RequestLogEvent.CacheHit) || levels.IsOn(RequestLogEvent.CacheMiss);

    public long StartedAt { get; private set; }

    public string Method { get; private set; } = "";

    public string? PathBase { get; private set; }

    public string? Path { get; private set; }

    public string? Query { get; private set; }

    public Activity? Activity { get; private set; }

    public string? Route { get; private set; }

    public SectionReport[]? Sections { get; private set; }

    public TimeSpan AggregationElapsed { get; private set; }

    public CacheLookupReport[]? Lookups => _lookups.Count == 0 ? null : [.. _lookups];

    /// <summary>Takes what an error page could change before the end.</summary>
    public void Begin(HttpContext context)
    {
        var request = context.Request;
        _context = context;
        StartedAt = time.GetTimestamp();
        Method = request.Method;
        PathBase = request.PathBase.Value;
        Path = request.Path.Value;
        Query = request.QueryString.Value;
        Activity = Activity.Current;
    }

    public void ReportLookup(string cacheKey, bool isHit)
    {
        if (levels.IsOn(isHit ? RequestLogEvent.CacheHit : RequestLogEvent.CacheMiss))
        {
            NoteRoute();
            _lookups.Add(new CacheLookupReport(cacheKey, isHit));
        }
    }

    public void Report(ViewResult result)
    {
        ArgumentNullException.ThrowIfNull(result);
        IsCached = result.IsCached;
        if (IsLookupLogged)
        {
            foreach (var run in result.Runs)
            {
                if (run.CacheKey is { } key)
                {
                    ReportLookup(key, run.Outcome is SectionOutcome.Hit or SectionOutcome.Stale);
                }
            }
        }

        if (!result.IsCached && levels.IsOn(RequestLogEvent.AggregationComplete))
        {
            NoteRoute();
            AggregationElapsed = time.GetElapsedTime(StartedAt);
            Sections = [.. result.Runs
                .Where(run => run.Outcome != SectionOutcome.NotAsked)
                .Select(run => new SectionReport(run.Section.Name, run.Outcome, run.Elapsed))];
        }
    }

    /// <summary>Forgets the request.</summary>
    public void End()
    {
        _lookups.Clear();
        _context = null;
        IsCached = null;
        PathBase = Path = Query = Route = null;
        Activity = null;
        Sections = null;
    }

    private void NoteRoute() => Route ??= (_context?.GetEndpoint() as RouteEndpoint)?.RoutePattern.RawText;
}
