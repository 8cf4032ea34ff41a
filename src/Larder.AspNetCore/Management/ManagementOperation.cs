using System.Text.Json;
using System.Text.Json.Nodes;
using Larder.AspNetCore.Views;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace Larder.AspNetCore.Management;

/// <summary>States in OpenAPI what a management endpoint takes and gives, by the names it is really written with.</summary>
internal sealed class ManagementOperation(string parameters, Type? body, Type answer, JsonSerializerOptions json)
{
    public const string Tag = "Management";

    public async Task TransformAsync(OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken cancellationToken)
    {
        operation.Parameters = [.. parameters.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(ParameterOf)];
        operation.RequestBody = body is null ? null : new OpenApiRequestBody { Content = await ContentOfAsync(body, isBody: true) };
        operation.Responses = new OpenApiResponses
        {
            ["200"] = new OpenApiResponse { Description = "What was asked for.", Content = await ContentOfAsync(answer, isBody: false) },
            ["403"] = new OpenApiResponse { Description = "The caller may not do this, as problem details; the detail says why." },
        };
        if (operation.Parameters.Count > 0 || body is not null)
        {
            operation.Responses["400"] = new OpenApiResponse { Description = "A parameter or member is wrong, as problem details that name it." };
        }

        if (body is not null)
        {
            operation.Responses["413"] = new OpenApiResponse { Description = $"The body has more than {ManagementBody.MaxBytes} bytes." };
            operation.Responses["415"] = new OpenApiResponse { Description = "The body is not application/json." };
        }

        async Task<Dictionary<string, OpenApiMediaType>> ContentOfAsync(Type type, bool isBody)
        {
            var schema = await new SectionShapes(json, context).OfAsync(type, cancellationToken);
            if (isBody && schema is OpenApiSchema body)
            {
                // Which of them are needed the answer says.
                body.Required = null;
            }

            return new(StringComparer.Ordinal) { ["application/json"] = new() { Schema = schema } };
        }
    }

    private static IOpenApiParameter ParameterOf(string name) => new OpenApiParameter
    {
        Name = name,
        In = name == "view" ? ParameterLocation.Path : ParameterLocation.Query,
        Required = name == "view",
        Description = name switch
        {
            "pattern" => "Only keys that match: * stands for any characters, nothing else is special.",
            "order_by" => "What comes first: hits (since eviction last looked, 0 to 3), the largest size, or the greatest age. Default hits.",
            "limit" => "The most entries that are listed, 1 to 1000. Default 100.",
            "view" => "The name of a view.",
            "path" => "The path of a GET request with its query, as in the log. It is not sent.",
            _ => "The key of an entry.",
        },
        Schema = name switch
        {
            "order_by" => new OpenApiSchema { Type = JsonSchemaType.String, Enum = [.. ManagementEndpoints.Orders.Keys.Select(word => (JsonNode)word)] },
            "limit" => new OpenApiSchema { Type = JsonSchemaType.Integer, Minimum = "1", Maximum = "1000" },
            _ => new OpenApiSchema { Type = JsonSchemaType.String },
        },
    };
}
