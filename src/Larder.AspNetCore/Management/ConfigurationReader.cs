using Larder.AspNetCore.Management.Documents;
using Larder.AspNetCore.Monitoring;
using Larder.Caching;
using Larder.Data.Tracking;
using Microsoft.Extensions.Options;

namespace Larder.AspNetCore.Management;

/// <summary>Tells the configuration in force. Secrets, and addresses that may hold one, are not in it.</summary>
internal sealed class ConfigurationReader(
    LarderCache cache,
    IOptions<LarderCacheOptions> options,
    IOptions<LarderMonitoringOptions> monitoring,
    IOptions<LarderManagementOptions> management,
    ViewBenchmark benchmark,
    IEnumerable<TrackedDatabase> databases)
{
    public ConfigurationDocument Read()
    {
        var (settings, webhook) = (options.Value, monitoring.Value);
        var lagBound = cache.Publisher.Node.LagBound;
        return new(
            new(
                settings.Enabled,
                settings.Mode.ToString().ToLowerInvariant(),
                settings.VerifySampleRate,
                settings.MonitoringEnabled,
                settings.MemoryLimitBytes,
                settings.MaxConcurrentLoads,
                settings.MaxQueuedLoads),
            settings.ResolvePolicies().OrderBy(policy => policy.Key, StringComparer.Ordinal).ToDictionary(policy => policy.Key, policy => Of(policy.Value), StringComparer.Ordinal),
            new(webhook.WebhookUrl is not null, webhook.WebhookSecret is not null, webhook.WebhookTimeout.TotalSeconds),
            new(management.Value.ShowValues, benchmark.IsAllowed),
            new(
                [.. databases.Select(database => database.Options).Select(database => new DatabaseDocument(
                    database.Name, database.Dialect.ToString().ToLowerInvariant(), database.Precision.ToString().ToLowerInvariant(), database.Lookups))],
                lagBound is null ? "in_process" : "shared",
                lagBound?.TotalSeconds),
            cache.GetStatistics().RemoteStore is { } remote ? new(WithoutSecrets(remote.Name), remote.IsAvailable) : null);
    }

    private static PolicyDocument Of(CachePolicy policy) => new(
        policy.Duration.TotalSeconds,
        policy.Jitter,
        policy.MaxEntryBytes,
        policy.NoStore,
        policy.StaleWhileRevalidate.TotalSeconds,
        policy.StaleIfError.TotalSeconds,
        policy.StaleAfterInvalidation.TotalSeconds,
        policy.EagerRefresh,
        policy.NegativeDuration?.TotalSeconds,
        policy.IsStrict,
        policy.ClientMaxAge?.TotalSeconds,
        policy.IsPublic,
        policy.HonoursRequestDirectives,
        policy.UsesRemoteStore);

    // Its own name holds none; this is for a store that somebody else writes.
    private static string WithoutSecrets(string name) => name[(name.LastIndexOf('@') + 1)..];
}
