using Erp.Tests.Views;

namespace Erp.Tests.Customers;

public sealed class CustomerCompleteViewTests
{
    private const string FinancialShape =
        "balance{total,overdue,current,currency},credit{limit,used,available,percentage_used},payment_terms,risk_level";

    private const string Shape =
        "customer{id,name,email,phone,tax_number,customer_type,salesperson{id,name,phone},is_active,created_at,payment_terms},"
        + $"financial{{{FinancialShape}}},"
        + "recent_orders{items[{id,order_number,date,total,status,items_count}],count,total_value},"
        + "payment_history{items[{id,invoice_id,invoice_number,amount,payment_date,payment_method,reference}],count,total_paid}";

    [Theory, BothDatabases]
    public async Task Get_OfACustomerWithOrders_HasTheMembersOfTheRequirements(TestDatabaseKind kind)
    {
        await using var erp = await ErpViewHost.StartAsync(kind, TestContent.AdventureWorks);

        var answer = await erp.GetAsync("/customers/11000/complete?as_of=2019-06-30");

        Assert.Equal(Shape, JsonShape.Of(answer.Data));
        Assert.Equal(4, answer.Metadata.GetProperty("data_sources").GetInt32());
    }

    [Theory, BothDatabases]
    public async Task Get_OfCustomer11000_HasTheOrdersOfTheFacts(TestDatabaseKind kind)
    {
        await using var erp = await ErpViewHost.StartAsync(kind, TestContent.AdventureWorks);

        var answer = await erp.GetAsync("/customers/11000/complete?as_of=2019-06-30");

        Assert.Equal(
            ["57418 SO57418 2807.82 5", "51522 SO51522 2612.17 2", "43793 SO43793 3756.99 1"],
            answer.List("recent_orders.items").Select(order =>
                $"{order.GetProperty("id")} {order.GetProperty("order_number")} {order.GetProperty("total")} {order.GetProperty("items_count")}"));
        Assert.Equal(3, answer.Number("recent_orders.count"));
        Assert.Equal(9176.98m, answer.Money("recent_orders.total_value"));
    }

    [Theory, BothDatabases]
    public async Task Get_OfTheCustomerWithMostOrders_ListsTenAndCountsAll(TestDatabaseKind kind)
    {
        await using var erp = await ErpViewHost.StartAsync(kind, TestContent.AdventureWorks);

        var answer = await erp.GetAsync("/customers/11091/complete?as_of=2019-06-30");

        Assert.Equal(10, answer.List("recent_orders.items").Count);
        Assert.Equal("2019-06-23T00:00:00Z", answer.Word("recent_orders.items.0.date"));
        Assert.Equal(26, answer.Number("recent_orders.count"));
        Assert.Equal(1685.86m, answer.Money("recent_orders.total_value"));
    }

    [Theory]
    [InlineData(TestDatabaseKind.Sqlite, TestContentName.Demo)]
    [InlineData(TestDatabaseKind.PostgreSql, TestContentName.Demo)]
    [InlineData(TestDatabaseKind.Sqlite, TestContentName.AdventureWorks)]
    [InlineData(TestDatabaseKind.PostgreSql, TestContentName.AdventureWorks)]
    public async Task Get_OfManyCustomers_AgreesWithTheTables(TestDatabaseKind kind, TestContentName name)
    {
        var (content, day) = name == TestContentName.Demo
            ? (TestContent.Demo, ErpTestDatabase.DemoDay)
            : (TestContent.AdventureWorks, ErpTestDatabase.AdventureWorksDay);
        await using var erp = await ErpViewHost.StartAsync(kind, content);
        var raw = await RawData.OfAsync(content);
        var chosen = ExpectedFinances.OfEveryRisk(raw, day);
        // AdventureWorks gives credit to companies only, and those with open invoices are overdue.
        string[] risks = name == TestContentName.Demo ? ["high", "low", "medium", "minimal"] : ["high", "minimal"];
        Assert.Equal(risks, chosen.Select(id => ExpectedFinances.Of(raw, id, day).Risk).Distinct().Order());

        foreach (var id in chosen)
        {
            var answer = await erp.GetAsync($"/customers/{id}/complete?as_of={day:yyyy-MM-dd}");
            ExpectedFinances.Of(raw, id, day).AssertEqual(answer, "financial");
            var orders = raw.OrdersByCustomer[id].OrderByDescending(order => order.OrderedAt).ThenByDescending(order => order.Id).ToArray();
            Assert.Equal(orders.Take(10).Select(order => order.Id), answer.Ids("recent_orders.items"));
            Assert.Equal(orders.Sum(order => order.Total), answer.Money("recent_orders.total_value"));
            var payments = raw.Payments.Where(payment => payment.CustomerId == id)
                .OrderByDescending(payment => payment.PaidAt).ThenByDescending(payment => payment.Id).ToArray();
            Assert.Equal(payments.Take(10).Select(payment => payment.Id), answer.Ids("payment_history.items"));
            Assert.Equal(payments.Length, answer.Number("payment_history.count"));
            Assert.Equal(payments.Sum(payment => payment.Amount), answer.Money("payment_history.total_paid"));
        }
    }

