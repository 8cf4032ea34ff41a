using System.Globalization;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Routing;

namespace Larder.AspNetCore.ResponseCaching;

/// <summary>Tags with values of the route in them: <c>product:{id}</c>.</summary>
internal static partial class TagTemplate
{
    public static IEnumerable<string> NamesIn(string template) => Placeholder().Matches(template).Select(match => match.Groups[1].Value);

    public static string Fill(string template, RouteValueDictionary values) =>
        Placeholder().Replace(template, match => Convert.ToString(values[match.Groups[1].Value], CultureInfo.InvariantCulture) ?? "");

    [GeneratedRegex(@"\{([A-Za-z_][A-Za-z0-9_]*)\}")]
    private static partial Regex Placeholder();
}
