using System.Globalization;
using Erp.Database;

namespace Erp.Import;

/// <summary>Reads the text of a field as its column wants it, or says why it cannot.</summary>
internal static class FieldParser
{
    // What both databases can hold: numeric(19,4), and ten-thousandths in 64 bits.
    private const decimal Largest = 100_000_000_000_000m;
    private const NumberStyles Plain = NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint;
    private const int ShownLength = 40;

    private static readonly string[] TimeFormats =
        ["yyyy-MM-dd'T'HH:mm:ssK", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK", "yyyy-MM-dd HH:mm:ssK", "yyyy-MM-dd"];

    public static bool TryParse(ColumnDefinition column, string text, out object? value, out string? reason)
    {
        value = null;
        text = text.Trim();
        if (text.Length == 0)
        {
            reason = column.Required ? "a value is required" : null;
            return !column.Required;
        }
        reason = column.Kind switch
        {
            ColumnKind.Key => Key(text, out value),
            ColumnKind.Count => Count(text, out value),
            ColumnKind.Decimal => Decimal(text, out value),
            ColumnKind.Time => Time(text, out value),
            ColumnKind.Boolean => Boolean(text, out value),
            _ => Text(text, out value),
        };
        reason ??= Outside(column, value!);
        return reason is null;
    }

    private static string? Key(string text, out object? value)
    {
        var isNumber = long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number);
        value = number;
        return !isNumber ? $"{Shown(text)} is not a whole number" : number < 1 ? $"{number} is not a positive number" : null;
    }

    private static string? Count(string text, out object? value)
    {
        var isNumber = int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number);
        value = number;
        return isNumber ? null : $"{Shown(text)} is not a whole number of 32 bits";
    }

    private static string? Decimal(string text, out object? value)
    {
        var isNumber = decimal.TryParse(text, Plain, CultureInfo.InvariantCulture, out var number);
        value = number;
        if (!isNumber)
            return $"{Shown(text)} is not a number";
        if (Math.Abs(number) >= Largest)
            return $"{Shown(text)} is too large";
        return decimal.Round(number, 4) == number ? null : $"{Shown(text)} has more than four decimal places";
    }

    private static string? Time(string text, out object? value)
    {
        var isTime = DateTimeOffset.TryParseExact(
            text, TimeFormats, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var time);
        value = time;
        return isTime ? null : $"{Shown(text)} is not a time as 2019-06-30T00:00:00Z";
    }

    private static string? Boolean(string text, out object? value)
    {
        value = text == "true";
        return text is "true" or "false" ? null : $"{Shown(text)} is neither true nor false";
    }

    private static string? Text(string text, out object? value)
    {
        value = text;
        return text.Contains('\0', StringComparison.Ordinal) ? "the text has a null character" : null;
    }

    private static string? Outside(ColumnDefinition column, object value)
    {
        if (column.Words is { } words && !words.Contains((string)value))
            return $"{Shown((string)value)} is not one of {string.Join(", ", words)}";
        decimal? number = value switch { decimal d => d, int i => i, long l => l, _ => null };
        if (number < column.Minimum)
            return $"{number} is less than {column.Minimum}";
        return number > column.Maximum ? $"{number} is more than {column.Maximum}" : null;
    }

    private static string Shown(string text) => text.Length <= ShownLength ? $"'{text}'" : $"'{text[..ShownLength]}...'";
}
