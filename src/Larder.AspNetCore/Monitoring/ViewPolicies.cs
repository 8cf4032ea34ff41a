using Larder.Caching;
using Larder.Views;
using Microsoft.AspNetCore.Routing;

namespace Larder.AspNetCore.Monitoring;

/// <summary>Which policy each mapped view has, so that a recommendation can name the setting.</summary>
internal sealed class ViewPolicies(EndpointDataSource endpoints)
{
    public IEnumerable<string> All => Views.Select(view => view.Policy).Distinct(StringComparer.Ordinal);

    public string PolicyOf(string view) => Views.FirstOrDefault(mapped => mapped.Name == view)?.Policy ?? CachePolicies.Default;

    private IEnumerable<View> Views => endpoints.Endpoints.SelectMany(endpoint => endpoint.Metadata.OfType<View>());
}
