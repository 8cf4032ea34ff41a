using System.Text.Json;

namespace Larder.AspNetCore.Management.Documents;

/// <summary>What to drop: exactly one of key, tag, pattern and entity; the reason is for the log.</summary>
internal sealed record InvalidationRequest(string? Key, string? Tag, string? Pattern, RowRequest? Entity, string? Reason);

/// <summary>A row of a table by the values of columns.</summary>
internal sealed record RowRequest(string? Table, Dictionary<string, JsonElement>? Key, string? Database);

internal sealed record StatementRequest(string? Sql, Dictionary<string, JsonElement>? Parameters, string? Database);

internal sealed record BenchmarkRequest(Dictionary<string, JsonElement>? Parameters, int? Iterations);

internal sealed record PerformanceTestRequest(string? View, Dictionary<string, JsonElement>? Parameters, int? Iterations);
