using System.Text.Json;

namespace Larder.Diagnostics;

/// <summary>The closed sets as labels and attributes have them: <c>bypass_token</c>, <c>server_error</c>.</summary>
internal static class SeriesLabels
{
    private static readonly string[] Outcomes = [.. Enum.GetNames<CacheOutcome>().Select(JsonNamingPolicy.SnakeCaseLower.ConvertName)];
    private static readonly string[] Results = [.. Enum.GetNames<ResultClass>().Select(JsonNamingPolicy.SnakeCaseLower.ConvertName)];

    internal static string Of(CacheOutcome outcome) => Outcomes[(int)outcome];

    internal static string Of(ResultClass result) => Results[(int)result];
}
