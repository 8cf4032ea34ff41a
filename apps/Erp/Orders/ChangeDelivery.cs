using Erp.Writes;

namespace Erp.Orders;

/// <summary>The body of PUT /orders/{id}/delivery.</summary>
/// <param name="TrackingNumber">Absent: stays as it is; null: there is none.</param>
/// <param name="DeliveredAt">Only with status delivered. Absent: now.</param>
internal sealed record ChangeDeliveryRequest(string Status, string? TrackingNumber = null, DateTimeOffset? DeliveredAt = null);

/// <summary>Records how far the goods of an order are; that ships an order that is being processed, and completes one that has arrived.</summary>
internal sealed record ChangeDelivery(string Status, bool ChangesTrackingNumber, string? TrackingNumber, DateTimeOffset? DeliveredAt)
{
    private const string Pending = "pending";
    private const string InTransit = "in_transit";
    private const string Delivered = "delivered";

    private static readonly string[] Words = [Pending, InTransit, Delivered];

    public static ChangeDelivery Read(JsonMembers body, RequestErrors errors)
    {
        var change = new ChangeDelivery(
            body.RequiredWord("status", Words) ?? "",
            body.Has("tracking_number"),
            body.OptionalText("tracking_number", 100),
            body.OptionalTime("delivered_at"));
        if (change.DeliveredAt is not null && change.Status != Delivered)
            body.Refuse("delivered_at", "May be given only with the status delivered.");
        return change;
    }

    public async Task<ChangedOrder> RunAsync(WriteContext write, long id)
    {
        var order = await OrderLock.TakeAsync(write, id);
        RequireTime(write, order);
        var status = await MoveAsync(write, order);
        if (ChangesTrackingNumber)
            await OrderShipping.SetTrackingNumberAsync(write, order, TrackingNumber);
        return new ChangedOrder(id, status);
    }

    private void RequireTime(WriteContext write, LockedOrder order)
    {
        if (DeliveredAt > write.Now)
            throw RequestRefusedException.Invalid("delivered_at", "Must not lie in the future.");
        if (DeliveredAt < order.OrderedAt)
            throw RequestRefusedException.Invalid("delivered_at", "Must not lie before the order.");
    }

    private async Task<string> MoveAsync(WriteContext write, LockedOrder order)
    {
        switch (order.Status, Status)
        {
            case (OrderStatuses.Processing, Pending):
                await OrderShipping.PlanAsync(write, order);
                break;
            case (OrderStatuses.Processing, InTransit):
                return (await ChangeOrderStatus.AdvanceAsync(write, order, OrderStatuses.Shipped, write.Now)).Status;
            case (OrderStatuses.Processing or OrderStatuses.Shipped, Delivered):
                return (await ChangeOrderStatus.AdvanceAsync(
                    write, order, OrderStatuses.Completed, DeliveredAt ?? write.Now)).Status;
            case (OrderStatuses.Shipped, InTransit):
                break;
            // A correction of when it arrived; without a time only the tracking number changes.
            case (OrderStatuses.Completed, Delivered):
                if (DeliveredAt is { } deliveredAt)
                    await OrderShipping.DeliverAsync(write, order, deliveredAt);
                break;
            default:
                throw RequestRefusedException.Conflict(
                    $"Order {order.OrderNumber} is {order.Status}; its delivery cannot become {Status}.",
                    ("order_status", order.Status),
                    ("delivery_status", Status));
        }
        await write.ExecuteAsync("UPDATE orders SET updated_at = @Now WHERE id = @Id", new { write.Now, order.Id });
        return order.Status;
    }
}
