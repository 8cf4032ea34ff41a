using System.Globalization;

namespace Larder.Views;

/// <summary>Makes checked arguments of the texts of a request.</summary>
internal static class ViewArgumentsBinder
{
    private const int DefaultMaximumLength = 256;

    public static bool CanBind(Type type) => NameOf(type) is not null;

    /// <summary>Binds every parameter of a view.</summary>
    /// <param name="view">The view that is asked for.</param>
    /// <param name="time">Supplies the current day.</param>
    /// <param name="texts">The texts given for a parameter; empty when it is absent.</param>
    /// <param name="errors">What is wrong, by parameter name; empty when all is well.</param>
    public static ViewArguments Bind(View view, TimeProvider time, Func<string, IReadOnlyList<string?>> texts, out Dictionary<string, string[]> errors)
    {
        errors = new Dictionary<string, string[]>(StringComparer.Ordinal);
        var values = new object?[view.Parameters.Length];
        for (var i = 0; i < values.Length; i++)
        {
            var parameter = view.Parameters[i];
            var given = texts(parameter.Name);
            if (given.Count > 1)
            {
                errors[parameter.Name] = ["is given more than once."];
            }
            else if (given.Count == 0 || string.IsNullOrEmpty(given[0]))
            {
                if (parameter.IsRequired)
                {
                    errors[parameter.Name] = ["is required."];
                }

                values[i] = parameter.Default(time);
            }
            else if (Parse(parameter, given[0]!, out var value) is { } problem)
            {
                errors[parameter.Name] = [problem];
            }
            else
            {
                values[i] = value;
            }
        }

        return new ViewArguments(view, values);
    }

    private static string? Parse(ViewParameter parameter, string text, out object? value)
    {
        value = Convert(parameter.Type, text);
        if (value is null)
        {
            return $"must be {NameOf(parameter.Type)}.";
        }

        if (parameter.AllowedValues.Length > 0 && !parameter.AllowedValues.Contains(text, StringComparer.Ordinal))
        {
            return $"must be one of: {string.Join(", ", parameter.AllowedValues)}.";
        }

        var isText = value is string;
        var measure = value is string s ? s.Length : (IComparable)value;
        var maximum = parameter.Maximum ?? (isText ? DefaultMaximumLength : null);
        if ((parameter.Minimum is { } least && measure.CompareTo(least) < 0) || (maximum is not null && measure.CompareTo(maximum) > 0))
        {
            return ProblemOf(isText, parameter.Minimum, maximum);
        }

        return null;
    }

    private static string ProblemOf(bool isText, IComparable? minimum, IComparable? maximum)
    {
        var what = isText ? "must have a length" : "must be";
        var (least, most) = (InputText.Of(minimum), InputText.Of(maximum));
        return (minimum, maximum) switch
        {
            (null, _) => $"{what} of at most {most}.",
            (_, null) => $"{what} {(isText ? "of " : "")}at least {least}.",
            _ => $"{what} between {least} and {most}.",
        };
    }

    private static object? Convert(Type type, string text)
    {
        var culture = CultureInfo.InvariantCulture;
        return type switch
        {
            _ when type == typeof(string) => text.Contains('\0') ? null : text,
            _ when type == typeof(int) => int.TryParse(text, NumberStyles.AllowLeadingSign, culture, out var v) ? v : null,
            _ when type == typeof(long) => long.TryParse(text, NumberStyles.AllowLeadingSign, culture, out var v) ? v : null,
            _ when type == typeof(decimal) => decimal.TryParse(text, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint, culture, out var v) ? v : null,
            _ when type == typeof(bool) => text switch { "true" or "True" or "TRUE" or "1" => true, "false" or "False" or "FALSE" or "0" => false, _ => null },
            _ when type == typeof(DateOnly) => DateOnly.TryParseExact(text, "yyyy-MM-dd", culture, DateTimeStyles.None, out var v) ? v : null,
            _ when type == typeof(Guid) => Guid.TryParse(text, out var v) ? v : null,
            _ => null,
        };
    }

    private static string? NameOf(Type type) => type switch
    {
        _ when type == typeof(int) || type == typeof(long) => "a whole number",
        _ when type == typeof(decimal) => "a decimal number",
        _ when type == typeof(bool) => "true or false",
        _ when type == typeof(DateOnly) => "a date of the form YYYY-MM-DD",
        _ when type == typeof(Guid) => "a UUID",
        _ when type == typeof(string) => "a text without null characters",
        _ => null,
    };
}
