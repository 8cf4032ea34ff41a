namespace Larder.AspNetCore.Warming;

internal sealed record WarmingReport(bool IsEnabled, int PopularRequests, IReadOnlyList<WarmingTaskDocument> Tasks);

/// <summary>A task. The success rate is a percentage of the runs that ended, null before the first; an interval of null means that it runs at the start and when it is asked for.</summary>
internal sealed record WarmingTaskDocument(
    string Name,
    string Priority,
    string State,
    DateTimeOffset? LastRun,
    DateTimeOffset? NextRun,
    long Runs,
    long Failures,
    double? SuccessRate,
    double? AverageDurationMs,
    string? LastError,
    double? IntervalSeconds,
    IReadOnlyList<string> DependsOn);

/// <summary>Which tasks to run now; null: all.</summary>
internal sealed record WarmRequest(IReadOnlyList<string>? Tasks);

internal sealed record WarmAnswer(bool Success, string Message, IReadOnlyList<string> Tasks);

/// <summary>Nothing is asked with it.</summary>
internal sealed record EmptyRequest;
