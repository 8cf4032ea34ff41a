using System.Text.Json;
using System.Text.Unicode;

namespace Erp.Writes;

/// <summary>Reads the body of a write: one JSON object in UTF-8, of at most <see cref="MaxBytes"/>.</summary>
internal static class JsonBody
{
    public const int MaxBytes = 64 * 1024;

    private const int MaxDepth = 8;

    /// <summary>Reads and checks the whole body, so that a request with several faults hears of all of them at once.</summary>
    /// <exception cref="RequestRefusedException">400 with the members at fault, 413 or 415.</exception>
    public static async Task<T> ReadAsync<T>(HttpRequest request, Func<JsonMembers, RequestErrors, T> read)
    {
        var bytes = await ReadBytesAsync(request);
        using var document = Parse(bytes);
        var errors = new RequestErrors();
        var body = JsonMembers.From(document.RootElement, RequestErrors.Body, errors);
        if (body is null)
        {
            errors.ThrowIfAny();
            throw new InvalidOperationException("A body that is no object always has an error.");
        }
        var result = read(body, errors);
        body.RefuseUnknown();
        errors.ThrowIfAny();
        return result;
    }

    private static async Task<ReadOnlyMemory<byte>> ReadBytesAsync(HttpRequest request)
    {
        if (request.ContentType is not null && !IsJson(request))
            throw RequestRefusedException.NotJson(request.ContentType);
        if (request.ContentLength > MaxBytes)
            throw RequestRefusedException.BodyTooLarge(MaxBytes);

        // One byte more than allowed is enough to know that there is too much.
        var buffer = new byte[Math.Min(request.ContentLength ?? MaxBytes, MaxBytes) + 1];
        var length = await request.Body.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, request.HttpContext.RequestAborted);
        if (length > MaxBytes)
            throw RequestRefusedException.BodyTooLarge(MaxBytes);
        if (length == 0)
            throw RequestRefusedException.Invalid(RequestErrors.Body, "A body is needed: one JSON object.");
        if (request.ContentType is null)
            throw RequestRefusedException.NotJson(null);
        return buffer.AsMemory(0, length);
    }

    private static bool IsJson(HttpRequest request)
    {
        if (!request.HasJsonContentType())
            return false;
        var charset = request.GetTypedHeaders().ContentType?.Charset;
        return charset is not { HasValue: true } || charset.Value.Equals("utf-8", StringComparison.OrdinalIgnoreCase);
    }

    private static JsonDocument Parse(ReadOnlyMemory<byte> bytes)
    {
        if (!Utf8.IsValid(bytes.Span))
            throw RequestRefusedException.Invalid(RequestErrors.Body, "The body is not UTF-8.");
        try
        {
            return JsonDocument.Parse(bytes, new JsonDocumentOptions { MaxDepth = MaxDepth });
        }
        catch (JsonException exception)
        {
            // The parser counts from zero, people and editors from one.
            throw RequestRefusedException.Invalid(
                RequestErrors.Body,
                $"The body is not valid JSON: line {exception.LineNumber + 1}, byte {exception.BytePositionInLine + 1}.");
        }
    }
}
