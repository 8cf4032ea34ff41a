using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Larder.Views;

/// <summary>The members of a view's <c>data</c>, where inline sections put their own beside the sections' names.</summary>
internal static class ViewMembers
{
    /// <exception cref="InvalidOperationException">An inline section is no object, or two sections write one member.</exception>
    public static void Check(View view, JsonSerializerOptions json)
    {
        var owners = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var section in view.Sections.Where(section => section.Placement != SectionPlacement.Hidden))
        {
            foreach (var member in section.Placement == SectionPlacement.Inline ? NamesOf(view, section, json) : [section.Name])
            {
                if (!owners.TryAdd(member, section.Name))
                {
                    throw new InvalidOperationException($"View '{view.Name}': the sections '{owners[member]}' and '{section.Name}' both write '{member}'.");
                }
            }
        }
    }

    private static IEnumerable<string> NamesOf(View view, Section section, JsonSerializerOptions json)
    {
        var type = json.GetTypeInfo(section.Source.ResultType);
        return type.Kind == JsonTypeInfoKind.Object
            ? type.Properties.Select(property => property.Name)
            : throw new InvalidOperationException($"View '{view.Name}': section '{section.Name}' is inline, but {section.Source.ResultType.Name} is no object with members of its own.");
    }
}
