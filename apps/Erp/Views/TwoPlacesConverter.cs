using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Erp.Views;

/// <summary>Writes every decimal with exactly two places.</summary>
internal sealed class TwoPlacesConverter : JsonConverter<decimal>
{
    // 29 digits, a sign, the point and two places.
    private const int LongestText = 33;

    public override decimal Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => reader.GetDecimal();

    public override void Write(Utf8JsonWriter writer, decimal value, JsonSerializerOptions options)
    {
        var rounded = Figures.Cents(value);
        // A decimal zero has a sign, which a negative fraction of a cent would leave behind.
        rounded = rounded == 0 ? 0 : rounded;
        Span<byte> text = stackalloc byte[LongestText];
        rounded.TryFormat(text, out var length, "F2", CultureInfo.InvariantCulture);
        writer.WriteRawValue(text[..length], skipInputValidation: true);
    }
}
