using Larder.Caching;
using Larder.Data;
using Larder.Data.Tracking;
using Larder.Diagnostics;
using Larder.Explain;
using Larder.Freshness;
using Larder.Remote;
using Larder.Views;
using Larder.Views.Execution;
using Microsoft.Extensions.Caching.Hybrid;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
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
            AddFreshness(services);
            services.AddSingleton(provider => new LarderCache(
                provider.GetRequiredService<IOptions<LarderCacheOptions>>().Value,
                provider.GetRequiredService<TimeProvider>(),
                new CacheCodecs(provider),
                provider.GetRequiredService<InvalidationPublisher>(),
                provider.GetService<IReadSetSource>(),
                provider.GetRequiredService<ILogger<LarderCache>>(),
                provider.GetService<RemoteLevel>()));
            services.Replace(ServiceDescriptor.Singleton<HybridCache>(
                provider => new LarderHybridCache(provider.GetRequiredService<LarderCache>())));
            services.AddSingleton(provider => new MetricStore(provider.GetRequiredService<TimeProvider>()));
            services.AddSingleton(provider => new CacheExplainer(
                provider.GetRequiredService<LarderCache>(), provider.GetServices<TrackedDatabase>(), provider.GetRequiredService<TimeProvider>()));
            AddViews(services);
        }

        return configure is null ? services : services.Configure(configure);
    }

    /// <summary>Adds a service that HTTP sections read from.</summary>
    /// <param name="services">The host's services.</param>
    /// <param name="name">The name that sections use.</param>
    /// <param name="configure">Sets the address and, where the defaults do not fit, the limits.</param>
    /// <returns>The client, to add headers or handlers to.</returns>
    public static IHttpClientBuilder AddHttpSource(this IServiceCollection services, string name, Action<HttpSourceOptions> configure)
    {
        services.AddOptions<HttpSourceOptions>(name).Configure(configure).ValidateOnStart();
        return services.AddHttpClient(name, (provider, client) =>
        {
            var options = provider.GetRequiredService<IOptionsMonitor<HttpSourceOptions>>().Get(name);
            client.BaseAddress = options.Address;
            client.MaxResponseContentBufferSize = options.MaxResponseBytes;
            client.Timeout = Timeout.InfiniteTimeSpan;
        });
    }

    private static void AddFreshness(IServiceCollection services)
    {
        services.AddLogging();
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton(provider => new FreshnessNode(provider.GetRequiredService<TimeProvider>()));
        services.TryAddSingleton<IInvalidationLog>(provider => new InProcessLog(
            provider.GetRequiredService<FreshnessNode>(), provider.GetRequiredService<ILogger<InProcessLog>>()));
        services.AddSingleton(provider => new InvalidationPublisher(
            provider.GetRequiredService<FreshnessNode>(),
            provider.GetRequiredService<IInvalidationLog>(),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<InvalidationPublisher>>()));
    }

    private static void AddViews(IServiceCollection services)
    {
        services.AddHttpClient();
        services.AddSingleton<IHybridCacheSerializer<SectionFragment>>(new SectionFragmentSerializer());
        services.AddOptions<ViewOptions>().ValidateOnStart();
        services.AddSingleton<IValidateOptions<ViewOptions>>(new ProblemValidator<ViewOptions>(options => options.Problem()));
        services.AddSingleton<IValidateOptions<HttpSourceOptions>>(new ProblemValidator<HttpSourceOptions>(options => options.Problem()));
        services.AddSingleton<HttpSourcePipelines>();
        services.AddSingleton(provider => new SectionLoader(
            provider.GetServices<SqlDatabase>(),
            new HttpSectionLoader(
                provider.GetRequiredService<IHttpClientFactory>(),
                provider.GetRequiredService<HttpSourcePipelines>(),
                provider.GetRequiredService<IOptions<ViewOptions>>().Value,
                provider.GetRequiredService<TimeProvider>()),
            provider.GetRequiredService<IServiceScopeFactory>(),
            provider.GetRequiredService<LarderCache>(),
            provider.GetService<IReadSetSource>(),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetService<ISlowStatementListener>()));
        services.AddSingleton(provider => new ViewExecutor(
            provider.GetRequiredService<LarderCache>(),
            provider.GetRequiredService<IOptions<ViewOptions>>().Value,
            provider.GetRequiredService<SectionLoader>(),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<ViewExecutor>>()));
    }

    private sealed class ProblemValidator<TOptions>(Func<TOptions, string?> problem) : IValidateOptions<TOptions>
        where TOptions : class
    {
        public ValidateOptionsResult Validate(string? name, TOptions options) =>
            problem(options) is { } text ? ValidateOptionsResult.Fail($"{typeof(TOptions).Name}{(string.IsNullOrEmpty(name) ? "" : $" '{name}'")}: {text}") : ValidateOptionsResult.Success;
    }
}
