using Erp.Orders;
using Larder.Views;

namespace Erp.Salespeople;

internal sealed record PendingOrderRow(
    long Id,
    string OrderNumber,
    long CustomerId,
    string CustomerName,
    DateTimeOffset Date,
    decimal Total,
    string Status,
    long ItemsCount,
    long OrderCount,
    decimal OrderValue);

internal sealed record PendingOrder(
    long Id, string OrderNumber, CustomerReference Customer, DateTimeOffset Date, decimal Total, string Status, long ItemsCount, int? DaysPending);

/// <summary>Orders that are still pending, of whatever period.</summary>
/// <param name="Items">The ten that wait longest.</param>
/// <param name="Count">Of all pending orders; so is <paramref name="TotalValue"/>.</param>
internal sealed record PendingOrders(IReadOnlyList<PendingOrder> Items, long Count, decimal TotalValue)
{
    public const string Query = """
        SELECT o.id, o.order_number, o.customer_id, c.name AS customer_name, o.ordered_at AS date, o.total, 'pending' AS status,
               o.order_count, o.order_value, (SELECT count(*) FROM order_items i WHERE i.order_id = o.id) AS items_count
        FROM (
            SELECT id, order_number, customer_id, ordered_at, total, count(*) OVER () AS order_count, sum(total) OVER () AS order_value
            FROM orders
            WHERE salesperson_id = @salesperson_id AND status = 'pending'
            ORDER BY ordered_at, id
            LIMIT 10
        ) AS o
        LEFT JOIN customers c ON c.id = o.customer_id
        ORDER BY o.ordered_at, o.id
        """;

    public static PendingOrders From(IReadOnlyList<PendingOrderRow> rows, SectionInputs inputs) => rows is [var first, ..]
        ? new([.. rows.Select(row => ItemOf(row, inputs.Get<DateOnly>("as_of")))], first.OrderCount, first.OrderValue)
        : new([], 0, 0);

    private static PendingOrder ItemOf(PendingOrderRow row, DateOnly asOf) => new(
        row.Id,
        row.OrderNumber,
        new CustomerReference(row.CustomerId, row.CustomerName),
        row.Date,
        row.Total,
        row.Status,
        row.ItemsCount,
        OrderAge.DaysPending(row.Status, row.Date, asOf));
}
