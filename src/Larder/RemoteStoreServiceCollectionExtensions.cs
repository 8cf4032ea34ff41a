using Larder.Remote;
using Microsoft.Extensions.Caching.Distributed;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds a second level to the cache.</summary>
public static class RemoteStoreServiceCollectionExtensions
{
    /// <summary>
    /// Makes the host's <see cref="IDistributedCache"/> the second level of the cache: a load asks it before it asks its source, and writes to it behind its callers. Every value is
    /// judged by the invalidation log before it is served. The log in this process, which is the default, vouches only for what this very process has stored: with it a second level
    /// holds what does not fit into memory, and nothing of it is served after a restart. A log that several nodes share makes them share their values.
    /// </summary>
    /// <param name="services">The host's services.</param>
    /// <returns>The same services.</returns>
    public static IServiceCollection AddLarderDistributedCache(this IServiceCollection services)
    {
        ArgumentNullException.ThrowIfNull(services);
        return services.AddRemoteStore(provider => new DistributedRemoteStore(
            provider.GetRequiredService<IDistributedCache>(), provider.GetRequiredService<TimeProvider>()));
    }

    /// <summary>Makes a store the second level, in the place of another one.</summary>
    internal static IServiceCollection AddRemoteStore(this IServiceCollection services, Func<IServiceProvider, IRemoteStore> create)
    {
        services.RemoveAll<IRemoteStore>();
        services.AddSingleton(create);
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton(provider =>
        {
            var store = provider.GetRequiredService<IRemoteStore>();
            store.Start();
            return new RemoteLevel(store, provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<ILogger<RemoteLevel>>());
        });
        return services;
    }
}
