using System.Globalization;
using Larder.AspNetCore.RequestLog;
using Larder.AspNetCore.ResponseCaching;
using Larder.Views;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Routing.Patterns;
using Microsoft.AspNetCore.Routing.Template;
using Microsoft.AspNetCore.WebUtilities;

namespace Larder.AspNetCore.Management;

/// <summary>Finds the endpoint that a GET request would reach, so that it can be explained or measured without being sent.</summary>
internal sealed class CachedRequests(EndpointDataSource endpoints, ParameterPolicyFactory policies)
{
    internal const int LongestPath = 2048;

    /// <summary>The request for a path with its query, as in the log or in a browser.</summary>
    /// <exception cref="ManagementRefusedException">It is no path, or nothing answers it.</exception>
    public CachedRequest OfPath(string pathAndQuery)
    {
        // No server takes a path with a NUL.
        if (pathAndQuery.Length > LongestPath || !pathAndQuery.StartsWith('/') || pathAndQuery.Any(char.IsControl) || pathAndQuery.Contains("%00", StringComparison.Ordinal))
        {
            throw ManagementRefusedException.Of("path", $"must begin with / and have at most {LongestPath} characters, none of them a control character.");
        }

        var question = pathAndQuery.IndexOf('?', StringComparison.Ordinal);
        var path = PathString.FromUriComponent(question < 0 ? pathAndQuery : pathAndQuery[..question]);
        var query = question < 0 ? default : new QueryString(pathAndQuery[question..]);
        var found = Gets.Select(endpoint => (Endpoint: endpoint, Values: Match(endpoint, path)))
            .Where(found => found.Values is not null)
            .OrderBy(found => found.Endpoint.Order)
            .ThenBy(found => found.Endpoint.RoutePattern.InboundPrecedence)
            .FirstOrDefault();
        return found.Endpoint is null
            ? throw ManagementRefusedException.Of("path", "is answered by no endpoint.")
            : new(found.Endpoint, found.Values!, path, query);
    }

    /// <summary>The request for a view with values for its parameters, by the first route that it is mapped to.</summary>
    /// <exception cref="ManagementRefusedException">There is no such view, or it has no such parameter.</exception>
    public CachedRequest OfView(string name, IReadOnlyDictionary<string, object?> values)
    {
        var endpoint = Gets.FirstOrDefault(endpoint => endpoint.Metadata.GetMetadata<View>()?.Name == name)
            ?? throw new ManagementRefusedException(StatusCodes.Status404NotFound, $"No view '{RequestLogText.OneLine(name, 100)}' is mapped.", "view");
        var view = endpoint.Metadata.GetMetadata<View>()!;
        if (values.Keys.FirstOrDefault(value => !view.HasParameter(value)) is { } unknown)
        {
            throw ManagementRefusedException.Of("parameters", $"has '{RequestLogText.OneLine(unknown, 100)}', which the view does not declare.");
        }

        var texts = values.Where(value => value.Value is not null).ToDictionary(value => value.Key, value => TextOf(value.Value!), StringComparer.Ordinal);
        RouteValueDictionary route = [];
        var path = "";
        foreach (var segment in endpoint.RoutePattern.PathSegments)
        {
            path += '/';
            foreach (var part in segment.Parts)
            {
                path += part switch
                {
                    RoutePatternLiteralPart literal => literal.Content,
                    RoutePatternSeparatorPart separator => separator.Content,
                    RoutePatternParameterPart parameter => texts.Remove(parameter.Name, out var text) && text.Length > 0
                        ? route[parameter.Name] = text
                        : throw ManagementRefusedException.Of("parameters", $"needs '{parameter.Name}', which stands in the route {endpoint.RoutePattern.RawText}."),
                    _ => "",
                };
            }
        }

        return new(endpoint, route, new PathString(path), new QueryString(QueryHelpers.AddQueryString("", texts.Select(text => KeyValuePair.Create(text.Key, (string?)text.Value)))));
    }

    private IEnumerable<RouteEndpoint> Gets => endpoints.Endpoints.OfType<RouteEndpoint>().Where(endpoint =>
        endpoint.RequestDelegate is not null
        && (endpoint.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods is not { Count: > 0 } methods || methods.Contains(HttpMethods.Get)));

    private RouteValueDictionary? Match(RouteEndpoint endpoint, PathString path)
    {
        var pattern = endpoint.RoutePattern;
        RouteValueDictionary values = [];
        var isMatch = new TemplateMatcher(new RouteTemplate(pattern), new RouteValueDictionary(pattern.Defaults)).TryMatch(path, values)
            && pattern.ParameterPolicies.All(parameter => parameter.Value
                .Select(reference => policies.Create(pattern.GetParameter(parameter.Key), reference))
                .OfType<IRouteConstraint>()
                .All(constraint => constraint.Match(httpContext: null, route: null, parameter.Key, values, RouteDirection.IncomingRequest)));
        return isMatch ? values : null;
    }

    private static string TextOf(object value) => value is bool truth ? truth ? "true" : "false" : Convert.ToString(value, CultureInfo.InvariantCulture)!;
}

/// <summary>A GET request that is not sent.</summary>
/// <param name="Endpoint">What would answer it.</param>
/// <param name="RouteValues">What routing would find in its path.</param>
/// <param name="Path">Its path.</param>
/// <param name="Query">Its query.</param>
internal sealed record CachedRequest(RouteEndpoint Endpoint, RouteValueDictionary RouteValues, PathString Path, QueryString Query)
{
    /// <summary>The request of nobody, whose body goes nowhere.</summary>
    public DefaultHttpContext CreateContext(IServiceProvider services, CancellationToken cancellationToken)
    {
        var context = new DefaultHttpContext { RequestServices = services, RequestAborted = cancellationToken };
        var request = context.Request;
        (request.Method, request.Protocol, request.Scheme, request.Host) = (HttpMethods.Get, "HTTP/1.1", "http", new HostString("localhost"));
        (request.Path, request.QueryString, request.RouteValues) = (Path, Query, new RouteValueDictionary(RouteValues));
        context.SetEndpoint(Endpoint);
        return context;
    }

    /// <summary>What caches the endpoint's responses; null: nothing does.</summary>
    public CachedHandler? HandlerOf(IServiceProvider services) =>
        Endpoint.Metadata.GetMetadata<CachedHandler>() is { } handler ? handler
        : Endpoint.Metadata.GetMetadata<CachedAttribute>() is { } options ? CachedEndpoint.Of(Endpoint, options, services)
        : null;
}
