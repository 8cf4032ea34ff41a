using Larder.AspNetCore.Management;
using Larder.AspNetCore.Monitoring;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Microsoft.AspNetCore.Builder;

/// <summary>Puts management into an application.</summary>
public static class LarderManagementEndpointRouteBuilderExtensions
{
    /// <summary>
    /// Maps the management endpoints below <c>/api/v2/cache</c> and <c>/api/advanced-cache</c>: entries, explanations, the configuration in force, invalidation, and the measuring of views. Whoever
    /// may call them can drop the whole cache. Only this machine may: a request from another address, one that a proxy forwarded, and one whose Host or Origin is another are refused with 403.
    /// Their OpenAPI is with that of monitoring: <c>services.AddOpenApi("monitoring")</c>. A proxy that says nothing of itself cannot be told from a local caller; name a policy where there is one.
    /// </summary>
    /// <param name="endpoints">Where they are mapped.</param>
    /// <param name="authorizationPolicy">
    /// The authorization policy that callers must meet, from wherever they call; null, the default: loopback only. A page of another origin is refused in either case.
    /// </param>
    /// <returns>The endpoints, to add conventions to.</returns>
    /// <exception cref="InvalidOperationException"><c>AddLarderManagement()</c> was not called.</exception>
    public static IEndpointConventionBuilder MapLarderManagement(this IEndpointRouteBuilder endpoints, string? authorizationPolicy = null)
    {
        ArgumentNullException.ThrowIfNull(endpoints);
        if (endpoints.ServiceProvider.GetService<EntryReader>() is null)
        {
            throw new InvalidOperationException("Management needs services: call AddLarderManagement() first.");
        }

        var group = endpoints.MapGroup("").RequireManagementAccess(authorizationPolicy).WithGroupName("monitoring");
        new ManagementEndpoints(group).Map();
        return group;
    }
}
