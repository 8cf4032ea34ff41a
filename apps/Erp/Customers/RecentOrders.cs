using Erp.Orders;

namespace Erp.Customers;

/// <param name="Items">The latest ten.</param>
/// <param name="Count">Of all orders of the customer.</param>
/// <param name="TotalValue">Of all orders of the customer, cancelled ones among them, as they are among the items.</param>
internal sealed record RecentOrders(IReadOnlyList<OrderListItem> Items, long Count, decimal TotalValue)
{
    public const int Limit = 10;

    public static RecentOrders From(IReadOnlyList<CustomerOrderRow> rows) => rows is [var first, ..]
        ? new([.. rows.Select(row => row.Item)], first.OrderCount, first.OrderValue)
        : new([], 0, 0);
}
