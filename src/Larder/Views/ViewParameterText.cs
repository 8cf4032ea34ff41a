using System.Globalization;
using Larder.Caching;

namespace Larder.Views;

/// <summary>
/// The text of a parameter as it stands in a key, made from the text of a request without making its value: <c>01</c> and <c>1</c> are one. It
/// reads as <see cref="ViewArgumentsBinder"/> does and writes as <see cref="InputText"/> does; a test holds the three together.
/// </summary>
internal static class ViewParameterText
{
    // Longer than any number, day, flag or UUID.
    private const int LongestScalar = 64;

    /// <summary>Adds the text to a key. False: it is no text of the type.</summary>
    public static bool TryWrite(Type type, ReadOnlySpan<char> text, ref CacheKeyWriter key)
    {
        if (type == typeof(string))
        {
            key.Append(text);
            return true;
        }

        Span<char> canonical = stackalloc char[LongestScalar];
        if (!TryFormat(type, text, canonical, out var length))
        {
            return false;
        }

        key.Append(canonical[..length]);
        return true;
    }

    private static bool TryFormat(Type type, ReadOnlySpan<char> text, Span<char> canonical, out int length)
    {
        var culture = CultureInfo.InvariantCulture;
        length = 0;
        if (type == typeof(int))
        {
            return int.TryParse(text, NumberStyles.AllowLeadingSign, culture, out var number) && number.TryFormat(canonical, out length, default, culture);
        }

        if (type == typeof(long))
        {
            return long.TryParse(text, NumberStyles.AllowLeadingSign, culture, out var number) && number.TryFormat(canonical, out length, default, culture);
        }

        if (type == typeof(decimal))
        {
            return decimal.TryParse(text, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint, culture, out var number)
                && InputText.Trimmed(number).TryFormat(canonical, out length, default, culture);
        }

        if (type == typeof(bool))
        {
            var word = text switch { "true" or "True" or "TRUE" or "1" => "true", "false" or "False" or "FALSE" or "0" => "false", _ => "" };
            word.CopyTo(canonical);
            length = word.Length;
            return length > 0;
        }

        if (type == typeof(DateOnly))
        {
            return DateOnly.TryParseExact(text, "yyyy-MM-dd", culture, DateTimeStyles.None, out var day) && day.TryFormat(canonical, out length, "yyyy-MM-dd", culture);
        }

        return type == typeof(Guid) && Guid.TryParse(text, out var id) && id.TryFormat(canonical, out length);
    }
}
