using Erp.Inventory;
using Erp.Writes;

namespace Erp.Orders;

/// <summary>The body of POST /orders/{id}/cancel.</summary>
internal sealed record CancelOrderRequest(string Reason)
{
    public static CancelOrderRequest Read(JsonMembers body, RequestErrors errors) => new(body.RequiredText("reason", 500) ?? "");
}

/// <summary>Cancels an order that has not left yet: its stock is free again and its invoice is cancelled, unless something was paid on it.</summary>
internal static class CancelOrder
{
    public static async Task<ChangedOrder> RunAsync(WriteContext write, long id, CancelOrderRequest request) =>
        await RunAsync(write, await OrderLock.TakeAsync(write, id), request.Reason);

    public static async Task<ChangedOrder> RunAsync(WriteContext write, LockedOrder order, string? reason)
    {
        OrderStatusTransitions.Require(order.OrderNumber, order.Status, OrderStatuses.Cancelled);
        await OrderInvoicing.CancelAsync(write, order);

        var items = await OrderItems.ReadAsync(write, order.Id);
        var stock = await StockLedger.LockAsync(write, items.Select(item => item.ProductId));
        foreach (var item in items)
            stock.Release(item.ProductId, item.Outstanding);
        await stock.SaveAsync(order.OrderNumber);

        // A delivery that was only planned has no word for "will not happen".
        await write.ExecuteAsync("DELETE FROM deliveries WHERE order_id = @Id AND status = 'pending'", new { order.Id });
        await write.ExecuteAsync(
            "UPDATE orders SET status = 'cancelled', cancelled_reason = @reason, updated_at = @Now WHERE id = @Id AND status = @Status",
            new { reason, write.Now, order.Id, order.Status });
        return new ChangedOrder(order.Id, OrderStatuses.Cancelled);
    }
}
