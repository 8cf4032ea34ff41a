using Erp.Tests.Views;

namespace Erp.Tests.Customers;

/// <summary>The quick, financial and orders views of a customer.</summary>
public sealed class CustomerListViewTests
{
    [Theory, BothDatabases]
    public async Task GetQuick_OfACustomer_HasTheFlatMembersOfTheRequirements(TestDatabaseKind kind)
    {
        await using var erp = await ErpViewHost.StartAsync(kind, TestContent.AdventureWorks);

        var answer = await erp.GetAsync("/customers/29624/quick");

        Assert.Equal("id,name,email,phone,customer_type,salesperson{id,name,phone},is_active", JsonShape.Of(answer.Data));
        Assert.Equal(("Tread Industries", "company"), (answer.Word("name"), answer.Word("customer_type")));
        Assert.Equal(1, answer.Metadata.GetProperty("data_sources").GetInt32());
    }

    [Theory, BothDatabases]
    public async Task GetFinancial_OfACustomer_IsTheFinancialSectionOfTheCompleteView(TestDatabaseKind kind)
    {
        await using var erp = await ErpViewHost.StartAsync(kind, TestContent.Demo);

        var financial = await erp.GetAsync("/customers/7/financial?as_of=2026-03-18");
        var complete = await erp.GetAsync("/customers/7/complete?as_of=2026-03-18");

        Assert.Equal(
            "customer_id,customer_name,financial{balance{total,overdue,current,currency},credit{limit,used,available,percentage_used},payment_terms,risk_level}",
            JsonShape.Of(financial.Data));
        Assert.Equal(complete.At("financial").GetRawText(), financial.At("financial").GetRawText());
        Assert.Equal(complete.Word("customer.name"), financial.Word("customer_name"));
    }

    [Theory, BothDatabases]
    public async Task GetFinancial_WithoutTheTableOfPayments_IsNullAndNamed(TestDatabaseKind kind)
    {
        await using var own = await ErpTestDatabase.CreateAsync(kind, TestContent.Demo);
        await own.ExecuteAsync("DROP TABLE payments");
        await using var erp = await ErpViewHost.StartAsync(own.Database);

        var answer = await erp.GetAsync("/customers/7/financial");

        Assert.Equal("customer_id,customer_name,financial", JsonShape.Of(answer.Data));
        Assert.True(answer.IsNull("financial"));
        Assert.Equal(["financial error"], answer.Errors);
    }

    [Theory, BothDatabases]
    public async Task GetOrders_WithAndWithoutStatus_CountsWhatWasAskedFor(TestDatabaseKind kind)
    {
        await using var erp = await ErpViewHost.StartAsync(kind, TestContent.Demo);
        var raw = await RawData.OfAsync(TestContent.Demo);

        foreach (var id in new long[] { 1, 2, 3 })
        {
            foreach (var status in new[] { null, "completed", "cancelled", "pending" })
            {
                var orders = raw.OrdersByCustomer[id].Where(order => status is null || order.Status == status)
                    .OrderByDescending(order => order.OrderedAt).ThenByDescending(order => order.Id).ToArray();
                var answer = await erp.GetAsync($"/customers/{id}/orders?limit=4" + (status is null ? "" : $"&status={status}"));
                Assert.Equal(orders.Take(4).Select(order => order.Id), answer.Ids("orders"));
                Assert.Equal(orders.Length, answer.Number("count"));
                Assert.Equal(orders.Sum(order => order.Total), answer.Money("total_value"));
                Assert.All(answer.List("orders"), order => Assert.Equal(raw.ItemsByOrder[order.GetProperty("id").GetInt64()].Count(), order.GetProperty("items_count").GetInt32()));
            }
        }
    }

    [Theory, BothDatabases]
    public async Task GetOrders_OfACustomer_HasTheMembersOfTheRequirements(TestDatabaseKind kind)
    {
        await using var erp = await ErpViewHost.StartAsync(kind, TestContent.AdventureWorks);

        var answer = await erp.GetAsync("/customers/11091/orders");

        Assert.Equal("orders[{id,order_number,date,total,status,items_count}],count,total_value", JsonShape.Of(answer.Data));
        Assert.Equal((20, 26), (answer.List("orders").Count, answer.Number("count")));
    }

    [Theory]
    [InlineData("/customers/999999999/orders", 404, "999999999")]
    [InlineData("/customers/999999999/quick", 404, "999999999")]
    [InlineData("/customers/999999999/financial", 404, "999999999")]
    [InlineData("/customers/x/orders", 400, "id")]
    [InlineData("/customers/1/orders?limit=0", 400, "limit")]
    [InlineData("/customers/1/orders?limit=101", 400, "limit")]
    [InlineData("/customers/1/orders?status=lost", 400, "status")]
    public async Task Get_OfWhatIsNotThere_IsRefusedAndNamed(string path, int status, string named)
    {
        await using var erp = await ErpViewHost.StartAsync(TestDatabaseKind.Sqlite, TestContent.Demo);

        var answer = await erp.GetAsync(path);

        Assert.Equal(status, answer.Status);
        Assert.Contains(named, answer.Body.GetProperty("detail").GetString());
    }
}
