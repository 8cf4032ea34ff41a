using System.Text.RegularExpressions;

namespace Larder.Views;

/// <summary>Texts with inputs in them: tags such as <c>product:{id}</c>, paths such as <c>ratings/{id}</c>.</summary>
internal static partial class InputTemplate
{
    public static IReadOnlyList<string> NamesIn(string template) =>
        [.. Placeholder().Matches(template).Select(match => match.Groups[1].Value).Distinct(StringComparer.Ordinal)];

    public static string Fill(string template, SectionInputs inputs, Func<string, string>? escape = null) =>
        Placeholder().Replace(template, match =>
        {
            var text = InputText.Of(inputs.Get<object?>(match.Groups[1].Value));
            return escape is null ? text : escape(text);
        });

    [GeneratedRegex(@"\{([a-z][a-z0-9_]*)\}")]
    private static partial Regex Placeholder();
}
