namespace Larder.Tests.AspNetCore.ResponseCaching;

internal static class ResponseAssertions
{
    /// <summary>A header of the response or of its content; null: it has none.</summary>
    public static string? Header(this HttpResponseMessage response, string name) =>
        response.Headers.NonValidated.TryGetValues(name, out var values) || response.Content.Headers.NonValidated.TryGetValues(name, out values) ? values.ToString() : null;

    public static string? CacheStatus(this HttpResponseMessage response) => response.Header("Cache-Status");

    public static Task<string> TextAsync(this HttpResponseMessage response) => response.Content.ReadAsStringAsync();
}
