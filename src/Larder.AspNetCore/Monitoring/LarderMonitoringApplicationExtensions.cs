using Larder.AspNetCore.Monitoring;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Microsoft.AspNetCore.Builder;

/// <summary>Puts monitoring into an application.</summary>
public static class LarderMonitoringApplicationExtensions
{
    /// <summary>
    /// Counts the requests of endpoints that are not cached, such as writes, and those that no endpoint answers, the latter together. To be called after routing and
    /// before error pages make an answer of an exception; views and cached endpoints are counted without it.
    /// </summary>
    /// <param name="app">The pipeline.</param>
    /// <returns>The same pipeline.</returns>
    /// <exception cref="InvalidOperationException"><c>AddLarderMonitoring()</c> was not called.</exception>
    public static IApplicationBuilder UseLarderMonitoring(this IApplicationBuilder app)
    {
        ArgumentNullException.ThrowIfNull(app);
        Require(app.ApplicationServices);
        return app.UseMiddleware<RouteMeterMiddleware>();
    }

    /// <summary>
    /// Maps the monitoring endpoints below <c>/api/bff/monitoring</c>, <c>/api/v2/cache</c> and <c>/api/advanced-cache/analytics</c>, and <c>/metrics</c> for
    /// Prometheus. Only this machine may call them: a request from another address, one that a proxy forwarded, and one whose Host or Origin is another are refused with 403.
    /// Their OpenAPI is in a document of its own: <c>services.AddOpenApi("monitoring")</c>. A proxy that says nothing of itself cannot be told from a local caller; name a policy where there is one.
    /// </summary>
    /// <param name="endpoints">Where they are mapped.</param>
    /// <param name="authorizationPolicy">
    /// The authorization policy that callers must meet, from wherever they call; null, the default: loopback only. A page of another origin is refused in either case.
    /// </param>
    /// <returns>The endpoints, to add conventions to.</returns>
    /// <exception cref="InvalidOperationException"><c>AddLarderMonitoring()</c> was not called.</exception>
    public static IEndpointConventionBuilder MapLarderMonitoring(this IEndpointRouteBuilder endpoints, string? authorizationPolicy = null)
    {
        ArgumentNullException.ThrowIfNull(endpoints);
        Require(endpoints.ServiceProvider);
        var group = endpoints.MapGroup("").RequireManagementAccess(authorizationPolicy).WithGroupName("monitoring");
        new MonitoringEndpoints(group).Map();
        return group;
    }

    private static void Require(IServiceProvider services)
    {
        if (services.GetService<PerformanceReader>() is null)
        {
            throw new InvalidOperationException("Monitoring needs services: call AddLarderMonitoring() first.");
        }
    }
}
