using System.Globalization;
using System.Text.Json;
using Larder.Views;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace Larder.AspNetCore.Views;

/// <summary>States in OpenAPI what a view takes and returns: its parameters with their bounds, and the shape of every section.</summary>
internal sealed class ViewOperationTransformer(View view, IReadOnlySet<string> routeNames, JsonSerializerOptions json)
{
    public async Task TransformAsync(OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken cancellationToken)
    {
        operation.Parameters = [.. view.Parameters.Select(ParameterOf)];
        operation.Responses = new OpenApiResponses
        {
            ["200"] = new OpenApiResponse
            {
                Description = $"The view {view.Name}.",
                Content = new Dictionary<string, OpenApiMediaType>(StringComparer.Ordinal)
                {
                    ["application/json"] = new() { Schema = await EnvelopeAsync(context, cancellationToken) },
                },
            },
        };
        if (!view.Parameters.IsEmpty)
        {
            Add(operation, "400", "A parameter is missing or out of its bounds; it is named in errors.", ("errors", ErrorsSchema()));
        }

        if (view.Sections.Any(section => section.IsRequired))
        {
            Add(operation, "404", "There is no such thing.");
        }

        Add(operation, "502", "The source of a required section, or of all sections, answered with an error.");
        Add(operation, "503", "The source of a required section, or of all sections, cannot be reached; Retry-After says when to try again.");
        Add(operation, "504", "The source of a required section, or of all sections, did not answer in time.");
    }

    private static void Add(OpenApiOperation operation, string status, string description, params (string Name, IOpenApiSchema Schema)[] more) =>
        operation.Responses![status] = new OpenApiResponse
        {
            Description = description,
            Content = new Dictionary<string, OpenApiMediaType>(StringComparer.Ordinal)
            {
                ["application/problem+json"] = new() { Schema = ProblemSchema(more) },
            },
        };

    private static OpenApiSchema ProblemSchema((string Name, IOpenApiSchema Schema)[] more) => ViewSchemas.Object(
    [
        ("type", ViewSchemas.Of(JsonSchemaType.String)),
        ("title", ViewSchemas.Of(JsonSchemaType.String)),
        ("status", ViewSchemas.Of(JsonSchemaType.Integer)),
        ("detail", ViewSchemas.Of(JsonSchemaType.String)),
        .. more,
    ]);

    private static OpenApiSchema ErrorsSchema() => new()
    {
        Type = JsonSchemaType.Object,
        Description = "What is wrong, by the name of the parameter.",
        AdditionalProperties = new OpenApiSchema { Type = JsonSchemaType.Array, Items = ViewSchemas.Of(JsonSchemaType.String) },
    };

    private IOpenApiParameter ParameterOf(ViewParameter parameter)
    {
        var isRoute = routeNames.Contains(parameter.Name);
        var schema = ViewSchemas.OfParameter(parameter);
        return new OpenApiParameter
        {
            Name = parameter.Name,
            In = isRoute ? ParameterLocation.Path : ParameterLocation.Query,
            Required = isRoute || parameter.IsRequired,
            Description = parameter.Description ?? (parameter.DocumentedDefault is string word && parameter.Type == typeof(DateOnly) ? string.Create(CultureInfo.InvariantCulture, $"Default: {word} (UTC).") : null),
            Schema = schema,
        };
    }

    private async Task<OpenApiSchema> EnvelopeAsync(OpenApiOperationTransformerContext context, CancellationToken cancellationToken)
    {
        var data = ViewSchemas.Object();
        var shapes = new SectionShapes(json, context);
        foreach (var section in view.Sections)
        {
            var isAlwaysThere = section.IsRequired && section.Switch is null;
            if (section.Placement == SectionPlacement.Member)
            {
                var schema = await shapes.OfAsync(section.Source.ResultType, cancellationToken);
                ViewSchemas.AddMember(data, section.Name, isAlwaysThere ? schema : ViewSchemas.OrNull(schema));
            }
            else if (section.Placement == SectionPlacement.Inline)
            {
                foreach (var (name, member) in await shapes.MembersOfAsync(section.Source.ResultType, cancellationToken))
                {
                    ViewSchemas.AddMember(data, name, isAlwaysThere ? member : ViewSchemas.OrNull(member));
                }
            }
        }

        return ViewSchemas.Object(
            ("success", new OpenApiSchema { Type = JsonSchemaType.Boolean, Enum = [true] }),
            ("data", data),
            ("metadata", ViewSchemas.Metadata(view)));
    }
}
