using Larder.AspNetCore.ResponseCaching;
using Larder.Views;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Larder.AspNetCore.Views;

/// <summary>
/// One route to a view. It is mapped as a delegate, which the API explorer sees and filters can be put around, and answered by the view's endpoint itself where there
/// are no filters: the delegate that routing makes costs more than a hit does.
/// </summary>
internal sealed class ViewRoute(IServiceProvider services, View view)
{
    private RequestDelegate _handler = static _ => throw new InvalidOperationException("The endpoint has not been built.");
    private bool _hasFilters;

    public Task HandleAsync(HttpContext context) => _handler(context);

    /// <summary>Before all other conventions, so that what they put around the handler stays around it.</summary>
    public void Begin(EndpointBuilder endpoint)
    {
        var filtered = endpoint.RequestDelegate!;
        endpoint.Metadata.Add(view);
        endpoint.RequestDelegate = context => _hasFilters ? filtered(context) : _handler(context);
    }

    /// <summary>After all other conventions, when it is known what they say about caching.</summary>
    public void End(EndpointBuilder endpoint)
    {
        var options = endpoint.Metadata.OfType<CachedAttribute>().LastOrDefault() ?? new CachedAttribute(view.Policy);
        var handler = new ViewEndpoint(services, view, options);
        _handler = handler.HandleAsync;
        _hasFilters = endpoint.FilterFactories.Count > 0;
        endpoint.Metadata.Add(handler);
    }

    /// <summary>A second endpoint for HEAD obeys the same conventions; two endpoints with one name there cannot be.</summary>
    public static void TakeName(EndpointBuilder endpoint)
    {
        for (var i = endpoint.Metadata.Count - 1; i >= 0; i--)
        {
            if (endpoint.Metadata[i] is IEndpointNameMetadata or IRouteNameMetadata)
            {
                endpoint.Metadata.RemoveAt(i);
            }
        }
    }
}
