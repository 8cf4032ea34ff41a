namespace Erp.Writes;

/// <summary>The Idempotency-Key of a request: 1 to 255 printable ASCII characters.</summary>
internal static class IdempotencyKey
{
    public const string Header = "Idempotency-Key";
    public const string ReplayedHeader = "Idempotency-Replayed";

    private const int MaxLength = 255;

    /// <returns>Null when the request has none.</returns>
    /// <exception cref="RequestRefusedException">400: the key is empty, too long, given twice or has other characters.</exception>
    public static string? Read(HttpRequest request)
    {
        if (!request.Headers.TryGetValue(Header, out var values))
            return null;
        if (values is [{ Length: >= 1 and <= MaxLength } key] && key.All(c => c is >= ' ' and <= '~'))
            return key;
        throw RequestRefusedException.Invalid(Header, $"Must be given once and have 1 to {MaxLength} printable ASCII characters.");
    }
}
