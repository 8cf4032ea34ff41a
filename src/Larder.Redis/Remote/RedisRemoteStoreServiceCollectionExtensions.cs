using Larder.Redis.Remote;
using Larder.Redis.Resp;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Makes Redis the second level.</summary>
internal static class RedisRemoteStoreServiceCollectionExtensions
{
    /// <summary>
    /// Makes the host's <see cref="RedisNode"/>, which must be registered, the second level of the cache. It is of use across nodes and restarts only with a log that they share; the log in
    /// the process vouches for what this very process has stored.
    /// </summary>
    /// <param name="services">The host's services.</param>
    /// <param name="prefixOf">What the keys of entries begin with; null: "larder".</param>
    internal static IServiceCollection AddRedisRemoteStore(this IServiceCollection services, Func<IServiceProvider, string>? prefixOf = null) =>
        services.AddRemoteStore(provider => new RedisRemoteStore(provider.GetRequiredService<RedisNode>(), prefixOf?.Invoke(provider) ?? RedisRemoteStore.DefaultPrefix));
}
