using System.Globalization;

namespace Larder.Bench.Reports;

/// <summary>Options of the form <c>--name value</c>.</summary>
internal sealed class BenchArguments
{
    private readonly Dictionary<string, string> _values = new(StringComparer.Ordinal);

    /// <summary>Null: something is not one of the known options, or has no value.</summary>
    public static BenchArguments? Parse(string[] arguments, params string[] known)
    {
        var parsed = new BenchArguments();
        for (var i = 0; i < arguments.Length; i += 2)
        {
            if (!known.Contains(arguments[i]) || i + 1 == arguments.Length)
            {
                return null;
            }

            parsed._values[arguments[i]] = arguments[i + 1];
        }

        return parsed;
    }

    public string? Text(string name) => _values.GetValueOrDefault(name);

    /// <summary>Null: what was given is no whole number.</summary>
    public int? Number(string name, int otherwise) =>
        !_values.TryGetValue(name, out var text) ? otherwise : int.TryParse(text, CultureInfo.InvariantCulture, out var number) ? number : null;
}
