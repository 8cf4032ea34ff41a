using System.Text.Json;

namespace Larder.AspNetCore.Management.Documents;

internal sealed record EntryPage(long TotalKeys, int Matching, bool IsComplete, IReadOnlyList<EntryDocument> Entries);

/// <summary>An entry in a list. The remaining seconds are negative where it is kept to be served stale.</summary>
internal sealed record EntryDocument(
    string Key, string? Policy, bool IsServed, string Freshness, double AgeSeconds, double RemainingSeconds, long Bytes, int TagCount, int RecentHits);

/// <summary>One entry with what it depends on. The value is null unless the host shows values.</summary>
internal sealed record EntryDetail(
    EntryDocument Entry, string? Because, string ReadAt, IReadOnlyList<TagDocument> Tags, IReadOnlyList<StatementDocument> Statements, string? Value);

internal sealed record TagDocument(string Name, bool IsWrittenSince, IReadOnlyList<int> Statements);

/// <summary>A statement that an entry was read by. The values of its parameters are null unless the host shows values.</summary>
internal sealed record StatementDocument(string Database, string Text, IReadOnlyDictionary<string, string?> Parameters);

/// <summary>How the next request would be answered: hit; expired, invalidated or miss, which load; bypass, which passes the store by; uncached where the endpoint is not cached at all.</summary>
internal sealed record RequestExplanation(string? Path, string? Route, string? Policy, string? Key, string Outcome, string? Because, EntryDetail? Entry);

internal sealed record DropExplanation(string Table, IReadOnlyList<string> Tags, IReadOnlyList<string> Drops, int DropCount);

internal sealed record InvalidationAnswer(bool Success, string Message, int Dropped, bool IsComplete);

internal sealed record BenchmarkAnswer(double? PerformanceImprovementPercent, double AvgCachedMs, double AvgUncachedMs, bool MeetsTarget);

internal sealed record PerformanceTestAnswer(
    string View,
    string Path,
    int StatusCode,
    int Iterations,
    int CachedHits,
    long BodyBytes,
    double? PerformanceImprovementPercent,
    double TargetPercent,
    bool MeetsTarget,
    TimesDocument Cached,
    TimesDocument Uncached);

internal sealed record TimesDocument(double MinMs, double AvgMs, double MedianMs, double P95Ms, double MaxMs);

/// <summary>The configuration in force. Nothing in it is secret: addresses and secrets are only said to be there.</summary>
internal sealed record ConfigurationDocument(
    CacheConfiguration Cache,
    IReadOnlyDictionary<string, PolicyDocument> Policies,
    MonitoringConfiguration Monitoring,
    ManagementConfiguration Management,
    FreshnessConfiguration Freshness,
    RemoteDocument? SecondLevel);

internal sealed record CacheConfiguration(
    bool Enabled, string Mode, double VerifySampleRate, bool MonitoringEnabled, long MemoryLimitBytes, int MaxConcurrentLoads, int MaxQueuedLoads);

internal sealed record PolicyDocument(
    double DurationSeconds,
    double Jitter,
    long MaxEntryBytes,
    bool NoStore,
    double StaleWhileRevalidateSeconds,
    double StaleIfErrorSeconds,
    double StaleAfterInvalidationSeconds,
    double? EagerRefresh,
    double? NegativeDurationSeconds,
    bool IsStrict,
    double? ClientMaxAgeSeconds,
    bool IsPublic,
    bool HonoursRequestDirectives,
    bool UsesRemoteStore);

internal sealed record MonitoringConfiguration(bool HasWebhook, bool IsWebhookSigned, double WebhookTimeoutSeconds);

internal sealed record ManagementConfiguration(bool ShowsValues, bool AllowsBenchmarks);

internal sealed record FreshnessConfiguration(IReadOnlyList<DatabaseDocument> TrackedDatabases, string Log, double? LagBoundSeconds);

internal sealed record DatabaseDocument(string Name, string Dialect, string Precision, bool Lookups);

internal sealed record RemoteDocument(string Name, bool IsAvailable);

/// <summary>How ready the node is, in words that tell a stranger nothing else.</summary>
internal sealed record ReadinessDocument(string Status, IReadOnlyList<string> Reasons);
