using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Erp.Database;
using Erp.Views;

namespace Erp.Writes;

/// <summary>The JSON of the answers: snake_case, money with exactly two places, times in whole seconds with Z.</summary>
internal static class WriteJson
{
    public static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web)
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        Converters = { new TwoPlacesConverter(), new TimeConverter() },
    };

    private sealed class TimeConverter : JsonConverter<DateTimeOffset>
    {
        public override DateTimeOffset Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            reader.GetDateTimeOffset();

        public override void Write(Utf8JsonWriter writer, DateTimeOffset value, JsonSerializerOptions options) =>
            writer.WriteStringValue(StoredValues.ToText(value));
    }
}
