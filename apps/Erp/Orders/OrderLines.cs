using Erp.Views;

namespace Erp.Orders;

internal sealed record OrderLineRow(
    long Id,
    long ProductId,
    string ProductName,
    string ProductSku,
    int Quantity,
    decimal UnitPrice,
    decimal DiscountPercentage,
    decimal LineTotal,
    int DeliveredQuantity);

/// <param name="DiscountAmount">What the line would cost without the discount, in cents, less what it costs.</param>
internal sealed record OrderLine(
    long Id,
    long ProductId,
    string ProductName,
    string ProductSku,
    int Quantity,
    decimal UnitPrice,
    decimal DiscountPercentage,
    decimal DiscountAmount,
    decimal LineTotal,
    int DeliveredQuantity);

/// <param name="TotalValue">The sum of the line totals.</param>
internal sealed record OrderLines(IReadOnlyList<OrderLine> List, int Count, decimal TotalValue)
{
    public const string Query = """
        SELECT i.id, i.product_id, p.name AS product_name, p.sku AS product_sku, i.quantity, i.unit_price,
               i.discount_percent AS discount_percentage, i.line_total, i.delivered_quantity
        FROM order_items i
        LEFT JOIN products p ON p.id = i.product_id
        WHERE i.order_id = @id
        ORDER BY i.id
        """;

    public static OrderLines From(IReadOnlyList<OrderLineRow> rows) => new(
        [.. rows.Select(row => new OrderLine(
            row.Id,
            row.ProductId,
            row.ProductName,
            row.ProductSku,
            row.Quantity,
            row.UnitPrice,
            row.DiscountPercentage,
            Figures.Cents(row.Quantity * row.UnitPrice) - row.LineTotal,
            row.LineTotal,
            row.DeliveredQuantity))],
        rows.Count,
        rows.Sum(row => row.LineTotal));
}
