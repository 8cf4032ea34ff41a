using Erp.Views;
using Larder.Views;

namespace Erp.Orders;

/// <summary>How far an order is, read on its own: the sections about payment and delivery can be switched off.</summary>
/// <param name="Invoiced">The total of its invoice; null without one.</param>
/// <param name="Paid">What was paid on that invoice.</param>
/// <param name="DeliveryStatus">Of its newest delivery; null without one.</param>
/// <param name="ItemsCount">The number of its lines.</param>
internal sealed record OrderProgressRow(
    long Id,
    string OrderNumber,
    DateTimeOffset OrderedAt,
    string Status,
    decimal Total,
    long CustomerId,
    string CustomerName,
    decimal? Invoiced,
    decimal Paid,
    string? DeliveryStatus,
    long ItemsCount)
{
    public const string Query = """
        SELECT o.id, o.order_number, o.ordered_at, o.status, o.total, c.id AS customer_id, c.name AS customer_name, i.total AS invoiced,
               (SELECT coalesce(sum(p.amount), 0) FROM payments p WHERE p.invoice_id = i.id) AS paid,
               (SELECT d.status FROM deliveries d WHERE d.order_id = o.id ORDER BY d.id DESC LIMIT 1) AS delivery_status,
               (SELECT count(*) FROM order_items l WHERE l.order_id = o.id) AS items_count
        FROM orders o
        JOIN customers c ON c.id = o.customer_id
        LEFT JOIN invoices i ON i.order_id = o.id AND i.id = (
            SELECT x.id FROM invoices x WHERE x.order_id = o.id AND x.status <> 'cancelled' ORDER BY x.id DESC LIMIT 1)
        WHERE o.id = @id
        """;

    public bool IsPaid => Invoiced is { } invoiced && Paid >= invoiced;

    public bool IsDelivered => DeliveryStatus == OrderDelivery.DeliveredStatus;
}

/// <param name="CollectionRate">What was paid of the invoice's total, in percent; null without an invoice.</param>
/// <param name="DaysPending">See <see cref="OrderAge.DaysPending"/>.</param>
internal sealed record OrderSummary(
    string Status, DateTimeOffset CreatedAt, decimal TotalAmount, bool IsPaid, bool IsDelivered, decimal? CollectionRate, int? DaysPending)
{
    public static OrderSummary From(OrderProgressRow row, SectionInputs inputs) => new(
        row.Status,
        row.OrderedAt,
        row.Total,
        row.IsPaid,
        row.IsDelivered,
        row.Invoiced is { } invoiced ? Figures.Percentage(row.Paid, invoiced) : null,
        OrderAge.DaysPending(row.Status, row.OrderedAt, inputs.Get<DateOnly>("as_of")));
}
