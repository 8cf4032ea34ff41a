using Larder.AspNetCore.Management.Documents;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Larder.AspNetCore.Management.Health;

/// <summary>Writes what health checks found, for load balancers: the state and words of a closed set, nothing that somebody else could put there.</summary>
internal static class LarderHealth
{
    public const string Reasons = "reasons";
    public const string ReadyTag = "ready";

    public static Task WriteLiveAsync(HttpContext context, HealthReport report) => WriteAsync(context, new("live", []));

    /// <summary>Of checks that the host added with the same tag only the names are told.</summary>
    public static Task WriteReadyAsync(HttpContext context, HealthReport report) => WriteAsync(context, new(
        report.Status switch { HealthStatus.Healthy => "ready", HealthStatus.Degraded => "degraded", _ => "unhealthy" },
        [.. report.Entries.Where(entry => entry.Value.Status != HealthStatus.Healthy).SelectMany(entry => entry.Value.Data.GetValueOrDefault(Reasons) as List<string> ?? [entry.Key])]));

    private static Task WriteAsync(HttpContext context, ReadinessDocument document) => HttpMethods.IsHead(context.Request.Method)
        ? Task.CompletedTask
        : context.Response.WriteAsJsonAsync(document, ManagementJson.Default.ReadinessDocument, cancellationToken: context.RequestAborted);
}
