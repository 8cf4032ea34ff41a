using Erp.Writes;

namespace Erp.Orders;

/// <summary>The body of PUT /orders/{id}/status.</summary>
internal sealed record ChangeOrderStatusRequest(string Status)
{
    public static ChangeOrderStatusRequest Read(JsonMembers body, RequestErrors errors) =>
        new(body.RequiredWord("status", OrderStatuses.All) ?? "");
}

/// <summary>Moves an order forward and does what belongs to every step on the way, or cancels it.</summary>
internal static class ChangeOrderStatus
{
    public static async Task<ChangedOrder> RunAsync(WriteContext write, long id, ChangeOrderStatusRequest request)
    {
        var order = await OrderLock.TakeAsync(write, id);
        return request.Status == OrderStatuses.Cancelled
            ? await CancelOrder.RunAsync(write, order, reason: null)
            : await AdvanceAsync(write, order, request.Status, write.Now);
    }

    /// <param name="deliveredAt">When the goods arrived; matters only when the order is completed.</param>
    public static async Task<ChangedOrder> AdvanceAsync(WriteContext write, LockedOrder order, string to, DateTimeOffset deliveredAt)
    {
        OrderStatusTransitions.Require(order.OrderNumber, order.Status, to);
        if (Passes(order.Status, to, OrderStatuses.Shipped))
            await OrderShipping.ShipAsync(write, order, deliveredAt < write.Now ? deliveredAt : write.Now);
        if (Passes(order.Status, to, OrderStatuses.Completed))
            await OrderShipping.DeliverAsync(write, order, deliveredAt);
        if (Passes(order.Status, to, OrderStatuses.Processing))
            await OrderInvoicing.IssueAsync(write, order);
        await write.ExecuteAsync(
            "UPDATE orders SET status = @to, updated_at = @Now WHERE id = @Id AND status = @Status", new { to, write.Now, order.Id, order.Status });
        return new ChangedOrder(order.Id, to);
    }

    private static bool Passes(string from, string to, string mark) =>
        !OrderStatusTransitions.HasReached(from, mark) && OrderStatusTransitions.HasReached(to, mark);
}
