using Larder.AspNetCore.Monitoring;
using Larder.AspNetCore.Monitoring.Alerts;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds monitoring to a host.</summary>
public static class LarderMonitoringServiceCollectionExtensions
{
    private const string Section = "Larder:Monitoring";

    /// <summary>
    /// Adds what <c>UseLarderMonitoring</c> and <c>MapLarderMonitoring</c> need, judges alerts while the host runs, and publishes the meter "Larder". Options come from the
    /// host's configuration, then from <paramref name="configure"/>. May be called again to configure more.
    /// </summary>
    /// <param name="services">The host's services, to which <c>AddLarder</c> adds the cache.</param>
    /// <param name="configure">Changes the options.</param>
    /// <returns>The same services.</returns>
    public static IServiceCollection AddLarderMonitoring(this IServiceCollection services, Action<LarderMonitoringOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        if (services.All(service => service.ServiceType != typeof(PerformanceReader)))
        {
            services.AddRouting();
            services.AddMetrics();
            services.AddOptions<LarderMonitoringOptions>().BindConfiguration(Section).ValidateOnStart();
            services.AddSingleton<IValidateOptions<LarderMonitoringOptions>, Validator>();
            services.AddHttpClient(AlertWebhook.ClientName)
                .ConfigurePrimaryHttpMessageHandler(static () => new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false });
            services.AddSingleton<PerformanceReader>();
            services.AddSingleton<CacheReporter>();
            services.AddSingleton<ViewPolicies>();
            services.AddSingleton<Recommender>();
            services.AddSingleton<AnalyticsReporter>();
            services.AddSingleton<PrometheusText>();
            services.AddSingleton<LarderMeter>();
            services.AddSingleton<AlertWebhook>();
            services.AddSingleton<AlertBoard>();
            services.AddHostedService<MonitoringService>();
        }

        return configure is null ? services : services.Configure(configure);
    }

    private sealed class Validator : IValidateOptions<LarderMonitoringOptions>
    {
        public ValidateOptionsResult Validate(string? name, LarderMonitoringOptions options) =>
            options.Problem() is { } problem ? ValidateOptionsResult.Fail($"{Section}: {problem}") : ValidateOptionsResult.Success;
    }
}
