using System.Text;
using System.Text.RegularExpressions;

namespace Larder.Views;

/// <summary>Texts with inputs in them: tags such as <c>product:{id}</c>, paths such as <c>ratings/{id}</c>.</summary>
internal static partial class InputTemplate
{
    public static IReadOnlyList<string> NamesIn(string template) =>
        [.. Placeholder().Matches(template).Select(match => match.Groups[1].Value).Distinct(StringComparer.Ordinal)];

    public static string Fill(string template, SectionInputs inputs, Func<string, string>? escape = null)
    {
        var filled = new StringBuilder(template.Length);
        var end = 0;
        foreach (var match in Placeholder().EnumerateMatches(template))
        {
            var text = InputText.Of(inputs.Get<object?>(template.Substring(match.Index + 1, match.Length - 2)));
            filled.Append(template, end, match.Index - end).Append(escape is null ? text : escape(text));
            end = match.Index + match.Length;
        }

        return filled.Append(template, end, template.Length - end).ToString();
    }

    [GeneratedRegex(@"\{([a-z][a-z0-9_]*)\}")]
    private static partial Regex Placeholder();
}
