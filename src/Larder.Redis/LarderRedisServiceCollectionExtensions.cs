using Larder.Caching;
using Larder.Diagnostics;
using Larder.Freshness;
using Larder.Redis;
using Larder.Redis.Log;
using Larder.Redis.Nodes;
using Larder.Redis.Resp;
using Larder.Warming;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds Redis to a host that uses Larder.</summary>
public static class LarderRedisServiceCollectionExtensions
{
    /// <summary>
    /// Makes all nodes over one Redis one cache: what one node loads serves all, from a second level in Redis, and what one node writes is dropped on every other, within some milliseconds, and at once
    /// for whoever carries the writer's token. Adds Larder itself where it is not there yet. Redis may be away, from the start too: requests do not wait
    /// for it, strict policies then do not use the cache beyond <see cref="RedisLogOptions.StalenessBound"/>, and nothing needs a restart.
    /// Options come from configuration, then from the delegates, and are validated when the host starts. May be called again to configure more.
    /// </summary>
    /// <param name="services">The host's services.</param>
    /// <param name="configure">Changes how Redis is reached.</param>
    /// <param name="configureLog">Changes how the log is shared.</param>
    /// <returns>The same services.</returns>
    public static IServiceCollection AddLarderRedis(
        this IServiceCollection services, Action<RedisOptions>? configure = null, Action<RedisLogOptions>? configureLog = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        services.AddLarder();
        AddRedisClient(services);
        if (services.All(service => service.ServiceType != typeof(RedisInvalidationLog)))
        {
            AddLog(services);
            services.AddRedisRemoteStore(provider => provider.GetRequiredService<IOptions<RedisLogOptions>>().Value.KeyPrefix);
        }

        if (configure is not null)
        {
            services.Configure(configure);
        }

        return configureLog is null ? services : services.Configure(configureLog);
    }

    /// <summary>Adds the connections that everything over Redis shares.</summary>
    internal static void AddRedisClient(IServiceCollection services)
    {
        if (services.Any(service => service.ServiceType == typeof(RedisNode)))
        {
            return;
        }

        services.AddOptions<RedisOptions>().ValidateOnStart();
        services.AddSingleton<IConfigureOptions<RedisOptions>>(provider => new RedisOptionsConfiguration(provider.GetService<IConfiguration>()));
        services.AddSingleton<IValidateOptions<RedisOptions>, RedisOptionsValidator>();
        services.AddSingleton(provider => new RedisNode(
            RedisUrl.ToSettings(provider.GetRequiredService<IOptions<RedisOptions>>().Value),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<RedisNode>>()));
    }

    private static void AddLog(IServiceCollection services)
    {
        services.AddOptions<RedisLogOptions>().ValidateOnStart();
        services.AddSingleton<IConfigureOptions<RedisLogOptions>>(provider => new RedisLogOptionsConfiguration(provider.GetService<IConfiguration>()));
        services.AddSingleton<IValidateOptions<RedisLogOptions>, RedisLogOptionsValidator>();
        services.Replace(ServiceDescriptor.Singleton(provider => new FreshnessNode(provider.GetRequiredService<TimeProvider>())
        {
            LagBound = provider.GetRequiredService<IOptions<RedisLogOptions>>().Value.StalenessBound,
        }));
        services.AddSingleton(provider =>
        {
            var log = new RedisInvalidationLog(
                provider.GetRequiredService<RedisNode>(),
                provider.GetRequiredService<FreshnessNode>(),
                provider.GetRequiredService<IOptions<RedisLogOptions>>().Value,
                provider.GetRequiredService<TimeProvider>(),
                provider.GetRequiredService<ILogger<RedisInvalidationLog>>());

            // Here and not only with the host: a cache that is used follows its log.
            log.Start();
            return log;
        });
        services.Replace(ServiceDescriptor.Singleton<IInvalidationLog>(provider => provider.GetRequiredService<RedisInvalidationLog>()));
        services.AddSingleton(provider => new RedisNodeRegistry(
            provider.GetRequiredService<RedisNode>(),
            provider.GetRequiredService<IOptions<RedisLogOptions>>().Value,
            provider.GetRequiredService<FreshnessNode>(),
            provider.GetRequiredService<LarderCache>(),
            provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton(provider => new NodeReporter(
            provider.GetRequiredService<RedisInvalidationLog>(),
            provider.GetRequiredService<RedisNodeRegistry>(),
            provider.GetRequiredService<LarderCache>(),
            provider.GetRequiredService<TimeProvider>()));
        services.TryAddSingleton<IPopularStore>(provider => new RedisPopularStore(
            provider.GetRequiredService<RedisNode>(), provider.GetRequiredService<IOptions<RedisLogOptions>>().Value.PopularKey));
        services.AddSingleton<IRemoteHealth>(provider => provider.GetRequiredService<NodeReporter>());
        services.AddHostedService(provider => provider.GetRequiredService<NodeReporter>());
    }
}
