using System.Collections.Concurrent;
using Larder.AspNetCore.Management;
using Larder.AspNetCore.ResponseCaching;
using Larder.AspNetCore.Views;
using Larder.Views;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Larder.AspNetCore.Warming;

/// <summary>Asks for views as nobody in particular, within the process, so that their sections and responses are stored. It is in no figure of requests.</summary>
internal sealed class RequestReplay(CachedRequests requests, IServiceProvider services, IServiceScopeFactory scopes)
{
    private readonly ConcurrentDictionary<RouteEndpoint, ViewEndpoint> _handlers = [];

    /// <summary>Asks for a path with its query.</summary>
    /// <exception cref="InvalidOperationException">No view answers it, or it answers with an error.</exception>
    public Task SendAsync(string path, CancellationToken cancellationToken) => SendAsync(() => requests.OfPath(path), cancellationToken);

    /// <summary>Asks for a view.</summary>
    /// <returns>The key of its response; null: it has none.</returns>
    /// <exception cref="InvalidOperationException">There is no such view, or it answers with an error.</exception>
    public Task<string?> SendAsync(PopularRequest request, CancellationToken cancellationToken) =>
        SendAsync(() => requests.OfView(request.View, request.Parameters.ToDictionary(text => text.Key, text => (object?)text.Value, StringComparer.Ordinal)), cancellationToken);

    private async Task<string?> SendAsync(Func<CachedRequest> find, CancellationToken cancellationToken)
    {
        CachedRequest request;
        try
        {
            request = find();
        }
        catch (ManagementRefusedException exception)
        {
            throw new InvalidOperationException(exception.Message, exception);
        }

        if (request.Endpoint.Metadata.GetMetadata<View>() is not { } view)
        {
            throw new InvalidOperationException($"{request.Path} is answered by no view.");
        }

        var handler = _handlers.GetOrAdd(
            request.Endpoint, static (endpoint, state) => new ViewEndpoint(state.services, state.view, endpoint.Metadata.GetMetadata<CachedAttribute>() ?? new(state.view.Policy), isCounted: false), (services, view));
        await using var scope = scopes.CreateAsyncScope();
        var context = request.CreateContext(scope.ServiceProvider, cancellationToken);
        context.Response.Body = new CountingStream();
        await handler.HandleAsync(context);

        // A handler whose client has gone answers nothing.
        cancellationToken.ThrowIfCancellationRequested();
        return context.Response.StatusCode < StatusCodes.Status400BadRequest
            ? handler.Describe(context).Key
            : throw new InvalidOperationException($"{request.Path} is answered with {context.Response.StatusCode}.");
    }
}
