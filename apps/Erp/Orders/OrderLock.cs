using Erp.Writes;

namespace Erp.Orders;

/// <summary>An order that nobody else changes until the transaction ends.</summary>
internal sealed record LockedOrder(long Id, string OrderNumber, long CustomerId, long? SalespersonId, string Status, DateTimeOffset OrderedAt, decimal Total);

/// <summary>The data of the answers of every change of an order.</summary>
/// <param name="Status">The order's status after it.</param>
internal sealed record ChangedOrder(long OrderId, string Status);

internal static class OrderLock
{
    /// <summary>Every change of an order begins here; invoice, stock and number follow in this order.</summary>
    /// <exception cref="RequestRefusedException">404: there is no such order.</exception>
    public static async Task<LockedOrder> TakeAsync(WriteContext write, long id) =>
        await write.FindAsync<LockedOrder>(
            "SELECT id, order_number, customer_id, salesperson_id, status, ordered_at, total FROM orders WHERE id = @id" + write.ForUpdate, new { id })
        ?? throw RequestRefusedException.Unknown("id", $"Order {id} does not exist.");
}
