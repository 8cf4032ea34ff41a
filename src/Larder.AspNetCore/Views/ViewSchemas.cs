using System.Globalization;
using System.Text.Json.Nodes;
using Larder.Views;
using Microsoft.OpenApi;

namespace Larder.AspNetCore.Views;

/// <summary>The JSON Schemas of what all views share.</summary>
internal static class ViewSchemas
{
    public static OpenApiSchema Of(JsonSchemaType type, string? format = null) => new() { Type = type, Format = format };

    public static OpenApiSchema Object(params (string Name, IOpenApiSchema Schema)[] members)
    {
        var schema = new OpenApiSchema
        {
            Type = JsonSchemaType.Object,
            Properties = new Dictionary<string, IOpenApiSchema>(StringComparer.Ordinal),
            Required = new HashSet<string>(StringComparer.Ordinal),
        };
        foreach (var (name, member) in members)
        {
            AddMember(schema, name, member);
        }

        return schema;
    }

    public static void AddMember(OpenApiSchema schema, string name, IOpenApiSchema member)
    {
        schema.Properties![name] = member;
        schema.Required!.Add(name);
    }

    public static IOpenApiSchema OrNull(IOpenApiSchema schema)
    {
        if (schema.Type?.HasFlag(JsonSchemaType.Null) == true || schema.OneOf?.Any(one => one.Type == JsonSchemaType.Null) == true)
        {
            return schema;
        }

        // Words that are listed do not include null, so it has to stand beside them.
        if (schema.Type is { } type && schema.Enum is null or [] && schema.CreateShallowCopy() is OpenApiSchema copy)
        {
            copy.Type = type | JsonSchemaType.Null;
            return copy;
        }

        return new OpenApiSchema { OneOf = [schema, Of(JsonSchemaType.Null)] };
    }

    public static OpenApiSchema Metadata(View view)
    {
        var metadata = Object(
            ("cached", Described(JsonSchemaType.Boolean, "Whether no source was asked for this response.")),
            ("data_sources", Described(JsonSchemaType.Integer, "The number of sections asked for.")),
            ("generated_at", new OpenApiSchema { Type = JsonSchemaType.String, Format = "date-time", Description = "When the oldest part was read." }));
        if (view.IsSnapshot)
        {
            AddMember(metadata, "snapshot", Described(JsonSchemaType.Boolean, "Whether all parts are of one state of the database."));
        }

        metadata.Properties!["complete"] = new OpenApiSchema { Type = JsonSchemaType.Boolean, Description = "Present and false when a section could not be read." };
        metadata.Properties["errors"] = new OpenApiSchema
        {
            Type = JsonSchemaType.Array,
            Description = "The sections that could not be read.",
            Items = Object(
                ("section", Of(JsonSchemaType.String)),
                ("reason", new OpenApiSchema { Type = JsonSchemaType.String, Enum = ["not_found", "unavailable", "timeout", "error", "dependency_failed"] })),
        };
        return metadata;
    }

    public static OpenApiSchema OfParameter(ViewParameter parameter)
    {
        var (type, format) = parameter.Type switch
        {
            var t when t == typeof(int) => (JsonSchemaType.Integer, "int32"),
            var t when t == typeof(long) => (JsonSchemaType.Integer, "int64"),
            var t when t == typeof(decimal) => (JsonSchemaType.Number, null),
            var t when t == typeof(bool) => (JsonSchemaType.Boolean, null),
            var t when t == typeof(DateOnly) => (JsonSchemaType.String, "date"),
            var t when t == typeof(Guid) => (JsonSchemaType.String, "uuid"),
            _ => (JsonSchemaType.String, (string?)null),
        };
        var schema = Of(type, format);
        if (parameter.Type == typeof(string))
        {
            schema.MinLength = parameter.Minimum as int?;
            schema.MaxLength = parameter.Maximum as int?;
        }
        else if (type is JsonSchemaType.Integer or JsonSchemaType.Number)
        {
            schema.Minimum = Convert.ToString(parameter.Minimum, CultureInfo.InvariantCulture);
            schema.Maximum = Convert.ToString(parameter.Maximum, CultureInfo.InvariantCulture);
        }

        schema.Enum = parameter.AllowedValues.Length == 0 ? null : [.. parameter.AllowedValues.Select(word => (JsonNode)word)];
        schema.Default = parameter.DocumentedDefault switch
        {
            bool flag => flag,
            int number => number,
            long number => number,
            decimal number => number,
            string word when parameter.Type == typeof(string) => word,
            _ => null,
        };
        return schema;
    }

    private static OpenApiSchema Described(JsonSchemaType type, string description) => new() { Type = type, Description = description };
}
