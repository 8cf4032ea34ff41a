using System.Diagnostics;
using Larder.Views;

namespace Larder.Diagnostics;

/// <summary>
/// The activities of the source "Larder": one for each view that is run, within the trace of the request that it is run for, with an event for each of its sections. Hits
/// have none: the server's own activity is theirs.
/// </summary>
internal static class LarderActivities
{
    /// <summary>The name to give to <c>AddSource</c>.</summary>
    internal const string SourceName = "Larder";

    private static readonly ActivitySource Source = new(SourceName);

    internal static Activity? StartView(View view) => Source.HasListeners() ? Source.StartActivity($"view {view.Name}")?.SetTag("larder.view", view.Name) : null;

    internal static void End(Activity? activity, ViewResult result)
    {
        if (activity is not { IsAllDataRequested: true })
        {
            return;
        }

        foreach (var run in result.Runs.Where(run => run.IsAsked))
        {
            activity.AddEvent(new ActivityEvent(
                "larder.section",
                tags: new ActivityTagsCollection
                {
                    ["larder.section"] = run.Section.Name,
                    ["larder.cache.outcome"] = run.Outcome.ToString().ToLowerInvariant(),
                    ["larder.duration_ms"] = run.Elapsed.TotalMilliseconds,
                }));
        }

        if (result.Failure is { } failure)
        {
            activity.SetTag("error.type", failure.Kind.ToString()).SetStatus(ActivityStatusCode.Error);
        }
    }
}
