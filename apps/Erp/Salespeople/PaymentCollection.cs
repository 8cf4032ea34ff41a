using Erp.Views;

namespace Erp.Salespeople;

internal sealed record CollectionRow(long InvoiceCount, decimal Invoiced, decimal Collected);

/// <summary>The invoices issued in the period for the salesperson's orders, cancelled ones not counted, and what has been paid on them until now.</summary>
/// <param name="CollectionRate">In percent; null when nothing was invoiced.</param>
internal sealed record PaymentCollection(
    long InvoiceCount, decimal TotalInvoiced, decimal TotalCollected, decimal Outstanding, decimal? CollectionRate)
{
    public const string Query = """
        SELECT count(*) AS invoice_count, coalesce(sum(t.total), 0) AS invoiced, coalesce(sum(t.paid), 0) AS collected
        FROM (
            SELECT i.total, (SELECT coalesce(sum(p.amount), 0) FROM payments p WHERE p.invoice_id = i.id) AS paid
            FROM invoices i
            WHERE i.salesperson_id = @salesperson_id AND i.issued_at >= @period_start AND i.issued_at < @next_day AND i.status <> 'cancelled'
        ) AS t
        """;

    public static PaymentCollection From(CollectionRow row) => new(
        row.InvoiceCount, row.Invoiced, row.Collected, row.Invoiced - row.Collected, Figures.Percentage(row.Collected, row.Invoiced));
}