    [Theory, BothDatabases]
    public async Task Get_OfACustomerWithoutOrders_IsEmptyAndComplete(TestDatabaseKind kind)
    {
        await using var erp = await ErpViewHost.StartAsync(kind, TestContent.AdventureWorks);
        var raw = await RawData.OfAsync(TestContent.AdventureWorks);
        var idle = raw.Customers.First(customer => !raw.OrdersByCustomer[customer.Id].Any() && customer.CreditLimit == 0);

        var answer = await erp.GetAsync($"/customers/{idle.Id}/complete?as_of=2019-06-30");

        Assert.Equal("""{"items":[],"count":0,"total_value":0.00}""", answer.At("recent_orders").GetRawText());
        Assert.Equal("""{"items":[],"count":0,"total_paid":0.00}""", answer.At("payment_history").GetRawText());
        Assert.Equal("""{"total":0.00,"overdue":0.00,"current":0.00,"currency":"USD"}""", answer.At("financial.balance").GetRawText());
        Assert.Equal("""{"limit":0.00,"used":0.00,"available":0.00,"percentage_used":null}""", answer.At("financial.credit").GetRawText());
        Assert.Equal("minimal", answer.Word("financial.risk_level"));
    }

    [Theory, BothDatabases]
    public async Task Get_OnTheDayAnInvoiceIsDue_IsNotOverdueButTheDayAfterIs(TestDatabaseKind kind)
    {
        await using var erp = await ErpViewHost.StartAsync(kind, TestContent.AdventureWorks);
        var raw = await RawData.OfAsync(TestContent.AdventureWorks);
        var invoice = raw.Invoices.First(invoice => invoice.IsOpen && raw.InvoicesByCustomer[invoice.CustomerId].Count(other => other.IsOpen) == 1);
        var owed = invoice.Total - raw.PaidOn(invoice);

        var due = await erp.GetAsync($"/customers/{invoice.CustomerId}/complete?as_of={invoice.DueDay:yyyy-MM-dd}");
        var after = await erp.GetAsync($"/customers/{invoice.CustomerId}/complete?as_of={invoice.DueDay.AddDays(1):yyyy-MM-dd}");

        Assert.Equal((0, owed), (due.Money("financial.balance.overdue"), due.Money("financial.balance.current")));
        Assert.Equal((owed, 0), (after.Money("financial.balance.overdue"), after.Money("financial.balance.current")));
        Assert.Equal("high", after.Word("financial.risk_level"));
    }

    [Theory, BothDatabases]
    public async Task Get_WithoutTheTableOfInvoices_HasNoFinancesInsteadOfZeroAndMinimal(TestDatabaseKind kind)
    {
        await using var own = await ErpTestDatabase.CreateAsync(kind, TestContent.Demo);
        await own.ExecuteAsync(kind == TestDatabaseKind.Sqlite ? "DROP TABLE payments" : "DROP TABLE payments CASCADE");
        await own.ExecuteAsync("DROP TABLE invoices");
        await using var erp = await ErpViewHost.StartAsync(own.Database);

        var answer = await erp.GetAsync("/customers/1/complete");

        Assert.True(answer.IsNull("financial") && answer.IsNull("payment_history"));
        Assert.Equal(["financial error", "payment_history error"], answer.Errors);
        Assert.False(answer.Metadata.GetProperty("complete").GetBoolean());
        Assert.NotEmpty(answer.List("recent_orders.items"));
    }

    [Theory, BothDatabases]
    public async Task Get_WithoutOrders_LeavesThemNullAndNobodyElseWithout(TestDatabaseKind kind)
    {
        await using var erp = await ErpViewHost.StartAsync(kind, TestContent.Demo);

        var without = await erp.GetAsync("/customers/1/complete?include_orders=false");
        var with = await erp.GetAsync("/customers/1/complete?include_payments=false");

        Assert.True(without.IsNull("recent_orders") && !without.IsNull("payment_history"));
        Assert.True(!with.IsNull("recent_orders") && with.IsNull("payment_history"));
        Assert.Empty(with.Errors);
    }

    [Theory]
    [InlineData("/customers/999999999/complete", 404)]
    [InlineData("/customers/-1/complete", 400)]
    [InlineData("/customers/1/complete?include_orders=2", 400)]
    public async Task Get_OfWhatIsNotThere_IsRefused(string path, int status)
    {
        await using var erp = await ErpViewHost.StartAsync(TestDatabaseKind.Sqlite, TestContent.Demo);

        Assert.Equal(status, (await erp.GetAsync(path)).Status);
    }
}

/// <summary><see cref="TestContent"/> for the parameters of public tests.</summary>
public enum TestContentName
{
    Demo,
    AdventureWorks,
}
