using System.Globalization;
using Larder.Freshness;
using Larder.SqlAnalysis.Schema;

namespace Larder.SqlAnalysis.Statements;

/// <summary>
/// Writes a value the one way in which the column's database compares it, so that two values make one tag exactly when they are equal there. What cannot be
/// written with certainty has no tag; the caller then takes the wildcard.
/// </summary>
internal static class CanonicalValue
{
    // Beyond this, SQLite's conversion of text through REAL may round to another integer.
    private const decimal ExactReal = 4503599627370496m;
    private const int LongestText = 256;

    /// <summary>The tag of a value of a column, null being one as well.</summary>
    public static bool TryTag(TrackedColumn column, object? value, out Tag tag, bool ignoresAffinity = false)
    {
        tag = column.Null;
        if (value is null or DBNull)
            return true;
        switch (column.Definition.Exact)
        {
            case ExactType.Integer:
                return value is string digits ? TryDigits(column, digits, out tag) : TryInteger(column, value, out tag);
            case ExactType.SqliteInteger:
                return value switch
                {
                    string text when ignoresAffinity => Text(column, text, out tag),
                    string text => TryNumeric(column, text, out tag),
                    bool truth => Integer(column, truth ? 1 : 0, out tag),
                    _ => TryInteger(column, value, out tag),
                };
            case ExactType.Text:
                return value is string plain && Text(column, plain, out tag);
            case ExactType.SqliteText:
                return value switch
                {
                    string text => Text(column, text, out tag),
                    bool truth => Integer(column, truth ? 1 : 0, out tag),
                    _ => TryInteger(column, value, out tag),
                };
            case ExactType.Uuid:
                return TryUuid(column, value, out tag);
            case ExactType.Boolean when value is bool truth:
                tag = Tag.Fine(column.Prefix, truth ? "t" : "f");
                return true;
            default:
                return false;
        }
    }

    private static bool TryInteger(TrackedColumn column, object value, out Tag tag)
    {
        switch (value)
        {
            case long number:
                return Integer(column, number, out tag);
            case int number:
                return Integer(column, number, out tag);
            case short number:
                return Integer(column, number, out tag);
            case byte number:
                return Integer(column, number, out tag);
            case sbyte number:
                return Integer(column, number, out tag);
            case ushort number:
                return Integer(column, number, out tag);
            case uint number:
                return Integer(column, number, out tag);
            default:
                tag = default;
                return false;
        }
    }

    private static bool Integer(TrackedColumn column, long number, out Tag tag)
    {
        Span<char> text = stackalloc char[20];
        number.TryFormat(text, out var length, provider: CultureInfo.InvariantCulture);
        tag = Tag.Fine(column.Prefix, text[..length]);
        return true;
    }

    // PostgreSQL reads an integer with space around it.
    private static bool TryDigits(TrackedColumn column, string text, out Tag tag)
    {
        tag = default;
        return long.TryParse(text.AsSpan().Trim(" \t\n\r\f\v"), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)
            && Integer(column, number, out tag);
    }

    // SQLite reads any number, with space around it; one without a fraction becomes an integer.
    private static bool TryNumeric(TrackedColumn column, string text, out Tag tag)
    {
        tag = default;
        var digits = text.AsSpan().Trim(" \t\n\r\f\v");
        if (long.TryParse(digits, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number))
            return Integer(column, number, out tag);
        const NumberStyles Real = NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent;
        return decimal.TryParse(digits, Real, CultureInfo.InvariantCulture, out var real) && Math.Abs(real) < ExactReal && real == Math.Truncate(real)
            && Integer(column, (long)real, out tag);
    }

    // A lone surrogate is stored as another character, NUL may end a text, and trailing spaces go where a parameter is a char(n).
    private static bool Text(TrackedColumn column, string text, out Tag tag)
    {
        tag = default;
        if (text.Length > LongestText || (column.Definition.MaxLength is > 0 and var longest && text.Length > longest))
            return false;
        if (column.Definition.Exact == ExactType.Text && text.EndsWith(' '))
            return false;
        foreach (var unit in text)
        {
            if (unit == '\0' || char.IsSurrogate(unit))
                return false;
        }

        tag = Tag.Fine(column.Prefix, text);
        return true;
    }

    private static bool TryUuid(TrackedColumn column, object value, out Tag tag)
    {
        tag = default;
        if (value is not Guid id && !(value is string text && Guid.TryParseExact(text, "D", out id)))
            return false;
        Span<char> digits = stackalloc char[36];
        id.TryFormat(digits, out _, "D");
        tag = Tag.Fine(column.Prefix, digits);
        return true;
    }
}
