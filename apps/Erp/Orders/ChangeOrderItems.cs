using Erp.Inventory;
using Erp.Writes;
using Microsoft.Extensions.Options;

namespace Erp.Orders;

/// <summary>The body of PUT /orders/{id}/items: the items that the order has from now on.</summary>
internal sealed record ChangeOrderItemsRequest(IReadOnlyList<OrderLineRequest> Items)
{
    public static ChangeOrderItemsRequest Read(JsonMembers body, RequestErrors errors) => new(OrderLineRequest.ReadAll(body));
}

/// <summary>Replaces the items of a pending order. All of them are priced anew, because a quantity may change what a piece costs.</summary>
internal sealed class ChangeOrderItems(IOptions<OrderChargesOptions> charges)
{
    public async Task<ChangedOrder> RunAsync(WriteContext write, long id, ChangeOrderItemsRequest request)
    {
        var order = await OrderLock.TakeAsync(write, id);
        if (order.Status != OrderStatuses.Pending)
            throw RequestRefusedException.Conflict(
                $"Order {order.OrderNumber} is {order.Status}; its items can be changed only while it is pending.", ("order_status", order.Status));
        var priced = await OrderPricing.PriceAsync(write, request.Items, charges.Value, new RequestErrors());

        var before = await OrderItems.ReadAsync(write, id);
        var stock = await StockLedger.LockAsync(
            write, before.Select(item => item.ProductId).Concat(request.Items.Select(item => item.ProductId)));
        foreach (var item in before)
            stock.Release(item.ProductId, item.Outstanding);
        stock.ReserveAll(request.Items);

        await write.ExecuteAsync("DELETE FROM order_items WHERE order_id = @id", new { id });
        await OrderItems.InsertAsync(write, id, priced.Lines);
        await write.ExecuteAsync(
            "UPDATE orders SET subtotal = @Subtotal, discount_amount = @none, tax_amount = @Tax, shipping_amount = @Shipping, total = @Total, "
            + "currency = @Currency, updated_at = @Now WHERE id = @id",
            new { priced.Subtotal, none = 0m, priced.Tax, priced.Shipping, priced.Total, priced.Currency, write.Now, id });
        await stock.SaveAsync(order.OrderNumber);
        return new ChangedOrder(id, order.Status);
    }
}
