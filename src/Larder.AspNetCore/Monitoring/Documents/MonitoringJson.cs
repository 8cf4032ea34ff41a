using System.Text.Json.Serialization;

namespace Larder.AspNetCore.Monitoring.Documents;

/// <summary>Writes the documents without reflection: snake_case, every member always there.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(Envelope<Dictionary<string, EndpointStatistics>>))]
[JsonSerializable(typeof(Envelope<PerformanceSummary>))]
[JsonSerializable(typeof(Envelope<SeriesDetails>))]
[JsonSerializable(typeof(Envelope<Dictionary<string, Trend>>))]
[JsonSerializable(typeof(Envelope<InvalidationFigures>))]
[JsonSerializable(typeof(Envelope<CacheFigures>))]
[JsonSerializable(typeof(Envelope<PerformanceReport>))]
[JsonSerializable(typeof(Envelope<AnalyticsOverview>))]
[JsonSerializable(typeof(Envelope<QueryMetrics>))]
[JsonSerializable(typeof(Envelope<IReadOnlyList<Recommendation>>))]
[JsonSerializable(typeof(Envelope<IReadOnlyList<Alert>>))]
[JsonSerializable(typeof(ResetAnswer))]
[JsonSerializable(typeof(PerformanceHealth))]
[JsonSerializable(typeof(CacheHealth))]
[JsonSerializable(typeof(Alert))]
internal sealed partial class MonitoringJson : JsonSerializerContext;
