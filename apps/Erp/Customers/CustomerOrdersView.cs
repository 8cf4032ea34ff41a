using Erp.Orders;
using Larder.Caching;
using Larder.Views;
using Larder.Views.Sources;

namespace Erp.Customers;

internal static class CustomerOrdersView
{
    public static readonly View View = View.Create("customer-orders")
        .Parameter<long>("id", parameter => parameter.AtLeast(1L))
        .OptionalParameter<string>("status", parameter => parameter.OneOf([.. OrderStatuses.All]))
        .Parameter("limit", 20, parameter => parameter.Between(1, 100))
        .Policy(CachePolicies.Order)
        .Tag("customer:{id}")
        .Required("customer", Sql.Row<long>("SELECT id FROM customers WHERE id = @id"), section => section.Hidden())
        .Required("orders", Sql.Rows<CustomerOrderRow>(CustomerOrderRow.Query).Select(CustomerOrders.From), section => section.Inline())
        .Build();

    /// <param name="Orders">The latest ones.</param>
    /// <param name="Count">Of all orders with the status that was asked for; so is <paramref name="TotalValue"/>.</param>
    private sealed record CustomerOrders(IReadOnlyList<OrderListItem> Orders, long Count, decimal TotalValue)
    {
        public static CustomerOrders From(IReadOnlyList<CustomerOrderRow> rows) => rows is [var first, ..]
            ? new([.. rows.Select(row => row.Item)], first.OrderCount, first.OrderValue)
            : new([], 0, 0);
    }
}
