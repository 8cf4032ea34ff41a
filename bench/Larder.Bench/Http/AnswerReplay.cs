using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace Larder.Bench.Http;

/// <summary>
/// Writes a recorded answer the cheapest way there is: values made once, and the server's own slots for the headers it knows, because a
/// baseline that looked them up by name would flatter what is compared with it.
/// </summary>
internal static class AnswerReplay
{
    public static RequestDelegate Of(RecordedAnswer answer)
    {
        var headers = answer.Headers
            .Where(header => !string.Equals(header.Key, "Content-Length", StringComparison.OrdinalIgnoreCase))
            .Select(header => (Set: SetterOf(header.Key), Value: new StringValues(header.Value)))
            .ToArray();
        var body = answer.Body;
        return context =>
        {
            var response = context.Response;
            var output = response.Headers;
            foreach (var (set, value) in headers)
            {
                set(output, value);
            }

            output.ContentLength = body.Length;
            var write = response.BodyWriter.WriteAsync(body, context.RequestAborted);
            return write.IsCompletedSuccessfully ? Task.CompletedTask : write.AsTask();
        };
    }

    private static Action<IHeaderDictionary, StringValues> SetterOf(string name) => name.ToUpperInvariant() switch
    {
        "CONTENT-TYPE" => static (headers, value) => headers.ContentType = value,
        "CONTENT-ENCODING" => static (headers, value) => headers.ContentEncoding = value,
        "CACHE-CONTROL" => static (headers, value) => headers.CacheControl = value,
        "ETAG" => static (headers, value) => headers.ETag = value,
        "VARY" => static (headers, value) => headers.Vary = value,
        "AGE" => static (headers, value) => headers.Age = value,
        _ => (headers, value) => headers[name] = value,
    };
}
