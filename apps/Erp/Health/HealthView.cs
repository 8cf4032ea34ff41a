using Larder.Caching;
using Larder.Views;
using Larder.Views.Sources;

namespace Erp.Health;

/// <summary>Whether the backend can serve: it asks the database each time, and answers 503 when that does not answer.</summary>
internal static class HealthView
{
    public static readonly View View = View.Create("health")
        .Policy(CachePolicies.Cart)
        .Required("database", Sql.Row<int>("SELECT 1").Select(_ => "reachable"), section => section.Timeout(TimeSpan.FromSeconds(2)))
        .Required("status", Code.Compute(_ => "healthy"))
        .Required("service", Code.Compute(_ => "erp-mobile-backend"))
        .Build();
}
