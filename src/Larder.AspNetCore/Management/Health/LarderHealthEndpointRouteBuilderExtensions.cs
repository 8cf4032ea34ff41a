using Larder.AspNetCore.Management.Health;
using Larder.AspNetCore.Monitoring;
using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.AspNetCore.Routing;

namespace Microsoft.AspNetCore.Builder;

/// <summary>Maps what load balancers ask.</summary>
public static class LarderHealthEndpointRouteBuilderExtensions
{
    /// <summary>
    /// Maps <c>/health/live</c>, 200 as long as the process answers, and <c>/health/ready</c>, the health checks tagged "ready": 200 for ready and degraded, 503 for unhealthy. Anybody may ask; told are
    /// a state and words of a closed set. They are in no figure of requests, and need <c>services.AddHealthChecks().AddLarder()</c>.
    /// </summary>
    /// <param name="endpoints">Where they are mapped.</param>
    /// <returns>The same builder.</returns>
    /// <exception cref="InvalidOperationException"><c>AddHealthChecks()</c> was not called.</exception>
    public static IEndpointRouteBuilder MapLarderHealth(this IEndpointRouteBuilder endpoints)
    {
        ArgumentNullException.ThrowIfNull(endpoints);
        Map("/health/live", new HealthCheckOptions { Predicate = static _ => false, ResponseWriter = LarderHealth.WriteLiveAsync });
        Map("/health/ready", new HealthCheckOptions { Predicate = static check => check.Tags.Contains(LarderHealth.ReadyTag), ResponseWriter = LarderHealth.WriteReadyAsync });
        return endpoints;

        void Map(string pattern, HealthCheckOptions options) =>
            endpoints.MapHealthChecks(pattern, options).AllowAnonymous().WithMetadata(UncountedAttribute.Instance);
    }
}
