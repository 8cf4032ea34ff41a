using System.Text.Json;
using Larder.AspNetCore.Management;
using Larder.AspNetCore.Monitoring;
using Larder.AspNetCore.RequestLog;
using Larder.Warming;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Larder.AspNetCore.Warming;

/// <summary>Tells operators how warming is doing, and lets them begin it.</summary>
internal sealed class WarmingReporter(WarmingService warming, PopularRequests popular, IOptions<WarmingOptions> options, ILogger<WarmingReporter> logger)
{
    private const int MostNames = 100;
    private const int LongestName = 100;

    public WarmingReport Read() => new(options.Value.Enabled, popular.Count, [.. warming.Read().Select(DocumentOf)]);

    /// <exception cref="ManagementRefusedException">There is no task of a name.</exception>
    public WarmAnswer Warm(HttpContext context, IReadOnlyList<string>? names) => names switch
    {
        null => Ask(context, [.. warming.Read().Select(status => status.Task.Name)]),
        { Count: > MostNames } => throw ManagementRefusedException.Of("tasks", $"has at most {MostNames} names."),
        _ => Ask(context, names),
    };

    public WarmAnswer WarmCritical(HttpContext context) =>
        Ask(context, [.. warming.Read().Where(status => status.Task.Priority == WarmingPriority.Critical).Select(status => status.Task.Name)]);

    private WarmAnswer Ask(HttpContext context, IReadOnlyList<string> names)
    {
        if (warming.Ask([.. names]) is { } unknown)
        {
            throw new ManagementRefusedException(StatusCodes.Status404NotFound, $"There is no warming task '{RequestLogText.OneLine(unknown, LongestName)}'.", "tasks");
        }

        Management.Log.Warmed(logger, ManagementAccess.NameOf(context), ManagementAccess.AddressOf(context), string.Join(", ", names));
        return new(Success: true, $"{names.Count} warming {(names.Count == 1 ? "task is" : "tasks are")} due now; /api/advanced-cache/analytics/warming-status tells how it goes.", names);
    }

    private static WarmingTaskDocument DocumentOf(WarmingStatus status) => new(
        status.Task.Name,
        NameOf(status.Task.Priority),
        NameOf(status.State),
        status.LastRun,
        status.NextRun,
        status.Runs,
        status.Failures,
        status.Runs == 0 ? null : Math.Round(100.0 * (status.Runs - status.Failures) / status.Runs, 2),
        status.AverageDuration is { } average ? Math.Round(average.TotalMilliseconds, 3) : null,
        status.LastError,
        status.Task.Interval?.TotalSeconds,
        status.Task.DependsOn);

    private static string NameOf<T>(T value)
        where T : struct, Enum => JsonNamingPolicy.SnakeCaseLower.ConvertName(value.ToString());
}
