using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Http.Features.Authentication;
using Microsoft.Extensions.ObjectPool;
using Microsoft.Extensions.Options;

namespace Larder.AspNetCore.RequestLog;

/// <summary>
/// Follows each request: (1) give it an ID, which it keeps, shows and carries in its trace; (2) let it pass; (3) put what is known of it into the queue
/// of the writer. Nothing is formatted here, and nothing is allocated where the request ends before it first waits.
/// </summary>
internal sealed class RequestLogMiddleware
{
    /// <summary>The tag of an activity that joins the request's ID to its trace.</summary>
    public const string ActivityTag = "larder.request_id";

    private readonly RequestDelegate _next;
    private readonly RequestLogWriter _writer;
    private readonly RequestLogLevels _levels;
    private readonly TimeProvider _time;
    private readonly ObjectPool<LarderRequestFeature> _features;
    private readonly string? _forwardedHeader;
    private readonly double _sampling;
    private readonly TimeSpan _slow;

    public RequestLogMiddleware(RequestDelegate next, RequestLogWriter writer, IOptions<RequestLogOptions> options, TimeProvider time)
    {
        _next = next;
        _writer = writer;
        _levels = writer.Levels;
        _time = time;
        _features = new DefaultObjectPool<LarderRequestFeature>(new FeaturePolicy(writer.Levels, time), maximumRetained: 1024);
        _forwardedHeader = new ClientAddress(options.Value).Header;
        _sampling = options.Value.SuccessSampling;
        _slow = options.Value.SlowRequest;
    }

    public Task InvokeAsync(HttpContext context)
    {
        var feature = _features.Get();
        feature.Begin(context);
        Identify(context, feature);
        context.Features.Set<ILarderRequestFeature>(feature);
        Task passing;
        try
        {
            passing = _next(context);
        }
        catch (Exception exception)
        {
            End(context, feature, exception);
            throw;
        }

        if (!passing.IsCompletedSuccessfully)
        {
            return AwaitAsync(passing, context, feature);
        }

        End(context, feature, exception: null);
        return Task.CompletedTask;
    }

    private async Task AwaitAsync(Task passing, HttpContext context, LarderRequestFeature feature)
    {
        try
        {
            await passing;
        }
        catch (Exception exception)
        {
            End(context, feature, exception);
            throw;
        }

        End(context, feature, exception: null);
    }

    private static void Identify(HttpContext context, LarderRequestFeature feature)
    {
        var id = RequestId.Of(context.Request.Headers[RequestId.Header]);
        context.TraceIdentifier = id;
        feature.Activity?.AddTag(ActivityTag, id);

        // At the last moment, because an error page clears the headers first.
        context.Response.OnStarting(
            static state =>
            {
                var context = (HttpContext)state;
                context.Response.Headers[RequestId.Header] = context.TraceIdentifier;
                return Task.CompletedTask;
            },
            context);
    }

    private void End(HttpContext context, LarderRequestFeature feature, Exception? exception)
    {
        var endedAt = _time.GetTimestamp();
        var elapsed = _time.GetElapsedTime(feature.StartedAt, endedAt);
        var status = StatusOf(context, exception);
        if (status >= StatusCodes.Status500InternalServerError)
        {
            exception ??= context.Features.Get<IExceptionHandlerFeature>()?.Error;
        }

        if (IsWanted(status, elapsed, exception, feature, out var isSampled))
        {
            _writer.Enqueue(RecordOf(context, feature) with
            {
                EndedAt = endedAt,
                Elapsed = elapsed,
                StatusCode = status,
                Exception = status == StatusCodes.Status499ClientClosedRequest ? null : exception,
                IsSampled = isSampled,
            });
        }

        context.Features.Set<ILarderRequestFeature>(null);
        _features.Return(feature);
    }

    private bool IsWanted(int status, TimeSpan elapsed, Exception? exception, LarderRequestFeature feature, out bool isSampled)
    {
        isSampled = false;
        if (status >= StatusCodes.Status400BadRequest || exception is not null)
        {
            return true;
        }

        if (_sampling < 1 && elapsed < _slow)
        {
            isSampled = true;
            return _sampling > 0 && Random.Shared.NextDouble() < _sampling;
        }

        return _levels.IsOn(RequestLogEvent.RequestSuccess) || feature.IsLookupLogged || feature.Sections is not null;
    }

    private RequestLogRecord RecordOf(HttpContext context, LarderRequestFeature feature)
    {
        var activity = feature.Activity;
        return new RequestLogRecord
        {
            Method = feature.Method,
            PathBase = feature.PathBase,
            Path = feature.Path,
            Query = feature.Query,
            RequestId = context.TraceIdentifier,
            TraceId = activity?.TraceId.ToHexString(),
            SpanId = activity?.SpanId.ToHexString(),
            TraceParent = activity is null ? context.Request.Headers.TraceParent.ToString() : null,
            Peer = context.Connection.RemoteIpAddress,
            Forwarded = _forwardedHeader is null ? null : context.Request.Headers[_forwardedHeader].ToString(),
            Route = feature.Route,
            Lookups = feature.Lookups,
            Sections = feature.Sections,
            AggregationElapsed = feature.AggregationElapsed,
            IsCached = feature.IsCached,

            // HttpContext.User would make an anonymous principal where there is none.
            IsAuthenticated = context.Features.Get<IHttpAuthenticationFeature>()?.User?.Identity?.IsAuthenticated == true,
        };
    }

    /// <summary>What the client gets, also where the server will say it after this middleware.</summary>
    private static int StatusOf(HttpContext context, Exception? exception)
    {
        var response = context.Response;
        if (!response.HasStarted && response.StatusCode < StatusCodes.Status400BadRequest && context.RequestAborted.IsCancellationRequested)
        {
            return StatusCodes.Status499ClientClosedRequest;
        }

        return exception switch
        {
            null => response.StatusCode,
            BadHttpRequestException bad => bad.StatusCode,
            _ => StatusCodes.Status500InternalServerError,
        };
    }

    private sealed class FeaturePolicy(RequestLogLevels levels, TimeProvider time) : PooledObjectPolicy<LarderRequestFeature>
    {
        public override LarderRequestFeature Create() => new(levels, time);

        public override bool Return(LarderRequestFeature feature)
        {
            feature.End();
            return true;
        }
    }
}
