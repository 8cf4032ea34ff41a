using System.Data.Common;
using Larder.Data;
using Larder.Data.Tracking;
using Larder.Freshness;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds tracked databases to a host.</summary>
public static class TrackedDatabaseServiceCollectionExtensions
{
    /// <summary>
    /// Adds a database in one call: the <see cref="TrackedDataSource"/> (and <see cref="DbDataSource"/>, where the host has none yet) that the application reads and
    /// writes through, and the <see cref="SqlDatabase"/> that sections read from. What is written through the data source drops what was cached of it, sections
    /// included. Adds Larder where that was not done. A second database gets a <see cref="TrackedDatabaseOptions.Name"/> of its own, and its data source is a keyed
    /// service of that name.
    /// </summary>
    /// <param name="services">The host's services.</param>
    /// <param name="describe">Describes the database; called once, when it is first used.</param>
    /// <param name="name">The name of the database; the options' name is set to it. Default <see cref="SqlDatabase.DefaultName"/>.</param>
    /// <returns>The same services.</returns>
    /// <exception cref="ArgumentException">When it is first used: an option is out of its bounds.</exception>
    public static IServiceCollection AddTrackedDatabase(
        this IServiceCollection services, Func<IServiceProvider, TrackedDatabaseOptions> describe, string name = SqlDatabase.DefaultName)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(describe);
        ArgumentException.ThrowIfNullOrEmpty(name);
        services.AddLarder();
        services.AddKeyedSingleton(name, (provider, _) => new TrackedDatabase(
            (describe(provider) with { Name = name }).WithTracking(provider.GetService<IConfiguration>()?["Larder:Tracking"]),
            provider.GetRequiredService<InvalidationPublisher>(),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<TrackedDatabase>>()));
        services.AddSingleton(provider => provider.GetRequiredKeyedService<TrackedDatabase>(name));
        services.AddKeyedSingleton(name, (provider, _) => new TrackedDataSource(provider.GetRequiredKeyedService<TrackedDatabase>(name)));
        services.AddSingleton(provider =>
        {
            var options = provider.GetRequiredKeyedService<TrackedDatabase>(name).Options;
            return new SqlDatabase(options.DataSource, options.Views, name);
        });
        services.TryAddSingleton(provider => provider.GetRequiredKeyedService<TrackedDataSource>(name));
        services.TryAddSingleton<DbDataSource>(provider => provider.GetRequiredService<TrackedDataSource>());
        services.TryAddSingleton<IReadSetSource>(provider => new ViewReadSets(provider.GetServices<TrackedDatabase>()));
        return services;
    }
}
