using System.Text.Json.Serialization;

namespace Larder.AspNetCore.Warming;

/// <summary>A request for a view that was worth much: its declared parameters as they were given, and nothing else of the request.</summary>
/// <param name="View">The name of the view.</param>
/// <param name="Parameters">The texts of those that were given.</param>
/// <param name="Value">Milliseconds that hits have spared, older ones counted less; for comparison only.</param>
internal sealed record PopularRequest(string View, IReadOnlyDictionary<string, string> Parameters, double Value);

internal sealed record PopularList(int Version, IReadOnlyList<PopularRequest> Requests);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(PopularList))]
internal sealed partial class PopularJson : JsonSerializerContext;
