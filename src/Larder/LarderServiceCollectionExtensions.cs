using Larder.Caching;
using Microsoft.Extensions.Caching.Hybrid;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds Larder to a host.</summary>
public static class LarderServiceCollectionExtensions
{
    /// <summary>
    /// Adds <see cref="LarderCache"/>, also as the host's <see cref="HybridCache"/>. Options come from the host's configuration, then from
    /// <paramref name="configure"/>, and are validated when the host starts. May be called again to configure more.
    /// </summary>
    /// <param name="services">The host's services.</param>
    /// <param name="configure">Changes the options.</param>
    /// <returns>The same services.</returns>
    public static IServiceCollection AddLarder(this IServiceCollection services, Action<LarderCacheOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        if (services.All(service => service.ServiceType != typeof(LarderCache)))
        {
            services.AddOptions<LarderCacheOptions>().ValidateOnStart();
            services.AddSingleton<IConfigureOptions<LarderCacheOptions>>(
                provider => new LarderCacheConfiguration(provider.GetService<IConfiguration>()));
            services.AddSingleton<IValidateOptions<LarderCacheOptions>, LarderCacheOptionsValidator>();
            services.AddSingleton(provider => new LarderCache(
                provider.GetRequiredService<IOptions<LarderCacheOptions>>().Value,
                provider.GetService<TimeProvider>() ?? TimeProvider.System,
                new CacheCodecs(provider)));
            services.Replace(ServiceDescriptor.Singleton<HybridCache>(
                provider => new LarderHybridCache(provider.GetRequiredService<LarderCache>())));
        }

        return configure is null ? services : services.Configure(configure);
    }
}
