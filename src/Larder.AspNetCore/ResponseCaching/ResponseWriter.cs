using System.Buffers;
using Larder.Caching;
using Larder.Freshness;
using Larder.Memory;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Primitives;

namespace Larder.AspNetCore.ResponseCaching;

/// <summary>
/// Sends a response: (1) the headers that a 304 has too; (2) 304 where the client has it already; (3) the form of the body that the client wants most; (4) headers and
/// body, of which HEAD has only the first. For a hit nothing is made here that was made before.
/// </summary>
internal sealed class ResponseWriter(CachePolicy policy, CachedAttribute options, TimeProvider time, ILogger logger)
{
    private static readonly StringValues BrotliCoding = "br";
    private static readonly StringValues GzipCoding = "gzip";

    private readonly StringValues _cacheControl = CacheControlOf(policy, options);
    private readonly StringValues _vary = string.Join(", ", options.VaryByHeader.Prepend("Accept-Encoding"));
    private int _isEncoding;

    /// <summary>Sends what was found.</summary>
    public Task WriteHitAsync(HttpContext context, CachedResponse response, MemoryEntry entry, long timestamp, bool isStale)
    {
        var (age, ttl) = AgeOf(response, entry, timestamp);
        var aged = response.Aged(age, isStale ? Math.Min(ttl, -1) : ttl);
        return WriteAsync(context, response, aged.CacheStatus, aged.Age, isHit: true);
    }

    /// <summary>Sends what was found or made.</summary>
    public Task WriteAsync(HttpContext context, in ResponseAnswer answer)
    {
        var response = answer.Response;
        if (answer.Entry is not { } entry)
        {
            var age = (long)response.InitialAge.TotalSeconds;
            return WriteAsync(context, response, answer.CacheStatus, age > 0 ? new(age.ToString()) : default, isHit: false);
        }

        var timestamp = time.GetTimestamp();
        return answer.CacheStatus.Count == 0
            ? WriteHitAsync(context, response, entry, timestamp, answer.IsStale)
            : WriteAsync(context, response, answer.CacheStatus, response.Aged(AgeOf(response, entry, timestamp).Age, -1).Age, isHit: true);
    }

    /// <summary>How old the response is, in whole seconds.</summary>
    public (long Age, long Ttl) AgeOf(CachedResponse response, MemoryEntry entry, long timestamp)
    {
        var since = (timestamp - entry.LoadedAt) / time.TimestampFrequency;
        return (since + (long)response.InitialAge.TotalSeconds, ((entry.ExpiresAt - entry.LoadedAt) / time.TimestampFrequency) - since);
    }

    private Task WriteAsync(HttpContext context, CachedResponse response, StringValues status, StringValues age, bool isHit)
    {
        var headers = context.Response.Headers;
        headers[CacheStatus.HeaderName] = status;
        if (age.Count > 0)
        {
            headers.Age = age;
        }

        if (response.Problem is { } problem)
        {
            return problem.WriteAsync(context);
        }

        headers.CacheControl = response.CacheControl.Count > 0 ? response.CacheControl : _cacheControl;
        headers.Vary = headers.Vary.Count == 0 ? _vary : StringValues.Concat(headers.Vary, _vary);
        if (response.ETag.Count > 0)
        {
            headers.ETag = response.ETag;
            var condition = context.Request.Headers.IfNoneMatch;
            if (condition.Count > 0 && response.StatusCode == StatusCodes.Status200OK && EntityTags.Match(condition, response.ETag[0]!))
            {
                context.Response.StatusCode = StatusCodes.Status304NotModified;
                return Task.CompletedTask;
            }
        }

        var accepted = context.Request.Headers.AcceptEncoding;
        return accepted.Count == 0
            ? SendAsync(context, response, response.Body, isSpliced: IsSpliced(response, isHit))
            : WriteEncodedAsync(context, response, AcceptedEncodings.Parse(accepted), isHit);
    }

