using System.Runtime.CompilerServices;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Larder.AspNetCore.ResponseCaching;

/// <summary>
/// Puts the caching of responses in front of endpoints that carry <see cref="CachedAttribute"/> on their handler, by exchanging the chosen endpoint. Whatever runs
/// between, above all authorization, still runs, and with the same metadata.
/// </summary>
internal sealed class CachedEndpoints(IServiceProvider services)
{
    // Holds no endpoint that the application has dropped.
    private readonly ConditionalWeakTable<Endpoint, Endpoint> _cached = [];

    public void Apply(HttpContext context)
    {
        if (context.GetEndpoint() is { } endpoint
            && endpoint.Metadata.GetMetadata<CachedAttribute>() is { } options
            && endpoint.Metadata.GetMetadata<CachedHandler>() is null)
        {
            context.SetEndpoint(_cached.GetValue(endpoint, original => Cached(original, options)));
        }
    }

    private Endpoint Cached(Endpoint endpoint, CachedAttribute options)
    {
        var handler = CachedEndpoint.Of(endpoint, options, services);
        var metadata = new EndpointMetadataCollection([.. endpoint.Metadata, handler]);
        return endpoint is RouteEndpoint route
            ? new RouteEndpoint(handler.HandleAsync, route.RoutePattern, route.Order, metadata, route.DisplayName)
            : new Endpoint(handler.HandleAsync, metadata, endpoint.DisplayName);
    }
}
