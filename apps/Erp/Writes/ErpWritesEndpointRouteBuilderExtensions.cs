using Erp.Customers;
using Erp.Inventory;
using Erp.Orders;
using Erp.Payments;
using Erp.Products;

namespace Erp.Writes;

internal static class ErpWritesEndpointRouteBuilderExtensions
{
    /// <summary>Maps every write below one prefix.</summary>
    public static void MapErpWrites(this RouteGroupBuilder group)
    {
        group.MapOrderWrites();
        group.MapProductWrites();
        group.MapCustomerWrites();
        group.MapInventoryWrites();
        group.MapPaymentWrites();
    }
}
