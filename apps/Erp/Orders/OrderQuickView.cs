using Larder.Caching;
using Larder.Views;
using Larder.Views.Sources;

namespace Erp.Orders;

internal static class OrderQuickView
{
    public static readonly View View = View.Create("order-quick")
        .Parameter<long>("id", parameter => parameter.AtLeast(1L))
        .Policy(CachePolicies.Order)
        .Tag("order:{id}")
        .Required("order", Sql.Row<OrderProgressRow>(OrderProgressRow.Query).Select(QuickOrder.From), section => section.Inline())
        .Build();
}
