using Erp.Tests.Views;

namespace Erp.Tests.Customers;

/// <summary>What a customer owes, worked out invoice by invoice.</summary>
internal sealed record ExpectedFinances(decimal Total, decimal Overdue, decimal Limit, decimal? PercentageUsed, string Risk)
{
    public static ExpectedFinances Of(RawData raw, long customerId, DateOnly day)
    {
        decimal total = 0, overdue = 0;
        foreach (var invoice in raw.InvoicesByCustomer[customerId].Where(invoice => invoice.IsOpen))
        {
            var owed = invoice.Total - raw.PaidOn(invoice);
            total += owed;
            overdue += invoice.DueDay < day ? owed : 0;
        }

        var limit = raw.Customers.Single(customer => customer.Id == customerId).CreditLimit;
        decimal? used = limit == 0 ? null : total / limit * 100;
        return new ExpectedFinances(total, overdue, limit, used is { } exact ? decimal.Round(exact, 2, MidpointRounding.AwayFromZero) : null, RiskOf(overdue, used));
    }

    /// <summary>Up to six customers of every level of risk, and some without orders.</summary>
    public static IReadOnlyList<long> OfEveryRisk(RawData raw, DateOnly day) =>
    [
        .. raw.Customers
            .Where(customer => raw.InvoicesByCustomer[customer.Id].Any(invoice => invoice.IsOpen))
            .GroupBy(customer => Of(raw, customer.Id, day).Risk)
            .SelectMany(group => group.Take(6).Select(customer => customer.Id)),
        .. raw.Customers.Where(customer => !raw.OrdersByCustomer[customer.Id].Any()).Take(2).Select(customer => customer.Id),
        .. raw.Customers.Where(customer => !raw.InvoicesByCustomer[customer.Id].Any(invoice => invoice.IsOpen)).Take(2).Select(customer => customer.Id),
    ];

    public void AssertEqual(ViewAnswer answer, string path)
    {
        Assert.Equal(Total, answer.Money($"{path}.balance.total"));
        Assert.Equal(Overdue, answer.Money($"{path}.balance.overdue"));
        Assert.Equal(Total - Overdue, answer.Money($"{path}.balance.current"));
        Assert.Equal(Limit, answer.Money($"{path}.credit.limit"));
        Assert.Equal(Total, answer.Money($"{path}.credit.used"));
        Assert.Equal(Limit - Total, answer.Money($"{path}.credit.available"));
        Assert.Equal(PercentageUsed, answer.MoneyOrNull($"{path}.credit.percentage_used"));
        Assert.Equal(Risk, answer.Word($"{path}.risk_level"));
    }

    private static string RiskOf(decimal overdue, decimal? used)
    {
        if (overdue > 0)
            return "high";
        if (used > 80)
            return "medium";
        return used > 50 ? "low" : "minimal";
    }
}
