using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace Erp.Documentation;

/// <summary>States what converters write, which the schema exporter cannot see into.</summary>
internal sealed class DecimalSchemaTransformer : IOpenApiSchemaTransformer
{
    public Task TransformAsync(OpenApiSchema schema, OpenApiSchemaTransformerContext context, CancellationToken cancellationToken)
    {
        var type = Nullable.GetUnderlyingType(context.JsonTypeInfo.Type) ?? context.JsonTypeInfo.Type;
        var nullable = type == context.JsonTypeInfo.Type ? default : JsonSchemaType.Null;
        if (type == typeof(decimal))
        {
            schema.Type = JsonSchemaType.Number | nullable;
            schema.MultipleOf = 0.01m;
            schema.Format = null;
        }
        else if (type == typeof(DateTimeOffset))
        {
            schema.Type = JsonSchemaType.String | nullable;
            schema.Format = "date-time";
        }

        return Task.CompletedTask;
    }
}
