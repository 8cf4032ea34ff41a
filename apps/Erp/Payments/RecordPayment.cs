using Erp.Database;
using Erp.Writes;

namespace Erp.Payments;

/// <summary>The body of POST /payments.</summary>
/// <param name="Amount">More than 0, at most two decimals, and at most what is owed on the invoice.</param>
/// <param name="PaymentMethod">The code of an active payment method.</param>
internal sealed record RecordPaymentRequest(long CustomerId, long InvoiceId, decimal Amount, string PaymentMethod, string? Reference = null);

internal sealed record RecordedPayment(long PaymentId, string ReceiptNumber);

/// <summary>Takes a payment on an invoice. Inactive customers may pay: they owe it all the same.</summary>
internal static class RecordPayment
{
    private const decimal MaxAmount = 99_999_999_999.99m;

    public static RecordPaymentRequest Read(JsonMembers body, RequestErrors errors) => new(
        body.RequiredId("customer_id") ?? 0,
        body.RequiredId("invoice_id") ?? 0,
        body.RequiredDecimal("amount", 0.01m, MaxAmount, 2) ?? 0,
        body.RequiredText("payment_method", 50) ?? "",
        body.OptionalText("reference", 100));

    public static async Task<RecordedPayment> RunAsync(WriteContext write, RecordPaymentRequest request)
    {
        await RequireMethodAsync(write, request.PaymentMethod);
        var invoice = await LockInvoiceAsync(write, request);
        var paid = await write.SingleAsync<decimal>(
            "SELECT coalesce(sum(amount), 0) FROM payments WHERE invoice_id = @InvoiceId", new { request.InvoiceId });
        // Two places, whatever the database keeps: the figure is also shown.
        var owed = invoice.Status == "cancelled" ? 0.00m : decimal.Round(0.00m + Math.Max(0, invoice.Total - paid), 2);
        if (request.Amount > owed)
            throw RequestRefusedException.Conflict(
                $"{request.Amount:0.00} is more than is owed on invoice {invoice.InvoiceNumber} ({invoice.Status}): {owed:0.00}.",
                ("invoice_status", invoice.Status),
                ("owed", owed));

        var receipt = await write.NextNumberAsync(NumberSeries.Receipt);
        var id = await write.SingleAsync<long>(
            "INSERT INTO payments (receipt_number, invoice_id, customer_id, paid_at, amount, method, reference) "
            + "VALUES (@receipt, @InvoiceId, @CustomerId, @Now, @Amount, @PaymentMethod, @Reference) RETURNING id",
            new
            {
                receipt,
                request.InvoiceId,
                request.CustomerId,
                write.Now,
                request.Amount,
                request.PaymentMethod,
                request.Reference,
            });
        await write.ExecuteAsync(
            "UPDATE invoices SET status = @status WHERE id = @InvoiceId AND status = @was",
            new { status = request.Amount == owed ? "paid" : "partially_paid", request.InvoiceId, was = invoice.Status });
        return new RecordedPayment(id, receipt);
    }

    private static async Task RequireMethodAsync(WriteContext write, string method)
    {
        var methods = await write.QueryAsync<string>("SELECT code FROM payment_methods WHERE is_active ORDER BY position, code");
        if (!methods.Contains(method))
            throw RequestRefusedException.Invalid("payment_method", $"Must be one of: {string.Join(", ", methods)}.");
    }

    private static async Task<Invoice> LockInvoiceAsync(WriteContext write, RecordPaymentRequest request)
    {
        var unknown = new RequestErrors();
        if (await write.FindAsync<long?>("SELECT id FROM customers WHERE id = @CustomerId", new { request.CustomerId }) is null)
            unknown.Add("customer_id", $"Customer {request.CustomerId} does not exist.");
        // The lock makes payments on one invoice take turns, so that together they cannot exceed it.
        var invoice = await write.FindAsync<Invoice>(
            "SELECT invoice_number, customer_id, total, status FROM invoices WHERE id = @InvoiceId" + write.ForUpdate,
            new { request.InvoiceId });
        if (invoice is null)
            unknown.Add("invoice_id", $"Invoice {request.InvoiceId} does not exist.");
        else if (unknown.IsEmpty && invoice.CustomerId != request.CustomerId)
            unknown.Add("invoice_id", $"Customer {request.CustomerId} has no invoice {request.InvoiceId}.");
        unknown.ThrowIfAnyUnknown();
        return invoice!;
    }

    private sealed record Invoice(string InvoiceNumber, long CustomerId, decimal Total, string Status);
}
