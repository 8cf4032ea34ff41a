using Larder.Caching;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Primitives;

namespace Larder.AspNetCore.ResponseCaching;

/// <summary>What a handler answers a request that has no connection.</summary>
internal sealed class CapturedResponse(int maxBodyBytes) : IHttpResponseFeature, IDisposable
{
    // Of one connection or one request (RFC 9110, 7.6.1), written by the server, or written anew for each request.
    private static readonly HashSet<string> NotKept = new(StringComparer.OrdinalIgnoreCase)
    {
        "Connection", "Keep-Alive", "Proxy-Connection", "Transfer-Encoding", "TE", "Trailer", "Upgrade", "Content-Length", "Content-Type", "Date", "Server",
        "Set-Cookie", "Age", "ETag", "Cache-Control", "Cache-Status", "Vary", "Server-Timing",
    };

    private readonly Stack<(Func<object, Task> Callback, object State)> _starting = [];
    private readonly Stack<(Func<object, Task> Callback, object State)> _completed = [];
    private readonly BoundedStream _body = new(maxBodyBytes);
    private StreamResponseBodyFeature? _bodyFeature;

    public int StatusCode { get; set; } = StatusCodes.Status200OK;

    public string? ReasonPhrase { get; set; }

    public IHeaderDictionary Headers { get; set; } = new HeaderDictionary();

    public bool HasStarted { get; private set; }

    Stream IHttpResponseFeature.Body
    {
        get => _body;
        set => throw new NotSupportedException("A response is redirected through IHttpResponseBodyFeature.");
    }

    public void OnStarting(Func<object, Task> callback, object state) => _starting.Push((callback, state));

    public void OnCompleted(Func<object, Task> callback, object state) => _completed.Push((callback, state));

    public void AttachTo(IFeatureCollection features)
    {
        _bodyFeature = new StreamResponseBodyFeature(_body);
        features.Set<IHttpResponseFeature>(this);
        features.Set<IHttpResponseBodyFeature>(_bodyFeature);
    }

    /// <summary>Ends the response as a server does: what wanted to be asked before it starts is asked, the last first.</summary>
    public async Task CompleteAsync()
    {
        await RunAsync(_starting);
        HasStarted = true;
        await _bodyFeature!.CompleteAsync();
        await RunAsync(_completed);
    }

    /// <summary>The response, and who may have it.</summary>
    public LoadedResponse ToResponse(CachePolicy policy, CachedAttribute options)
    {
        var body = _body.ToArray();
        var etag = StatusCode == StatusCodes.Status200OK ? EntityTags.Weak(Headers.ETag.ToString()) ?? EntityTags.Of(body) : null;
        var isPrivate = WhyPrivate(options);
        var isNegative = StatusCode == StatusCodes.Status404NotFound && policy.NegativeDuration is not null;
        var isKept = isPrivate is null && StatusCode == StatusCodes.Status200OK;
        var response = new CachedResponse
        {
            StatusCode = StatusCode,
            Body = body,
            ContentType = Headers.ContentType,
            ETag = etag is null ? default : new(etag),
            CacheControl = Headers.CacheControl,
            WhyNotStored = isPrivate ?? (isKept || isNegative ? null : $"status-{StatusCode}"),
            Encoded = isKept ? EncodedBodies.For(body.Length, Headers.ContentType) : EncodedBodies.None,
            Headers = [.. Headers.Where(header => !NotKept.Contains(header.Key) || (isPrivate is not null && header.Key.Equals("Set-Cookie", StringComparison.OrdinalIgnoreCase)))],
        };
        return new(
            response,
            isPrivate is not null ? ResponseSharing.Private
                : StatusCode >= StatusCodes.Status500InternalServerError ? ResponseSharing.Error
                : isKept || isNegative ? ResponseSharing.Stored
                : ResponseSharing.Collapsed);
    }

    public void Dispose() => _body.Dispose();

    /// <summary>Why nobody but the one request may have it; null: nothing is against it (RFC 9111, 3).</summary>
    private string? WhyPrivate(CachedAttribute options) =>
        Headers.SetCookie.Count > 0 ? "set-cookie"
        : RequestDirectives.Has(Headers.CacheControl, "no-store") || RequestDirectives.Has(Headers.CacheControl, "no-cache") ? "cache-control"
        : RequestDirectives.Has(Headers.CacheControl, "private") && !options.VariesByPrincipal ? "cache-control"
        : Headers.ContentEncoding.Count > 0 ? "content-encoding"
        : VariesByMore(options) ? "vary"
        : null;

    private bool VariesByMore(CachedAttribute options)
    {
        foreach (var value in Headers.Vary)
        {
            foreach (var name in (value ?? "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
            {
                if (!name.Equals("Accept-Encoding", StringComparison.OrdinalIgnoreCase) && !options.VaryByHeader.Contains(name, StringComparer.OrdinalIgnoreCase))
                {
                    return true;
                }
            }
        }

        return false;
    }

    private static async Task RunAsync(Stack<(Func<object, Task> Callback, object State)> callbacks)
    {
        while (callbacks.TryPop(out var next))
        {
            await next.Callback(next.State);
        }
    }

    private sealed class BoundedStream(int maxBytes) : MemoryStream
    {
        public override void Write(byte[] buffer, int offset, int count)
        {
            Require(count);
            base.Write(buffer, offset, count);
        }

        public override void Write(ReadOnlySpan<byte> buffer)
        {
            Require(buffer.Length);
            base.Write(buffer);
        }

        public override void WriteByte(byte value)
        {
            Require(1);
            base.WriteByte(value);
        }

        private void Require(int more)
        {
            if (Length + more > maxBytes)
            {
                throw new InvalidOperationException($"The response of a cached endpoint has at most {maxBytes} bytes (MaxBodyBytes).");
            }
        }
    }
}
