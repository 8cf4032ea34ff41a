using System.Globalization;
using System.Text;
using Larder.Views;

namespace Larder.AspNetCore.Views;

/// <summary>The <c>Server-Timing</c> header (W3C): how long each section took, in milliseconds, and how it came about.</summary>
internal static class ServerTiming
{
    public static string Of(ViewResult result)
    {
        var text = new StringBuilder(result.Runs.Count * 32);
        foreach (var run in result.Runs)
        {
            if (run.Outcome == SectionOutcome.NotAsked)
            {
                continue;
            }

            text.Append(text.Length == 0 ? "" : ", ")
                .Append(run.Section.Name)
                .Append(CultureInfo.InvariantCulture, $";dur={run.Elapsed.TotalMilliseconds:0.##};desc=")
                .Append(DescriptionOf(run.Outcome));
        }

        return text.ToString();
    }

    public static string DescriptionOf(SectionOutcome outcome) => outcome switch
    {
        SectionOutcome.Hit => "hit",
        SectionOutcome.Stale => "stale",
        SectionOutcome.Collapsed => "collapsed",
        SectionOutcome.Loaded => "loaded",
        SectionOutcome.Computed => "computed",
        _ => "failed",
    };
}
