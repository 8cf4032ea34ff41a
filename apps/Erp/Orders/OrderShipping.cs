using Erp.Inventory;
using Erp.Writes;

namespace Erp.Orders;

/// <summary>What leaves and arrives: the stock is taken out when an order is shipped, its items are delivered when it is completed.</summary>
internal static class OrderShipping
{
    /// <exception cref="RequestRefusedException">409: loaded data had reserved less than the order needs, and there is not enough left.</exception>
    public static async Task ShipAsync(WriteContext write, LockedOrder order, DateTimeOffset shippedAt)
    {
        var items = await OrderItems.ReadAsync(write, order.Id);
        var stock = await StockLedger.LockAsync(write, items.Select(item => item.ProductId));
        foreach (var item in items.Where(item => !stock.TryTakeOut(item.ProductId, item.Outstanding)))
            throw RequestRefusedException.Conflict(
                $"Order {order.OrderNumber} cannot be shipped: there are not {item.Outstanding} of product {item.ProductId} in the warehouses.",
                ("product_id", item.ProductId),
                ("asked", item.Outstanding));
        await stock.SaveAsync(order.OrderNumber);
        await SetDeliveryAsync(
            write,
            order,
            "status = 'in_transit', shipped_at = coalesce(shipped_at, @shippedAt)",
            "'in_transit', @shippedAt, NULL",
            new { order.Id, shippedAt });
    }

    public static async Task DeliverAsync(WriteContext write, LockedOrder order, DateTimeOffset deliveredAt)
    {
        await write.ExecuteAsync("UPDATE order_items SET delivered_quantity = quantity WHERE order_id = @Id", new { order.Id });
        await SetDeliveryAsync(
            write, order, "status = 'delivered', delivered_at = @deliveredAt", "'delivered', NULL, @deliveredAt", new { order.Id, deliveredAt });
    }

    /// <summary>Notes a delivery that is still to come. One that is there keeps its status.</summary>
    public static Task PlanAsync(WriteContext write, LockedOrder order) =>
        SetDeliveryAsync(write, order, "status = status", "'pending', NULL, NULL", new { order.Id });

    public static Task SetTrackingNumberAsync(WriteContext write, LockedOrder order, string? trackingNumber) => write.ExecuteAsync(
        "UPDATE deliveries SET tracking_number = @trackingNumber WHERE order_id = @Id", new { trackingNumber, order.Id });

    private static async Task SetDeliveryAsync(WriteContext write, LockedOrder order, string change, string values, object parameters)
    {
        if (await write.ExecuteAsync($"UPDATE deliveries SET {change} WHERE order_id = @Id", parameters) == 0)
            await write.ExecuteAsync($"INSERT INTO deliveries (order_id, status, shipped_at, delivered_at) VALUES (@Id, {values})", parameters);
    }
}
