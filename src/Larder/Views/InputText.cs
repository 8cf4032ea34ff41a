using System.Globalization;
using System.Text.Json;

namespace Larder.Views;

/// <summary>Inputs as they stand in keys, tags and paths: one text a value, the same on every machine, and never one text for two values.</summary>
internal static class InputText
{
    // Dividing by it leaves the value and takes the trailing zeros away: 1.50 and 1.5 are one value.
    private const decimal One = 1.0000000000000000000000000000m;

    /// <summary>Null is empty; dates are ISO 8601; lists are JSON.</summary>
    public static string Of(object? value)
    {
        var culture = CultureInfo.InvariantCulture;
        return value switch
        {
            null => "",
            string text => text,
            bool flag => flag ? "true" : "false",
            decimal number => Trimmed(number).ToString(culture),
            DateOnly date => date.ToString("yyyy-MM-dd", culture),
            DateTimeOffset time => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.FFFFFFF'Z'", culture),
            DateTime time => time.ToString("O", culture),
            TimeOnly time => time.ToString("O", culture),
            System.Collections.IEnumerable list => JsonSerializer.Serialize(list.Cast<object?>().Select(item => item is null ? null : Of(item))),
            _ => Convert.ToString(value, culture) ?? "",
        };
    }

    /// <summary>The same value without trailing zeros.</summary>
    public static decimal Trimmed(decimal number) => number / One;

    /// <summary>Whether values of the type have such a text: scalars, and lists of them.</summary>
    public static bool CanWrite(Type type)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        return IsScalar(type)
            || (type.IsArray && IsScalar(type.GetElementType()!))
            || (type.IsGenericType && type.IsAssignableTo(typeof(System.Collections.IEnumerable)) && type.GetGenericArguments() is [var item] && IsScalar(item));
    }

    private static bool IsScalar(Type type) =>
        type.IsPrimitive || type.IsEnum || type == typeof(string) || type == typeof(decimal) || type == typeof(Guid) || type == typeof(DateOnly)
        || type == typeof(DateTimeOffset) || type == typeof(DateTime) || type == typeof(TimeOnly) || type == typeof(TimeSpan);
}
