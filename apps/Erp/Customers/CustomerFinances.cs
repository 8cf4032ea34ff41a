using Erp.Views;
using Larder.Views.Sources;

namespace Erp.Customers;

/// <param name="Balance">What is owed: the totals of the open invoices, pending and partially paid, less what was paid on them.</param>
/// <param name="Overdue">The part of it that was due before the first moment of the <c>as_of</c> day.</param>
/// <param name="Currency">The books': the default price list's.</param>
internal sealed record FinanceRow(decimal CreditLimit, int PaymentTerms, string? Currency, decimal Balance, decimal Overdue);

internal sealed record Balance(decimal Total, decimal Overdue, decimal Current, string? Currency);

/// <param name="Used">The balance.</param>
/// <param name="Available">The limit less what is used: negative for a customer who is beyond it.</param>
/// <param name="PercentageUsed">Null for a limit of zero.</param>
internal sealed record Credit(decimal Limit, decimal Used, decimal Available, decimal? PercentageUsed);

/// <summary>What a customer owes and may owe.</summary>
/// <param name="PaymentTerms">In days.</param>
/// <param name="RiskLevel">high: something is overdue; medium: more than 80 % of the limit is used; low: more than 50 %; otherwise minimal, so also without a limit.</param>
internal sealed record CustomerFinances(Balance Balance, Credit Credit, int PaymentTerms, string RiskLevel)
{
    private const decimal MediumRiskFrom = 80;
    private const decimal LowRiskFrom = 50;

    /// <summary>Reads them for the customer <c>id</c> on the day <c>as_of</c>.</summary>
    public static SqlSource<CustomerFinances> Source { get; } = Sql.Row<FinanceRow>(
        """
        WITH open_invoices AS (
            SELECT i.due_at, i.total - coalesce((SELECT sum(p.amount) FROM payments p WHERE p.invoice_id = i.id), 0) AS owed
            FROM invoices i
            WHERE i.customer_id = @id AND i.status IN ('pending', 'partially_paid')
        )
        SELECT c.credit_limit, c.payment_terms_days AS payment_terms,
               (SELECT l.currency FROM pricelists l WHERE l.is_default) AS currency,
               (SELECT coalesce(sum(o.owed), 0) FROM open_invoices o) AS balance,
               (SELECT coalesce(sum(o.owed), 0) FROM open_invoices o WHERE o.due_at < @as_of) AS overdue
        FROM customers c
        WHERE c.id = @id
        """).Select(From);

    public static CustomerFinances From(FinanceRow row) => new(
        new Balance(row.Balance, row.Overdue, row.Balance - row.Overdue, row.Currency),
        new Credit(row.CreditLimit, row.Balance, row.CreditLimit - row.Balance, Figures.Percentage(row.Balance, row.CreditLimit)),
        row.PaymentTerms,
        RiskOf(row));

    // Over the exact sums: 80.001 % of a limit is more than 80 %, although it is shown as 80.00.
    private static string RiskOf(FinanceRow row) => row switch
    {
        { Overdue: > 0 } => "high",
        { CreditLimit: 0 } => "minimal",
        _ when row.Balance * 100 > row.CreditLimit * MediumRiskFrom => "medium",
        _ when row.Balance * 100 > row.CreditLimit * LowRiskFrom => "low",
        _ => "minimal",
    };
}
