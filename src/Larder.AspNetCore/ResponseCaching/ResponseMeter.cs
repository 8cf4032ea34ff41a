using Larder.Diagnostics;
using Larder.Views;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Larder.AspNetCore.ResponseCaching;

/// <summary>Counts the answers of one endpoint under its route and, where it is a view, under the view, and what was read for them under its sections.</summary>
internal sealed class ResponseMeter
{
    private readonly MetricStore _store;
    private readonly TimeProvider _time;
    private readonly MetricSeries? _view;
    private readonly Dictionary<string, MetricSeries> _sections = new(StringComparer.Ordinal);
    private MetricSeries? _route;

    public ResponseMeter(MetricStore store, TimeProvider time, View? view)
    {
        (_store, _time) = (store, time);
        if (view is not null)
        {
            _view = store.Series(SeriesKind.View, view.Name);
            foreach (var section in view.Sections)
            {
                _sections[section.Name] = store.Series(SeriesKind.Section, $"{view.Name}/{section.Name}");
            }
        }
    }

    /// <summary>Counts an answer whose headers are set. It takes no lock and allocates nothing but at the endpoint's first answer.</summary>
    public void Record(HttpContext context, CacheOutcome outcome, long startedAt)
    {
        var elapsed = _time.GetTimestamp() - startedAt;
        var response = context.Response;
        var bytes = response.ContentLength ?? 0;
        (_route ?? RouteOf(context)).Record(outcome, response.StatusCode, elapsed, bytes);
        _view?.Record(outcome, response.StatusCode, elapsed, bytes);
    }

    /// <summary>Counts an answer that ended in an exception.</summary>
    public void RecordFailure(HttpContext context, long startedAt)
    {
        var elapsed = _time.GetTimestamp() - startedAt;
        (_route ?? RouteOf(context)).Record(CacheOutcome.Miss, StatusCodes.Status500InternalServerError, elapsed, bytes: 0);
        _view?.Record(CacheOutcome.Miss, StatusCodes.Status500InternalServerError, elapsed, bytes: 0);
    }

    /// <summary>Counts the sections of a view that was run.</summary>
    public void Record(ViewResult result)
    {
        foreach (var run in result.Runs)
        {
            if (run.Outcome is SectionOutcome.NotAsked or SectionOutcome.Computed || !_sections.TryGetValue(run.Section.Name, out var series))
            {
                continue;
            }

            var elapsed = (long)(run.Elapsed.TotalSeconds * _time.TimestampFrequency);
            series.Record(OutcomeOf(run.Outcome), run.Failure is null ? ResultClass.Success : ResultClass.ServerError, elapsed, run.Fragment?.Json.Length ?? 0);
        }
    }

    private static CacheOutcome OutcomeOf(SectionOutcome outcome) => outcome switch
    {
        SectionOutcome.Hit => CacheOutcome.Hit,
        SectionOutcome.Stale => CacheOutcome.Stale,
        SectionOutcome.Collapsed => CacheOutcome.Collapsed,
        _ => CacheOutcome.Miss,
    };

    private MetricSeries RouteOf(HttpContext context)
    {
        var template = (context.GetEndpoint() as RouteEndpoint)?.RoutePattern.RawText ?? MetricStore.Other;
        return _route = _store.Series(SeriesKind.Route, $"{context.Request.Method} {template}");
    }
}
