using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Larder.Views;

/// <summary>Splices the sections of a result into <c>{success, data, metadata}</c>.</summary>
internal static class ViewJsonWriter
{
    private static readonly JsonWriterOptions WriterOptions = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    /// <summary>A length that the JSON hardly exceeds, in bytes.</summary>
    public static int EstimateLength(ViewResult result) => 512 + result.Runs.Sum(run => (run.Fragment?.Json.Length ?? 4) + run.Section.Name.Length + 80);

    /// <summary>Writes the response and says where its parts are.</summary>
    /// <param name="output">Empty before.</param>
    /// <param name="result">What is written.</param>
    /// <param name="json">How names and times are written.</param>
    /// <param name="isCached">What <c>metadata.cached</c> says.</param>
    public static ViewJsonLayout Write(IBufferWriter<byte> output, ViewResult result, JsonSerializerOptions json, bool isCached)
    {
        using var writer = new Utf8JsonWriter(output, WriterOptions);
        writer.WriteStartObject();
        writer.WriteBoolean("success", value: true);
        writer.WriteStartObject("data");
        var dataStart = Position(writer) - 1;
        foreach (var run in result.Runs)
        {
            var fragment = run.Fragment is { IsNull: false } present ? present.Json : default;
            if (run.Section.Placement == SectionPlacement.Inline)
            {
                WriteMembers(writer, fragment, run.Section, json);
            }
            else if (run.Section.Placement == SectionPlacement.Member)
            {
                writer.WritePropertyName(run.Section.Name);
                WriteRaw(writer, fragment);
            }
        }

        writer.WriteEndObject();
        var dataEnd = Position(writer);
        writer.WriteStartObject("metadata");
        writer.WriteBoolean("cached", isCached);
        var cachedEnd = Position(writer);
        WriteMetadata(writer, result, json);
        writer.WriteEndObject();
        return new(dataStart, dataEnd, cachedEnd - (isCached ? "true"u8 : "false"u8).Length);
    }

    private static int Position(Utf8JsonWriter writer) => (int)writer.BytesCommitted + writer.BytesPending;

    private static void WriteMetadata(Utf8JsonWriter writer, ViewResult result, JsonSerializerOptions json)
    {
        writer.WriteNumber("data_sources", result.DataSources);
        writer.WritePropertyName("generated_at");
        JsonSerializer.Serialize(writer, result.GeneratedAt, json);
        if (result.View.IsSnapshot)
        {
            writer.WriteBoolean("snapshot", result.IsSnapshot);
        }

        if (!result.IsComplete)
        {
            writer.WriteBoolean("complete", value: false);
            writer.WriteStartArray("errors");
            foreach (var run in result.Runs.Where(run => run.Failure is not null))
            {
                writer.WriteStartObject();
                writer.WriteString("section", run.Section.Name);
                writer.WriteString("reason", run.Failure!.Reason);
                writer.WriteEndObject();
            }

            writer.WriteEndArray();
        }

        writer.WriteEndObject();
    }

    private static void WriteRaw(Utf8JsonWriter writer, ReadOnlyMemory<byte> fragment)
    {
        if (fragment.IsEmpty)
        {
            writer.WriteNullValue();
        }
        else
        {
            writer.WriteRawValue(fragment.Span, skipInputValidation: true);
        }
    }

    private static void WriteMembers(Utf8JsonWriter writer, ReadOnlyMemory<byte> fragment, Section section, JsonSerializerOptions json)
    {
        if (fragment.IsEmpty)
        {
            // The members keep their place, so that every response of the view has one shape.
            foreach (var property in json.GetTypeInfo(section.Source.ResultType).Properties)
            {
                writer.WriteNull(property.Name);
            }

            return;
        }

        var reader = new Utf8JsonReader(fragment.Span);
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueIsEscaped)
            {
                writer.WritePropertyName(reader.GetString()!);
            }
            else
            {
                writer.WritePropertyName(reader.ValueSpan);
            }

            reader.Read();
            var start = (int)reader.TokenStartIndex;
            reader.Skip();
            writer.WriteRawValue(fragment.Span[start..(int)reader.BytesConsumed], skipInputValidation: true);
        }
    }
}
