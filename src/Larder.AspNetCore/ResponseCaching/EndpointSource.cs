using System.Globalization;
using System.Security.Claims;
using Larder.Caching;
using Larder.Freshness;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Primitives;

namespace Larder.AspNetCore.ResponseCaching;

/// <summary>
/// Runs the handler of an endpoint with a request of its own, so that its client may go, and so that the handler can see nothing that is not in the key: path and
/// route, declared query parameters, headers and claims, host where declared; services of a scope of its own.
/// </summary>
internal sealed class EndpointSource : IResponseSource
{
    private readonly RequestDelegate _handler;
    private readonly CachedAttribute _options;
    private readonly CachePolicy _policy;
    private readonly Endpoint? _endpoint;
    private readonly IServiceScopeFactory _scopes;
    private readonly RouteValueDictionary _routeValues;
    private readonly (PathString Base, PathString Path, QueryString Query, string Scheme, HostString Host) _target;
    private readonly KeyValuePair<string, StringValues>[] _headers;
    private readonly ClaimsPrincipal _user;
    private readonly (CultureInfo Culture, CultureInfo UiCulture) _cultures = (CultureInfo.CurrentCulture, CultureInfo.CurrentUICulture);

    public EndpointSource(RequestDelegate handler, CachedAttribute options, CachePolicy policy, HttpContext context)
    {
        _handler = handler;
        _options = options;
        _policy = policy;
        _endpoint = context.GetEndpoint();
        _scopes = context.RequestServices.GetRequiredService<IServiceScopeFactory>();
        var request = context.Request;
        _routeValues = new(request.RouteValues);
        _target = (request.PathBase, request.Path, QueryOf(request), options.VaryByHost ? request.Scheme : "http", options.VaryByHost ? request.Host : default);
        _headers = [.. options.VaryByHeader.Select(name => KeyValuePair.Create(name, request.Headers[name])).Where(header => header.Value.Count > 0)];
        _user = KeyedPrincipal.Of(context, options);
    }

    public string? ServerTiming => null;

    public async ValueTask<LoadedResponse> LoadAsync(CancellationToken cancellationToken)
    {
        (CultureInfo.CurrentCulture, CultureInfo.CurrentUICulture) = _cultures;
        foreach (var tag in _options.Tags)
        {
            ReadScope.Current?.Add(TagTemplate.Fill(tag, _routeValues));
        }

        await using var scope = _scopes.CreateAsyncScope();
        using var captured = new CapturedResponse(_options.MaxBodyBytes);
        var context = ContextOf(captured, scope.ServiceProvider, cancellationToken);
        if (scope.ServiceProvider.GetService<IHttpContextAccessor>() is { } accessor)
        {
            // In this flow only.
            accessor.HttpContext = context;
        }

        await _handler(context);
        await captured.CompleteAsync();
        return captured.ToResponse(_policy, _options);
    }

    private DefaultHttpContext ContextOf(CapturedResponse captured, IServiceProvider services, CancellationToken cancellationToken)
    {
        var context = new DefaultHttpContext { RequestServices = services, User = _user, RequestAborted = cancellationToken };
        captured.AttachTo(context.Features);
        var request = context.Request;
        request.Method = HttpMethods.Get;
        request.Protocol = "HTTP/1.1";
        request.Scheme = _target.Scheme;
        if (_target.Host.HasValue)
        {
            request.Host = _target.Host;
        }

        request.PathBase = _target.Base;
        request.Path = _target.Path;
        request.QueryString = _target.Query;
        request.RouteValues = new(_routeValues);
        foreach (var (name, values) in _headers)
        {
            request.Headers[name] = values;
        }

        context.SetEndpoint(_endpoint);
        return context;
    }

    private QueryString QueryOf(HttpRequest request) => new(QueryHelpers.AddQueryString(
        "", _options.VaryByQuery.Distinct(StringComparer.OrdinalIgnoreCase).SelectMany(name => QueryText.All(request.QueryString, name).Select(value => KeyValuePair.Create(name, (string?)value)))));
}
