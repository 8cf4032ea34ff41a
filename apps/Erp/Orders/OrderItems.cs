using Erp.Writes;

namespace Erp.Orders;

/// <summary>An item of an order as far as its stock is concerned.</summary>
internal sealed record OrderItem(long ProductId, int Quantity, int DeliveredQuantity)
{
    /// <summary>What has not left yet, and so is still reserved.</summary>
    public int Outstanding => Quantity - DeliveredQuantity;
}

internal static class OrderItems
{
    public static Task<IReadOnlyList<OrderItem>> ReadAsync(WriteContext write, long orderId) => write.QueryAsync<OrderItem>(
        "SELECT product_id, quantity, delivered_quantity FROM order_items WHERE order_id = @orderId ORDER BY id", new { orderId });

    public static Task InsertAsync(WriteContext write, long orderId, IReadOnlyList<PricedLine> lines) => write.ExecuteAsync(
        "INSERT INTO order_items (order_id, product_id, quantity, unit_price, discount_percent, line_total, delivered_quantity) "
        + "VALUES (@orderId, @ProductId, @Quantity, @UnitPrice, @DiscountPercent, @LineTotal, 0)",
        lines.Select(line => new { orderId, line.ProductId, line.Quantity, line.UnitPrice, line.DiscountPercent, line.LineTotal }).ToList());
}
