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

    private sealed record QuickOrder(
        long Id,
        string OrderNumber,
        DateTimeOffset OrderDate,
        string Status,
        decimal TotalAmount,
        CustomerReference Customer,
        long ItemsCount,
        bool IsPaid,
        bool IsDelivered)
    {
        public static QuickOrder From(OrderProgressRow row) => new(
            row.Id,
            row.OrderNumber,
            row.OrderedAt,
            row.Status,
            row.Total,
            new CustomerReference(row.CustomerId, row.CustomerName),
            row.ItemsCount,
            row.IsPaid,
            row.IsDelivered);
    }
}
