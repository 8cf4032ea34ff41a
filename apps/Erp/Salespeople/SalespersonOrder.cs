using Erp.Orders;

namespace Erp.Salespeople;

internal sealed record SalespersonOrderRow(
    long Id, string OrderNumber, long CustomerId, string CustomerName, DateTimeOffset Date, decimal Total, string Status, long ItemsCount)
{
    /// <summary>The latest ten, of whatever period.</summary>
    public const string Query = """
        SELECT t.id, o.order_number, t.customer_id, c.name AS customer_name, o.ordered_at AS date, o.total, o.status,
               (SELECT count(*) FROM order_items i WHERE i.order_id = o.id) AS items_count
        FROM (
            SELECT s.id, s.customer_id
            FROM orders s
            WHERE s.salesperson_id = @salesperson_id
            ORDER BY s.ordered_at DESC, s.id DESC
            LIMIT 10
        ) AS t
        LEFT JOIN orders o ON o.id = t.id
        LEFT JOIN customers c ON c.id = t.customer_id
        ORDER BY o.ordered_at DESC, t.id DESC
        """;
}

internal sealed record SalespersonOrder(
    long Id, string OrderNumber, CustomerReference Customer, DateTimeOffset Date, decimal Total, string Status, long ItemsCount)
{
    public static IReadOnlyList<SalespersonOrder> From(IReadOnlyList<SalespersonOrderRow> rows) =>
    [
        .. rows.Select(row => new SalespersonOrder(
            row.Id, row.OrderNumber, new CustomerReference(row.CustomerId, row.CustomerName), row.Date, row.Total, row.Status, row.ItemsCount)),
    ];
}
