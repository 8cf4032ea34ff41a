using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Erp.Views;

/// <summary>The JSON of the views: what Larder's views have anyway, and decimals with exactly two places.</summary>
internal static class ErpJson
{
    public static void Configure(JsonSerializerOptions options) => options.Converters.Add(new TwoPlacesConverter());

    private sealed class TwoPlacesConverter : JsonConverter<decimal>
    {
        private const int LongestDecimal = 32;

        public override decimal Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => reader.GetDecimal();

        public override void Write(Utf8JsonWriter writer, decimal value, JsonSerializerOptions options)
        {
            var rounded = Figures.Cents(value);
            // A decimal zero has a sign, which a negative fraction of a cent would leave behind.
            rounded = rounded == 0 ? 0 : rounded;
            Span<byte> text = stackalloc byte[LongestDecimal + 3];
            rounded.TryFormat(text, out var length, "F2", CultureInfo.InvariantCulture);
            writer.WriteRawValue(text[..length], skipInputValidation: true);
        }
    }
}
