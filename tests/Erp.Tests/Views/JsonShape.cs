using System.Text.Json;

namespace Erp.Tests.Views;

/// <summary>The members of JSON in the notation of the requirements: <c>product{id,name},images[{url,order}]</c>.</summary>
internal static class JsonShape
{
    public static string Of(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Object => string.Join(',', element.EnumerateObject().Select(member => member.Name + Inner(member.Value))),
        _ => Inner(element),
    };

    private static string Inner(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Object => $"{{{Of(element)}}}",
        JsonValueKind.Array => $"[{string.Join(" or ", element.EnumerateArray().Select(Inner).Distinct())}]",
        _ => "",
    };
}
