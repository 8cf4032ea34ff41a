using System.Text.Json;
using System.Text.Json.Nodes;
using Larder.AspNetCore.Views;
using Larder.Diagnostics;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace Larder.AspNetCore.Monitoring;

/// <summary>States in OpenAPI what a monitoring endpoint takes and gives, by the names it is really written with.</summary>
internal sealed class MonitoringOperation(string parameters, Type answer, JsonSerializerOptions json)
{
    public const string Tag = "Monitoring";

    public async Task TransformAsync(OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken cancellationToken)
    {
        operation.Parameters = [.. parameters.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(ParameterOf)];
        operation.Responses = new OpenApiResponses
        {
            ["200"] = new OpenApiResponse
            {
                Description = "The figures. Durations are milliseconds, rates percentages with two decimals; null where there is nothing to divide by.",
                Content = new Dictionary<string, OpenApiMediaType>(StringComparer.Ordinal)
                {
                    ["application/json"] = new() { Schema = await new SectionShapes(json, context).OfAsync(answer, cancellationToken) },
                },
            },
            ["403"] = new OpenApiResponse { Description = "The caller may not see this, as problem details; the detail says why." },
        };
        if (operation.Parameters.Count > 0)
        {
            operation.Responses["400"] = new OpenApiResponse { Description = "A parameter has no such value, as problem details." };
        }
    }

    private static IOpenApiParameter ParameterOf(string name) => new OpenApiParameter
    {
        Name = name,
        In = ParameterLocation.Query,
        Description = name switch
        {
            "window" => "The time that the figures are of: the last 1m, 5m or 1h, or all since the start or the last reset.",
            "kind" => "Whose figures. Default route.",
            _ => "Only this one: its name as in the answer, or a route template without its method.",
        },
        Schema = name switch
        {
            "window" => WordOf(MonitoringQuery.Windows.Keys),
            "kind" => WordOf(MonitoringQuery.Kinds.Keys),
            _ => new OpenApiSchema { Type = JsonSchemaType.String, MaxLength = MetricStore.LongestName },
        },
    };

    private static OpenApiSchema WordOf(IEnumerable<string> words) => new() { Type = JsonSchemaType.String, Enum = [.. words.Select(word => (JsonNode)word)] };
}
