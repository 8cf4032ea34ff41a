using Larder.AspNetCore.Management.Health;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds the cache to a host's health checks.</summary>
public static class LarderHealthChecksBuilderExtensions
{
    /// <summary>
    /// Adds the check "larder", tagged "ready": degraded where the cache is off, the invalidation log is behind or away, or the second level is away; unhealthy only in the first 30 s of a node that has not
    /// heard of its invalidation log yet. Its data has "reasons", words of a closed set.
    /// </summary>
    /// <param name="builder">What <c>services.AddHealthChecks()</c> returns.</param>
    /// <returns>The same builder.</returns>
    public static IHealthChecksBuilder AddLarder(this IHealthChecksBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Services.AddSingleton<ReadinessCheck>();
        return builder.Add(new HealthCheckRegistration("larder", provider => provider.GetRequiredService<ReadinessCheck>(), failureStatus: null, [LarderHealth.ReadyTag]));
    }
}