    private Task WriteEncodedAsync(HttpContext context, CachedResponse response, AcceptedEncodings accepted, bool isHit)
    {
        var isSpliced = IsSpliced(response, isHit);
        if (isHit && (accepted.Brotli > 0 || accepted.Gzip > 0))
        {
            var (brotli, gzip) = (response.Encoded.Brotli, response.Encoded.Gzip);
            if (brotli is not null && accepted.Brotli > 0 && accepted.Brotli >= accepted.Identity && (gzip is null || accepted.Brotli >= accepted.Gzip))
            {
                return SendAsync(context, response, brotli, isSpliced: false, BrotliCoding);
            }

            if (gzip is not null && accepted.Gzip > 0 && accepted.Gzip >= accepted.Identity)
            {
                return SendAsync(context, response, gzip, isSpliced: false, GzipCoding);
            }

            if (response.Encoded.TryBegin())
            {
                Encode(response);
            }
        }

        if (accepted.Identity > 0)
        {
            return SendAsync(context, response, response.Body, isSpliced);
        }

        // Rare: a client that refuses the body as it is. It is compressed for this request.
        var body = isSpliced ? Splice(response) : response.Body;
        if (accepted is { Brotli: 0, Gzip: 0 })
        {
            context.Response.Headers.ETag = default;
            return ResponseProblem.NotEncodable.WriteAsync(context);
        }

        return accepted.Brotli >= accepted.Gzip
            ? SendAsync(context, response, EncodedBodies.CompressBrotli(body.Span), isSpliced: false, BrotliCoding)
            : SendAsync(context, response, EncodedBodies.CompressGzip(body.Span), isSpliced: false, GzipCoding);
    }

    private static Task SendAsync(HttpContext context, CachedResponse response, ReadOnlyMemory<byte> body, bool isSpliced, StringValues coding = default)
    {
        var sent = context.Response;
        var headers = sent.Headers;
        if (response.StatusCode != StatusCodes.Status200OK)
        {
            sent.StatusCode = response.StatusCode;
        }

        foreach (var (name, value) in response.Headers)
        {
            headers[name] = value;
        }

        if (coding.Count > 0)
        {
            headers.ContentEncoding = coding;
        }

        if (response.ContentType.Count > 0)
        {
            headers.ContentType = response.ContentType;
        }

        sent.ContentLength = body.Length + (isSpliced ? 1 : 0);
        if (body.Length == 0 || HttpMethods.IsHead(context.Request.Method))
        {
            return Task.CompletedTask;
        }

        var writer = sent.BodyWriter;
        if (isSpliced)
        {
            writer.Write(body.Span[..response.CachedAt]);
            writer.Write("false"u8);
            writer.Write(body.Span[(response.CachedAt + 4)..]);
        }

        var sending = isSpliced ? writer.FlushAsync() : writer.WriteAsync(body);
        if (!sending.IsCompletedSuccessfully)
        {
            return sending.AsTask();
        }

        _ = sending.Result;
        return Task.CompletedTask;
    }

    private static bool IsSpliced(CachedResponse response, bool isHit) => !isHit && !response.IsFromCache && response.CachedAt >= 0;

    private static byte[] Splice(CachedResponse response) =>
        [.. response.Body.Span[..response.CachedAt], .. "false"u8, .. response.Body.Span[(response.CachedAt + 4)..]];

    /// <summary>Compresses in the background, one response of this endpoint at a time; where one is busy, a later hit tries again.</summary>
    private void Encode(CachedResponse response)
    {
        if (Interlocked.Exchange(ref _isEncoding, 1) != 0)
        {
            response.Encoded.GiveBack();
            return;
        }

        DetachedWork.Start(() =>
        {
            try
            {
                response.Encoded.Make(response.Body);
            }
            catch (Exception exception)
            {
                Log.CompressionFailed(logger, exception);
            }
            finally
            {
                Volatile.Write(ref _isEncoding, 0);
            }

            return Task.CompletedTask;
        });
    }

    private static string CacheControlOf(CachePolicy policy, CachedAttribute options)
    {
        if (!policy.Stores)
        {
            return "no-store";
        }

        var who = options.VariesByPrincipal ? "private, " : policy.IsPublic ? "public, " : "";
        return policy.ClientMaxAge is { } age ? $"{who}max-age={(long)age.TotalSeconds}" : $"{who}no-cache";
    }
}
