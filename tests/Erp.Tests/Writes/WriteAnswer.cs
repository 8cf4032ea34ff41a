using System.Net;
using System.Text.Json;

namespace Erp.Tests.Writes;

/// <summary>An answer, read whole.</summary>
internal sealed record WriteAnswer(HttpStatusCode Status, string? MediaType, string Text, IReadOnlyDictionary<string, string> Headers)
{
    public JsonElement Body => JsonDocument.Parse(Text).RootElement;

    public JsonElement Data => Body.GetProperty("data");

    /// <summary>The messages of a problem about one member, or what it has instead.</summary>
    public string ErrorsOf(string path) =>
        Body.TryGetProperty("errors", out var errors) && errors.TryGetProperty(path, out var messages)
            ? string.Join(' ', messages.EnumerateArray().Select(message => message.GetString()))
            : $"(nothing about {path} in {Text})";

    public string Detail => Body.GetProperty("detail").GetString()!;

    public WriteAnswer Expect(HttpStatusCode status)
    {
        Assert.True(status == Status, $"{(int)status} expected, {(int)Status} came: {Text}");
        if ((int)Status >= 400)
        {
            Assert.Equal("application/problem+json", MediaType);
            Assert.Equal((int)Status, Body.GetProperty("status").GetInt32());
        }
        return this;
    }

    public static async Task<WriteAnswer> ReadAsync(HttpResponseMessage response)
    {
        var headers = response.Headers.Concat(response.Content.Headers)
            .ToDictionary(header => header.Key, header => string.Join(",", header.Value), StringComparer.OrdinalIgnoreCase);
        return new WriteAnswer(
            response.StatusCode, response.Content.Headers.ContentType?.MediaType, await response.Content.ReadAsStringAsync(), headers);
    }
}
