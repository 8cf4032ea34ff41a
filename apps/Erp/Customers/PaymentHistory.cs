namespace Erp.Customers;

internal sealed record PaymentRow(
    long Id,
    long InvoiceId,
    string InvoiceNumber,
    decimal Amount,
    DateTimeOffset PaymentDate,
    string PaymentMethod,
    string? Reference,
    long PaymentCount,
    decimal PaymentValue);

internal sealed record PastPayment(
    long Id, long InvoiceId, string InvoiceNumber, decimal Amount, DateTimeOffset PaymentDate, string PaymentMethod, string? Reference);

/// <param name="Items">The latest ten.</param>
/// <param name="Count">Of all payments of the customer.</param>
/// <param name="TotalPaid">Of all payments of the customer.</param>
internal sealed record PaymentHistory(IReadOnlyList<PastPayment> Items, long Count, decimal TotalPaid)
{
    public const string Query = """
        SELECT p.id, p.invoice_id, i.invoice_number, p.amount, p.paid_at AS payment_date, p.method AS payment_method, p.reference,
               p.payment_count, p.payment_value
        FROM (
            SELECT id, invoice_id, amount, paid_at, method, reference, count(*) OVER () AS payment_count, sum(amount) OVER () AS payment_value
            FROM payments
            WHERE customer_id = @id
            ORDER BY paid_at DESC, id DESC
            LIMIT 10
        ) AS p
        LEFT JOIN invoices i ON i.id = p.invoice_id
        ORDER BY p.paid_at DESC, p.id DESC
        """;

    public static PaymentHistory From(IReadOnlyList<PaymentRow> rows) => rows is [var first, ..]
        ? new(
            [.. rows.Select(row => new PastPayment(
                row.Id, row.InvoiceId, row.InvoiceNumber, row.Amount, row.PaymentDate, row.PaymentMethod, row.Reference))],
            first.PaymentCount,
            first.PaymentValue)
        : new([], 0, 0);
}
