using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace Larder.AspNetCore.Views;

/// <summary>
/// The JSON Schemas of sections as the views' own serializer writes them: its names, its nullability. The host's serializer, which the
/// document's generator goes by, may name members otherwise; so only values without members are left to it and its transformers.
/// </summary>
internal sealed class SectionShapes(JsonSerializerOptions json, OpenApiOperationTransformerContext context)
{
    // The types on the way from the section to here; a type that contains itself ends there.
    private readonly Stack<Type> _path = [];

    public async Task<IOpenApiSchema> OfAsync(Type type, CancellationToken cancellationToken)
    {
        if (Nullable.GetUnderlyingType(type) is { } underlying)
        {
            return ViewSchemas.OrNull(await OfAsync(underlying, cancellationToken));
        }

        var info = json.GetTypeInfo(type);
        if (info.Kind == JsonTypeInfoKind.None)
        {
            return await context.GetOrCreateSchemaAsync(type, parameterDescription: null, cancellationToken);
        }

        if (_path.Contains(type))
        {
            return new OpenApiSchema { Type = JsonSchemaType.Object, Description = $"Again a {type.Name}." };
        }

        _path.Push(type);
        try
        {
            return info.Kind switch
            {
                JsonTypeInfoKind.Enumerable => new OpenApiSchema { Type = JsonSchemaType.Array, Items = await OfAsync(info.ElementType!, cancellationToken) },
                JsonTypeInfoKind.Dictionary => new OpenApiSchema { Type = JsonSchemaType.Object, AdditionalProperties = await OfAsync(info.ElementType!, cancellationToken) },
                _ => await ObjectAsync(info, cancellationToken),
            };
        }
        finally
        {
            _path.Pop();
        }
    }

    /// <summary>The members that an object type has in JSON.</summary>
    public async Task<IReadOnlyList<(string Name, IOpenApiSchema Schema)>> MembersOfAsync(Type type, CancellationToken cancellationToken)
    {
        var members = new List<(string, IOpenApiSchema)>();
        foreach (var property in json.GetTypeInfo(type).Properties.Where(property => property.Get is not null))
        {
            var schema = await OfAsync(property.PropertyType, cancellationToken);
            members.Add((property.Name, property.IsGetNullable ? ViewSchemas.OrNull(schema) : schema));
        }

        return members;
    }

    private async Task<OpenApiSchema> ObjectAsync(JsonTypeInfo info, CancellationToken cancellationToken) =>
        ViewSchemas.Object([.. await MembersOfAsync(info.Type, cancellationToken)]);
}
