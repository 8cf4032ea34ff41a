using Larder.AspNetCore.Management;
using Larder.AspNetCore.Warming;
using Larder.Warming;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds the warming of views to a host.</summary>
public static class RequestWarmingServiceCollectionExtensions
{
    /// <summary>
    /// Adds warming, and remembers the requests for views that were worth most, to ask for them again when the host starts: in Redis where <c>AddLarderRedis</c> is used, otherwise in
    /// <see cref="WarmingOptions.File"/>. Only the declared parameters of views are kept. May be called again to configure more.
    /// </summary>
    /// <param name="services">The host's services.</param>
    /// <param name="configure">Changes the options.</param>
    /// <returns>The same services.</returns>
    public static IServiceCollection AddLarderRequestWarming(this IServiceCollection services, Action<WarmingOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        if (services.All(service => service.ServiceType != typeof(PopularRequests)))
        {
            services.AddWarmingTask(new WarmingTask(PopularKeeper.TaskName, static (provider, cancellationToken) => provider.GetRequiredService<PopularKeeper>().WarmAsync(cancellationToken))
            {
                Priority = WarmingPriority.High,
                TimeLimit = TimeSpan.FromMinutes(5),
                Retries = 0,
            });
            services.TryAddSingleton<CachedRequests>();
            services.AddSingleton<RequestReplay>();
            services.AddSingleton<PopularRequests>();
            services.AddSingleton<WarmingReporter>();
            services.AddSingleton(provider => ActivatorUtilities.CreateInstance<PopularKeeper>(provider, StoreOf(provider) is { } store ? [store] : []));
            services.AddHostedService(provider => provider.GetRequiredService<PopularKeeper>());
        }

        return configure is null ? services : services.Configure(configure);
    }

    /// <summary>Adds a task that asks for views by their paths, as anonymous GET requests within the process.</summary>
    /// <param name="services">The host's services.</param>
    /// <param name="name">The name of the task.</param>
    /// <param name="paths">The paths with their queries, such as <c>/api/mobile/home</c>. One that no view answers, or that is answered with an error, makes the task fail.</param>
    /// <param name="describe">Sets its priority, interval and the rest.</param>
    /// <returns>The same services.</returns>
    public static IServiceCollection AddWarmingRequests(this IServiceCollection services, string name, IReadOnlyCollection<string> paths, Func<WarmingTask, WarmingTask>? describe = null)
    {
        ArgumentNullException.ThrowIfNull(paths);
        services.AddLarderRequestWarming();
        var task = new WarmingTask(name, async (provider, cancellationToken) =>
        {
            foreach (var path in paths)
            {
                await provider.GetRequiredService<RequestReplay>().SendAsync(path, cancellationToken);
            }
        });
        return services.AddWarmingTask(describe is null ? task : describe(task));
    }

    private static IPopularStore? StoreOf(IServiceProvider provider) =>
        provider.GetService<IPopularStore>()
        ?? (provider.GetRequiredService<IOptions<WarmingOptions>>().Value.File is { Length: > 0 } file
            ? new FilePopularStore(Path.Combine(provider.GetRequiredService<IHostEnvironment>().ContentRootPath, file))
            : null);
}
