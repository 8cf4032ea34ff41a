using Erp.Database;
using Erp.Writes;

namespace Erp.Orders;

/// <summary>The invoice of an order: issued when the order is processed, cancelled with it.</summary>
internal static class OrderInvoicing
{
    /// <summary>Issues the invoice, due after the customer's days. An order that has one already keeps it.</summary>
    public static async Task IssueAsync(WriteContext write, LockedOrder order)
    {
        var present = await write.SingleAsync<long>(
            "SELECT count(*) FROM invoices WHERE order_id = @Id AND status <> 'cancelled'", new { order.Id });
        if (present > 0)
            return;
        var days = await write.SingleAsync<int>("SELECT payment_terms_days FROM customers WHERE id = @CustomerId", new { order.CustomerId });
        var number = await write.NextNumberAsync(NumberSeries.Invoice);
        await write.ExecuteAsync(
            "INSERT INTO invoices (invoice_number, order_id, customer_id, salesperson_id, issued_at, due_at, total, status) "
            + "VALUES (@number, @Id, @CustomerId, @SalespersonId, @Now, @due, @Total, @status)",
            new
            {
                number,
                order.Id,
                order.CustomerId,
                order.SalespersonId,
                write.Now,
                due = write.Now.AddDays(days),
                order.Total,
                // Nothing will ever be paid on an order that costs nothing.
                status = order.Total == 0 ? "paid" : "pending",
            });
    }

    /// <exception cref="RequestRefusedException">409: something was paid; it has to be paid back first.</exception>
    public static async Task CancelAsync(WriteContext write, LockedOrder order)
    {
        // Under the lock of the invoice no payment can slip in between.
        var invoices = (await write.QueryAsync<long>(
            "SELECT id FROM invoices WHERE order_id = @Id AND status <> 'cancelled' ORDER BY id" + write.ForUpdate, new { order.Id })).ToArray();
        if (invoices.Length == 0)
            return;
        var paid = await write.SingleAsync<decimal>(
            "SELECT coalesce(sum(amount), 0) FROM payments WHERE " + write.In("invoice_id", "invoices"), new { invoices });
        if (paid > 0)
            throw RequestRefusedException.Conflict(
                $"Order {order.OrderNumber} cannot be cancelled: {paid:0.00} were paid on its invoice.",
                ("paid", decimal.Round(0.00m + paid, 2)));
        await write.ExecuteAsync("UPDATE invoices SET status = 'cancelled' WHERE " + write.In("id", "invoices"), new { invoices });
    }
}
