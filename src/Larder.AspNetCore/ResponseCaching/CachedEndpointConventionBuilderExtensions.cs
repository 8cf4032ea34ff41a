using Larder.AspNetCore.ResponseCaching;
using Larder.Views;

namespace Microsoft.AspNetCore.Builder;

/// <summary>Caches whole responses of endpoints.</summary>
public static class CachedEndpointConventionBuilderExtensions
{
    /// <summary>
    /// Caches whole responses of these endpoints; see <see cref="CachedAttribute"/> for what a handler then sees. Views are cached without it: on a view it changes the
    /// policy of the whole response, or says that it may be shared.
    /// </summary>
    /// <param name="builder">One endpoint, or a group of them.</param>
    /// <param name="policy">The name of the policy.</param>
    /// <param name="configure">Says what the response depends on.</param>
    /// <returns>The same builder.</returns>
    /// <exception cref="InvalidOperationException">When the endpoints are built: there is no such policy, or a setting is out of its bounds.</exception>
    public static TBuilder Cached<TBuilder>(this TBuilder builder, string policy, Action<CachedAttribute>? configure = null)
        where TBuilder : IEndpointConventionBuilder
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentException.ThrowIfNullOrWhiteSpace(policy);
        var options = new CachedAttribute(policy);
        configure?.Invoke(options);
        builder.Add(endpoint => endpoint.Metadata.Add(options));

        // At the end, when the handler is there with all that other conventions put around it.
        builder.Finally(endpoint =>
        {
            if (endpoint.Metadata.OfType<View>().Any() || !ReferenceEquals(endpoint.Metadata.OfType<CachedAttribute>().Last(), options))
            {
                return;
            }

            var handler = CachedEndpoint.Of(endpoint, options);
            endpoint.RequestDelegate = handler.HandleAsync;
            endpoint.Metadata.Add(handler);
        });
        return builder;
    }
}
