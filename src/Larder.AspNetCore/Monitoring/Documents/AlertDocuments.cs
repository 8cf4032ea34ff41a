namespace Larder.AspNetCore.Monitoring.Documents;

/// <summary>One alert. The first six members are the same in the API, the log and the webhook.</summary>
internal sealed record Alert(
    string Level,
    string Message,
    string MetricName,
    double? CurrentValue,
    double Threshold,
    DateTimeOffset Timestamp,
    string Rule,
    string State,
    bool IsFlapping,
    DateTimeOffset Since);
