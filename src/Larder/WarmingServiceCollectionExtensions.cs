using Larder.Warming;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds warming to a host.</summary>
public static class WarmingServiceCollectionExtensions
{
    private const string Section = "Larder:Warming";

    /// <summary>
    /// Runs warming tasks once the host has started, as their schedule says. Options come from the host's configuration, then from <paramref name="configure"/>, and are validated when the host starts.
    /// May be called again to configure more.
    /// </summary>
    /// <param name="services">The host's services.</param>
    /// <param name="configure">Changes the options.</param>
    /// <returns>The same services.</returns>
    public static IServiceCollection AddLarderWarming(this IServiceCollection services, Action<WarmingOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        if (services.All(service => service.ServiceType != typeof(WarmingService)))
        {
            services.AddLarder();
            services.AddOptions<WarmingOptions>().BindConfiguration(Section).ValidateOnStart();
            services.AddSingleton<IValidateOptions<WarmingOptions>, Validator>();
            services.AddSingleton<WarmingService>();
            services.AddHostedService(provider => provider.GetRequiredService<WarmingService>());
        }

        return configure is null ? services : services.Configure(configure);
    }

    /// <summary>Adds a task, and warming. The host does not start where two tasks have one name, one depends on a task that is not there, or some depend on each other in a circle.</summary>
    /// <param name="services">The host's services.</param>
    /// <param name="task">The task.</param>
    /// <returns>The same services.</returns>
    public static IServiceCollection AddWarmingTask(this IServiceCollection services, WarmingTask task)
    {
        ArgumentNullException.ThrowIfNull(task);
        services.AddLarderWarming();
        return services.AddSingleton(task);
    }

    private sealed class Validator : IValidateOptions<WarmingOptions>
    {
        public ValidateOptionsResult Validate(string? name, WarmingOptions options) =>
            options.Problem() is { } problem ? ValidateOptionsResult.Fail($"{Section}: {problem}") : ValidateOptionsResult.Success;
    }
}
