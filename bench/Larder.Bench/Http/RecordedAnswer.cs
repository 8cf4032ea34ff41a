using System.Text.Json;

namespace Larder.Bench.Http;

/// <summary>
/// What Larder answered, for other variants to answer the same: the baseline writes these very headers and bytes whatever Larder comes to
/// send.
/// </summary>
/// <param name="Path">Where others serve it.</param>
/// <param name="Headers">Those of Larder, not those of the server (Date, Server).</param>
/// <param name="Body">The bytes as sent.</param>
internal sealed record RecordedAnswer(string Path, Dictionary<string, string> Headers, byte[] Body)
{
    public const string BrotliPrefix = "/br";

    private static readonly string[] HeadersOfTheServer = ["Date", "Server", "Transfer-Encoding", "Connection"];

    public string? ETag => Headers.GetValueOrDefault("ETag");

    public bool IsBrotli => Headers.GetValueOrDefault("Content-Encoding") == "br";

    public RecordedAnswer Without(string header) =>
        this with { Headers = Headers.Where(pair => !string.Equals(pair.Key, header, StringComparison.OrdinalIgnoreCase)).ToDictionary(StringComparer.Ordinal) };

    public static async Task<RecordedAnswer> AskAsync(HttpClient client, Uri address, string recordedPath, string? acceptEncoding, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, address);
        if (acceptEncoding is not null)
        {
            request.Headers.TryAddWithoutValidation("Accept-Encoding", acceptEncoding);
        }

        using var response = await client.SendAsync(request, cancellationToken);
        response.EnsureSuccessStatusCode();
        var headers = response.Headers.NonValidated.Concat(response.Content.Headers.NonValidated)
            .Where(header => !HeadersOfTheServer.Contains(header.Key, StringComparer.OrdinalIgnoreCase))
            .ToDictionary(header => header.Key, header => header.Value.ToString(), StringComparer.OrdinalIgnoreCase);
        return new RecordedAnswer(recordedPath, headers, await response.Content.ReadAsByteArrayAsync(cancellationToken));
    }

    public static async Task SaveAsync(IEnumerable<RecordedAnswer> answers, string path, CancellationToken cancellationToken) =>
        await File.WriteAllBytesAsync(path, JsonSerializer.SerializeToUtf8Bytes(answers), cancellationToken);

    public static async Task<RecordedAnswer[]> LoadAsync(string path) =>
        JsonSerializer.Deserialize<RecordedAnswer[]>(await File.ReadAllBytesAsync(path))!;
}
