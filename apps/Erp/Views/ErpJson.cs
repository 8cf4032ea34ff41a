using System.Text.Json;

namespace Erp.Views;

/// <summary>The JSON of the views: what Larder's views have anyway, and decimals with exactly two places.</summary>
internal static class ErpJson
{
    public static void Configure(JsonSerializerOptions options) => options.Converters.Add(new TwoPlacesConverter());
}
