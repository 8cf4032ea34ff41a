using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Larder.AspNetCore.RequestLog;
using Microsoft.AspNetCore.Http;

namespace Larder.AspNetCore.Management;

/// <summary>Reads the JSON of a management request: at most 64 KB, 8 levels deep, each member known and there once. No body is an empty object.</summary>
internal static class ManagementBody
{
    internal const int MaxBytes = 64 * 1024;
    private const int MaxDepth = 8;
    private const int LongestName = 100;

    /// <exception cref="ManagementRefusedException">413, 415, or 400 with the member named.</exception>
    public static async ValueTask<T> ReadAsync<T>(HttpRequest request, JsonTypeInfo<T> type, CancellationToken cancellationToken)
    {
        var body = await BytesOfAsync(request, cancellationToken);
        if (body.Length > 0 && !request.HasJsonContentType())
        {
            throw new ManagementRefusedException(StatusCodes.Status415UnsupportedMediaType, "The body must be application/json.");
        }

        try
        {
            using var document = JsonDocument.Parse(body.Length == 0 ? "{}"u8.ToArray() : body, new JsonDocumentOptions { MaxDepth = MaxDepth, AllowDuplicateProperties = false });
            Check(document.RootElement, type);
            return document.RootElement.Deserialize(type)!;
        }
        catch (JsonException exception) when (exception.Path is { Length: > 2 } path)
        {
            throw ManagementRefusedException.Of(OneLine(path[2..]), "is not known here, or has another type.");
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            throw new ManagementRefusedException(
                StatusCodes.Status400BadRequest, $"The body must be one JSON object, at most {MaxDepth} levels deep, in which no member is there twice.");
        }
    }

    /// <summary>Values for parameters, as their JSON says: a text, a whole or other number, a truth, or null.</summary>
    /// <exception cref="ManagementRefusedException">One is an object or an array.</exception>
    public static Dictionary<string, object?> Values(string member, IReadOnlyDictionary<string, JsonElement>? values)
    {
        Dictionary<string, object?> read = new(StringComparer.Ordinal);
        foreach (var (name, value) in values ?? new Dictionary<string, JsonElement>())
        {
            read[name] = value.ValueKind switch
            {
                JsonValueKind.String => value.GetString(),
                JsonValueKind.Number => value.TryGetInt64(out var whole) ? whole : value.TryGetDecimal(out var number) ? number : value.GetDouble(),
                JsonValueKind.True => true,
                JsonValueKind.False => false,
                JsonValueKind.Null => null,
                _ => throw ManagementRefusedException.Of(OneLine($"{member}.{name}"), "must be a text, a number, true, false or null."),
            };
        }

        return read;
    }

    private static void Check<T>(JsonElement root, JsonTypeInfo<T> type)
    {
        var names = type.Properties.Select(property => property.Name).ToList();
        if (root.EnumerateObject().FirstOrDefault(member => !names.Contains(member.Name)) is { Value.ValueKind: not JsonValueKind.Undefined } unknown)
        {
            throw ManagementRefusedException.Of(OneLine(unknown.Name), $"is not known here; what may be said is {string.Join(", ", names)}.");
        }
    }

    private static async ValueTask<byte[]> BytesOfAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        if (request.ContentLength is not > MaxBytes)
        {
            var buffer = new byte[MaxBytes + 1];
            var length = await request.Body.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, cancellationToken);
            if (length <= MaxBytes)
            {
                return buffer[..length];
            }
        }

        throw new ManagementRefusedException(StatusCodes.Status413PayloadTooLarge, $"The body may have {MaxBytes} bytes.");
    }

    private static string OneLine(string text) => RequestLogText.OneLine(text, LongestName).ToString();
}
