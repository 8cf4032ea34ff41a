using Erp.Customers;

namespace Erp.Tests.Customers;

public sealed class CustomerFinancesTests
{
    [Theory]
    [InlineData("0", "0", "0", "minimal", null)]
    [InlineData("0", "500", "0", "minimal", null)]
    [InlineData("0", "500", "0.01", "high", null)]
    [InlineData("1000", "500", "0", "minimal", "50.00")]
    [InlineData("1000", "500.01", "0", "low", "50.00")]
    [InlineData("1000", "800", "0", "low", "80.00")]
    [InlineData("1000", "800.01", "0", "medium", "80.00")]
    [InlineData("1000", "1200", "0", "medium", "120.00")]
    [InlineData("1000", "1", "1", "high", "0.10")]
    public void From_TheSumsOfACustomer_RatesTheRiskByExactShares(string limit, string balance, string overdue, string risk, string? percentage)
    {
        var finances = CustomerFinances.From(new FinanceRow(decimal.Parse(limit), 30, "USD", decimal.Parse(balance), decimal.Parse(overdue)));

        Assert.Equal(risk, finances.RiskLevel);
        Assert.Equal(percentage is null ? null : decimal.Parse(percentage), finances.Credit.PercentageUsed);
        Assert.Equal(decimal.Parse(limit) - decimal.Parse(balance), finances.Credit.Available);
    }
}
