using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Larder.Views;
using Larder.Views.Execution;
using Larder.Views.Sources;

namespace Larder.Bench.Views;

/// <summary>The statement of one section, for a driver without Larder.</summary>
/// <param name="Text">The text with its parameters as <c>$1</c>, <c>$2</c>, …</param>
/// <param name="Arguments">What they are bound to; null stands for the product's id, the others are the same in every call of a run.</param>
internal sealed partial record Statement(string Text, object?[] Arguments)
{
    /// <param name="convert">How the database wants values.</param>
    public static Statement[] Of(View view, Func<object, object> convert)
    {
        var call = new ViewCall(ArgumentsOf(view, id: 1), []);
        return [.. view.Plan.Sections.OrderBy(planned => planned.Index).Select(planned => Of(planned, call, convert))];
    }

    public static ViewArguments ArgumentsOf(View view, long id)
    {
        var text = id.ToString(CultureInfo.InvariantCulture);
        return ViewArgumentsBinder.Bind(view, TimeProvider.System, name => name == "id" ? [text] : [], out _);
    }

    private static Statement Of(PlannedSection planned, ViewCall call, Func<object, object> convert)
    {
        var inputs = call.InputsOf(planned, JsonSerializerOptions.Default);
        var names = new List<string>();
        var text = Parameter().Replace(((SqlSource)planned.Section.Source).Text, match =>
        {
            var name = match.Groups[1].Value;
            if (!names.Contains(name, StringComparer.Ordinal))
            {
                names.Add(name);
            }

            return $"${names.IndexOf(name) + 1}";
        });
        return new Statement(text, [.. names.Select(name => name == "id" ? null : convert(inputs.Get<object>(name)))]);
    }

    [GeneratedRegex("@([a-z_]+)")]
    private static partial Regex Parameter();
}
