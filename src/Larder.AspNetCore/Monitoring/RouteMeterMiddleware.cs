using System.Runtime.CompilerServices;
using Larder.AspNetCore.ResponseCaching;
using Larder.Caching;
using Larder.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Larder.AspNetCore.Monitoring;

/// <summary>Counts the requests of endpoints that are not cached, writes above all. Cached ones count themselves, with what the cache did.</summary>
internal sealed class RouteMeterMiddleware(RequestDelegate next, MetricStore store, LarderCache cache, TimeProvider time)
{
    private const string Unmatched = "(unmatched)";
    private const string OtherMethod = "_OTHER";

    // A method is chosen by the client where an endpoint takes any: only these have a name of their own.
    private static readonly string[] Methods = ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "TRACE", OtherMethod];

    // Holds no endpoint that the application has dropped.
    private readonly ConditionalWeakTable<Endpoint, RouteSeries> _series = [];
    private readonly MetricSeries _unmatched = store.Series(SeriesKind.Route, Unmatched);

    public Task InvokeAsync(HttpContext context) =>
        !cache.IsMonitored || CountsItself(context.GetEndpoint()) ? next(context) : MeasureAsync(context);

    private async Task MeasureAsync(HttpContext context)
    {
        var startedAt = time.GetTimestamp();
        var method = context.Request.Method;
        try
        {
            await next(context);
        }
        catch (Exception exception)
        {
            var status = exception is BadHttpRequestException bad ? bad.StatusCode : StatusCodes.Status500InternalServerError;
            Record(context, method, context.RequestAborted.IsCancellationRequested ? StatusCodes.Status499ClientClosedRequest : status, startedAt);
            throw;
        }

        Record(context, method, context.Response.StatusCode, startedAt);
    }

    private void Record(HttpContext context, string method, int status, long startedAt)
    {
        var endpoint = context.GetEndpoint();
        if (!CountsItself(endpoint))
        {
            var series = endpoint is null ? _unmatched : _series.GetValue(endpoint, endpoint => new(store, endpoint)).Of(method);
            series.Record(CacheOutcome.Uncached, status, time.GetTimestamp() - startedAt, context.Response.ContentLength ?? 0);
        }
    }

    private static bool CountsItself(Endpoint? endpoint) =>
        endpoint is not null && (endpoint.Metadata.GetMetadata<CachedHandler>() is not null || endpoint.Metadata.GetMetadata<UncountedAttribute>() is not null);

    private sealed class RouteSeries(MetricStore store, Endpoint endpoint)
    {
        private readonly MetricSeries?[] _byMethod = new MetricSeries?[Methods.Length];

        public MetricSeries Of(string method)
        {
            var index = Array.FindIndex(Methods, known => string.Equals(known, method, StringComparison.OrdinalIgnoreCase));
            index = index < 0 ? Methods.Length - 1 : index;
            return _byMethod[index] ??= store.Series(
                SeriesKind.Route, $"{Methods[index]} {(endpoint as RouteEndpoint)?.RoutePattern.RawText ?? endpoint.DisplayName ?? MetricStore.Other}");
        }
    }
}
