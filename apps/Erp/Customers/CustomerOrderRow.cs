using Erp.Orders;

namespace Erp.Customers;

/// <summary>One of the latest orders of a customer.</summary>
/// <param name="OrderCount">Of all orders that were asked for, not only of those that are listed; so is <paramref name="OrderValue"/>.</param>
internal sealed record CustomerOrderRow(
    long Id, string OrderNumber, DateTimeOffset Date, decimal Total, string Status, long ItemsCount, long OrderCount, decimal OrderValue)
{
    // The items are counted with their order, which says no more than the derived table does, but names whose items matter.
    /// <summary>Of the customer <c>id</c>; mentions a status, or null for all, and a limit.</summary>
    public const string Query = """
        SELECT o.id, o.order_number, o.ordered_at AS date, o.total, o.status, o.order_count, o.order_value,
               (SELECT count(*) FROM order_items i JOIN orders q ON q.id = i.order_id WHERE i.order_id = o.id AND q.customer_id = @id) AS items_count
        FROM (
            SELECT id, order_number, ordered_at, total, status, count(*) OVER () AS order_count, sum(total) OVER () AS order_value
            FROM orders
            WHERE customer_id = @id AND (@status IS NULL OR status = @status)
            ORDER BY ordered_at DESC, id DESC
            LIMIT @limit
        ) AS o
        ORDER BY o.ordered_at DESC, o.id DESC
        """;

    public OrderListItem Item => new(Id, OrderNumber, Date, Total, Status, ItemsCount);
}
