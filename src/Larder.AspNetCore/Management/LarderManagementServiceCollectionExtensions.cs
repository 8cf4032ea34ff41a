using Larder.AspNetCore.Management;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds management to a host.</summary>
public static class LarderManagementServiceCollectionExtensions
{
    private const string Section = "Larder:Management";

    /// <summary>
    /// Adds what <c>MapLarderManagement</c> needs, and monitoring. Options come from the host's configuration, then from <paramref name="configure"/>. May be called again to configure more.
    /// </summary>
    /// <param name="services">The host's services, to which <c>AddLarder</c> adds the cache.</param>
    /// <param name="configure">Changes the options.</param>
    /// <returns>The same services.</returns>
    public static IServiceCollection AddLarderManagement(this IServiceCollection services, Action<LarderManagementOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        if (services.All(service => service.ServiceType != typeof(EntryReader)))
        {
            services.AddLarderMonitoring();
            services.AddOptions<LarderManagementOptions>().BindConfiguration(Section).ValidateOnStart();
            services.AddSingleton<CachedRequests>();
            services.AddSingleton<EntryReader>();
            services.AddSingleton<CacheInvalidator>();
            services.AddSingleton<ViewBenchmark>();
            services.AddSingleton<ConfigurationReader>();
        }

        return configure is null ? services : services.Configure(configure);
    }
}
