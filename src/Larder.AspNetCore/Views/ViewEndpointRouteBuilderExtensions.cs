using Larder.AspNetCore.Views;
using Larder.Views;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Microsoft.AspNetCore.Builder;

/// <summary>Maps views to endpoints.</summary>
public static class ViewEndpointRouteBuilderExtensions
{
    /// <summary>
    /// Maps a view to GET and HEAD requests and caches its whole responses under the view's policy. Parameters whose names stand in the route come from it, all others from the query string; query
    /// parameters that the view does not declare are ignored. Bad values are answered with 400 and the parameter named, and a view that
    /// fails with 404, 502, 503 or 504, all as problem details (RFC 9457).
    /// </summary>
    /// <param name="endpoints">Where it is mapped.</param>
    /// <param name="pattern">The route, such as <c>/products/{id}/stock</c>, without constraints: the view checks its own parameters.</param>
    /// <param name="view">The view; the same one may be mapped to several routes, which then share its cache entries.</param>
    /// <returns>The endpoint, to add conventions to.</returns>
    /// <exception cref="InvalidOperationException">The route names a parameter that the view does not have, or the view names a policy or database that is not there.</exception>
    public static RouteHandlerBuilder MapView(this IEndpointRouteBuilder endpoints, string pattern, View view)
    {
        ArgumentNullException.ThrowIfNull(endpoints);
        ArgumentNullException.ThrowIfNull(view);
        var executor = endpoints.ServiceProvider.GetService<ViewExecutor>()
            ?? throw new InvalidOperationException("Views need services: call AddLarder() first.");
        executor.Check(view);
        var routeNames = Routing.Patterns.RoutePatternFactory.Parse(pattern).Parameters.Select(parameter => parameter.Name).ToHashSet(StringComparer.Ordinal);
        if (routeNames.FirstOrDefault(name => !view.HasParameter(name)) is { } unknown)
        {
            throw new InvalidOperationException($"The route '{pattern}' has a parameter '{unknown}', which the view '{view.Name}' does not declare.");
        }

        var get = Map(endpoints, pattern, view, HttpMethods.Get);
        get.AddOpenApiOperationTransformer(new ViewOperationTransformer(view, routeNames, executor.Options.Json).TransformAsync);
        var head = Map(endpoints, pattern, view, HttpMethods.Head);
        head.ExcludeFromDescription();
        head.Finally(ViewRoute.TakeName);
        return new RouteHandlerBuilder([get, head]);
    }

    private static RouteHandlerBuilder Map(IEndpointRouteBuilder endpoints, string pattern, View view, string method)
    {
        var route = new ViewRoute(endpoints.ServiceProvider, view);
        // As a Delegate, not a RequestDelegate: only the former is seen by the API explorer, and so by OpenAPI.
        var builder = endpoints.MapMethods(pattern, [method], (Delegate)route.HandleAsync);
        builder.Add(route.Begin);
        builder.Finally(route.End);
        return builder;
    }

    /// <summary>Describes a view and maps it to GET requests; see <see cref="MapView(IEndpointRouteBuilder, string, View)"/>.</summary>
    /// <param name="endpoints">Where it is mapped.</param>
    /// <param name="pattern">The route, such as <c>/products/{id}/stock</c>.</param>
    /// <param name="name">The view's name, in kebab-case.</param>
    /// <param name="describe">Adds parameters and sections.</param>
    /// <returns>The endpoint, to add conventions to.</returns>
    /// <exception cref="InvalidOperationException">The description does not hold together; the message says where.</exception>
    public static RouteHandlerBuilder MapView(this IEndpointRouteBuilder endpoints, string pattern, string name, Action<ViewBuilder> describe)
    {
        ArgumentNullException.ThrowIfNull(describe);
        var builder = View.Create(name);
        describe(builder);
        return endpoints.MapView(pattern, builder.Build());
    }
}
