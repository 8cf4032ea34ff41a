using Larder.Caching;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Larder.AspNetCore.Management.Health;

/// <summary>
/// Whether this node should get requests. A cache that is off, a log or a second level that is away make it degraded, not unready: it answers, and if all nodes stood aside for them nobody would. Only a node
/// that has just started and has not heard of the invalidation log yet is not ready, for <see cref="CatchUpPatience"/> at most, because a node has to come up without the log as well.
/// </summary>
internal sealed class ReadinessCheck(LarderCache cache, TimeProvider time) : IHealthCheck
{
    internal static readonly TimeSpan CatchUpPatience = TimeSpan.FromSeconds(30);

    private readonly long _startedAt = time.GetTimestamp();

    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var timestamp = time.GetTimestamp();
        var node = cache.Publisher.Node;
        var hasHeardNothing = node.LagAt(timestamp) == TimeSpan.MaxValue;
        var statistics = cache.GetStatistics();
        List<string> reasons = [];
        Say(hasHeardNothing, "catching_up");
        Say(!statistics.Available, "cache_off");
        Say(!hasHeardNothing && node.IsLagging(timestamp), "invalidation_log_behind");
        Say(cache.Publisher.Pending > 0, "invalidation_log_unreachable");
        Say(statistics.RemoteStore is { IsAvailable: false }, "second_level_unreachable");
        var status = hasHeardNothing && time.GetElapsedTime(_startedAt, timestamp) < CatchUpPatience ? HealthStatus.Unhealthy
            : reasons.Count > 0 ? HealthStatus.Degraded
            : HealthStatus.Healthy;
        return Task.FromResult(new HealthCheckResult(status, data: new Dictionary<string, object>(StringComparer.Ordinal) { [LarderHealth.Reasons] = reasons }));

        void Say(bool applies, string reason)
        {
            if (applies)
            {
                reasons.Add(reason);
            }
        }
    }
}
