namespace Erp.Orders;

internal sealed record InvoicePaymentRow(
    long InvoiceId,
    string InvoiceNumber,
    DateTimeOffset IssuedAt,
    DateTimeOffset DueAt,
    decimal Total,
    string Status,
    long? PaymentId,
    string? ReceiptNumber,
    decimal? Amount,
    DateTimeOffset? PaidAt,
    string? Method,
    string? Reference);

internal sealed record InvoicePayment(
    long Id, string ReceiptNumber, decimal Amount, DateTimeOffset PaymentDate, string PaymentMethod, string? Reference);

/// <summary>The invoice of an order, the newest that is not cancelled, and what was paid on it. Without one only the flags are not null.</summary>
internal sealed record OrderPayment(
    bool HasInvoice,
    long? InvoiceId,
    string? InvoiceNumber,
    DateTimeOffset? InvoiceDate,
    DateTimeOffset? DueDate,
    decimal? TotalAmount,
    decimal? PaidAmount,
    decimal? Balance,
    bool IsFullyPaid,
    string? Status,
    IReadOnlyList<InvoicePayment> Payments)
{
    public const string Query = """
        SELECT i.id AS invoice_id, i.invoice_number, i.issued_at, i.due_at, i.total, i.status,
               p.id AS payment_id, p.receipt_number, p.amount, p.paid_at, p.method, p.reference
        FROM invoices i
        LEFT JOIN payments p ON p.invoice_id = i.id
        WHERE i.order_id = @id AND i.id = (SELECT x.id FROM invoices x WHERE x.order_id = @id AND x.status <> 'cancelled' ORDER BY x.id DESC LIMIT 1)
        ORDER BY p.paid_at NULLS LAST, p.id NULLS LAST
        """;

    public static OrderPayment From(IReadOnlyList<InvoicePaymentRow> rows)
    {
        if (rows is not [var invoice, ..])
        {
            return new OrderPayment(
                HasInvoice: false, null, null, null, null, null, null, null, IsFullyPaid: false, null, []);
        }

        var payments = rows
            .Where(row => row.PaymentId is not null)
            .Select(row => new InvoicePayment(row.PaymentId!.Value, row.ReceiptNumber!, row.Amount!.Value, row.PaidAt!.Value, row.Method!, row.Reference))
            .ToArray();
        var paid = payments.Sum(payment => payment.Amount);
        return new OrderPayment(
            HasInvoice: true,
            invoice.InvoiceId,
            invoice.InvoiceNumber,
            invoice.IssuedAt,
            invoice.DueAt,
            invoice.Total,
            paid,
            invoice.Total - paid,
            IsFullyPaid: paid >= invoice.Total,
            invoice.Status,
            payments);
    }
}
