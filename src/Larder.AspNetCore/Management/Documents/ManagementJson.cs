using System.Text.Json.Serialization;
using Larder.AspNetCore.Monitoring.Documents;
using Larder.AspNetCore.Warming;
using Larder.Explain;

namespace Larder.AspNetCore.Management.Documents;

/// <summary>Reads and writes the documents without reflection: snake_case, and what is not known is refused.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow)]
[JsonSerializable(typeof(InvalidationRequest))]
[JsonSerializable(typeof(RowRequest))]
[JsonSerializable(typeof(StatementRequest))]
[JsonSerializable(typeof(BenchmarkRequest))]
[JsonSerializable(typeof(PerformanceTestRequest))]
[JsonSerializable(typeof(Envelope<EntryPage>))]
[JsonSerializable(typeof(Envelope<EntryDetail>))]
[JsonSerializable(typeof(Envelope<RequestExplanation>))]
[JsonSerializable(typeof(Envelope<DropExplanation>))]
[JsonSerializable(typeof(Envelope<StatementExplanation>))]
[JsonSerializable(typeof(Envelope<PerformanceTestAnswer>))]
[JsonSerializable(typeof(Envelope<ConfigurationDocument>))]
[JsonSerializable(typeof(InvalidationAnswer))]
[JsonSerializable(typeof(BenchmarkAnswer))]
[JsonSerializable(typeof(ReadinessDocument))]
[JsonSerializable(typeof(Envelope<WarmingReport>))]
[JsonSerializable(typeof(WarmRequest))]
[JsonSerializable(typeof(WarmAnswer))]
[JsonSerializable(typeof(EmptyRequest))]
internal sealed partial class ManagementJson : JsonSerializerContext;
