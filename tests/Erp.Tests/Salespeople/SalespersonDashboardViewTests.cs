using System.Text.Json;
using Erp.Tests.Views;

namespace Erp.Tests.Salespeople;

public sealed class SalespersonDashboardViewTests
{
    private const string Shape =
        "salesperson{id,name,email,phone,role},period{range,start_date,end_date},"
        + "sales_overview{total_orders,total_value,average_order_value,status_breakdown{pending,confirmed,processing,shipped,completed,cancelled},"
        + "confirmed_orders,pending_orders,completed_orders},"
        + "recent_orders[{id,order_number,customer{id,name},date,total,status,items_count}],"
        + "pending_orders{items[{id,order_number,customer{id,name},date,total,status,items_count,days_pending}],count,total_value},"
        + "top_customers{items[{id,name,order_count,total_value}],count},"
        + "top_products{items[{id,name,sku,quantity_sold,total_value}],count},"
        + "payment_collection{invoice_count,total_invoiced,total_collected,outstanding,collection_rate},"
        + "customer_stats{total_customers,active_customers}";

    [Theory, BothDatabases]
    public async Task Get_OfASalesperson_HasTheMembersOfTheRequirementsFromEightSources(TestDatabaseKind kind)
    {
        await using var erp = await ErpViewHost.StartAsync(kind, TestContent.AdventureWorks);

        var answer = await erp.GetAsync("/salesperson/dashboard?salesperson_id=276&date_range=month&as_of=2019-06-30");

        Assert.Equal(Shape, JsonShape.Of(answer.Data));
        Assert.Equal(8, answer.Metadata.GetProperty("data_sources").GetInt32());
    }

    [Theory]
    [InlineData(TestDatabaseKind.Sqlite, "2019-05")]
    [InlineData(TestDatabaseKind.PostgreSql, "2019-05")]
    [InlineData(TestDatabaseKind.Sqlite, "2011-05")]
    [InlineData(TestDatabaseKind.PostgreSql, "2011-05")]
    public async Task Get_OfTheDaysOfAMonth_AddsUpToTheFacts(TestDatabaseKind kind, string month)
    {
        await using var erp = await ErpViewHost.StartAsync(kind, TestContent.AdventureWorks);
        var facts = JsonDocument.Parse(await File.ReadAllTextAsync(Path.Combine(TestServices.AdventureWorks(), "facts.json"))).RootElement
            .GetProperty($"salesperson_month_{month.Replace('-', '_')}").EnumerateArray().ToArray();

        foreach (var fact in facts)
        {
            // A month of the view is 30 days, the one of the facts has 31: the first day is asked for on its own.
            var first = await erp.GetAsync($"/salesperson/dashboard?salesperson_id={fact[0]}&as_of={month}-01");
            var others = await erp.GetAsync($"/salesperson/dashboard?salesperson_id={fact[0]}&date_range=month&as_of={month}-31");
            Assert.Equal(fact[1].GetString(), first.Word("salesperson.name"));
            Assert.Equal(decimal.Parse(fact[2].GetString()!), first.Money("sales_overview.total_value") + others.Money("sales_overview.total_value"));
            Assert.Equal(fact[3].GetInt32(), first.Number("sales_overview.total_orders") + others.Number("sales_overview.total_orders"));
        }
    }

    [Theory]
    [InlineData(TestDatabaseKind.Sqlite, "today", 1)]
    [InlineData(TestDatabaseKind.PostgreSql, "today", 1)]
    [InlineData(TestDatabaseKind.Sqlite, "week", 7)]
    [InlineData(TestDatabaseKind.PostgreSql, "week", 7)]
    [InlineData(TestDatabaseKind.Sqlite, "month", 30)]
    [InlineData(TestDatabaseKind.PostgreSql, "month", 30)]
    public async Task Get_OfEverySalesperson_AgreesWithTheTables(TestDatabaseKind kind, string range, int days)
    {
        await using var erp = await ErpViewHost.StartAsync(kind, TestContent.Demo);
        var raw = await RawData.OfAsync(TestContent.Demo);

        foreach (var id in raw.Orders.Select(order => order.SalespersonId).OfType<long>().Distinct().Order().Take(12))
        {
            var answer = await erp.GetAsync($"/salesperson/dashboard?salesperson_id={id}&date_range={range}&as_of=2026-03-18");
            var expected = new ExpectedDashboard(raw, id, ErpTestDatabase.DemoDay, days);
            Assert.Equal($"{range} {expected.FirstDay:yyyy-MM-dd} 2026-03-18", $"{answer.Word("period.range")} {answer.Word("period.start_date")} {answer.Word("period.end_date")}");
            expected.AssertOverview(answer);
            expected.AssertOrders(answer);
            expected.AssertTops(answer);
            expected.AssertCollection(answer);
        }
    }

    [Theory, BothDatabases]
    public async Task Get_WithoutARange_IsOfTheDay(TestDatabaseKind kind)
    {
        await using var erp = await ErpViewHost.StartAsync(kind, TestContent.AdventureWorks);

        var answer = await erp.GetAsync("/salesperson/dashboard?salesperson_id=276&as_of=2019-06-30");

        Assert.Equal("""{"range":"today","start_date":"2019-06-30","end_date":"2019-06-30"}""", answer.At("period").GetRawText());
    }

    [Theory, BothDatabases]
    public async Task Get_OfASalespersonWithoutSales_IsEmptyWithoutRatios(TestDatabaseKind kind)
    {
        await using var erp = await ErpViewHost.StartAsync(kind, TestContent.AdventureWorks);
        var raw = await RawData.OfAsync(TestContent.AdventureWorks);
        var idle = Enumerable.Range(274, 17).First(id => raw.Orders.All(order => order.SalespersonId != id));

        var answer = await erp.GetAsync($"/salesperson/dashboard?salesperson_id={idle}&date_range=month&as_of=2019-06-30");

        Assert.Equal(
            """{"total_orders":0,"total_value":0.00,"average_order_value":null,"status_breakdown":{"pending":0,"confirmed":0,"processing":0,"shipped":0,"completed":0,"cancelled":0},"confirmed_orders":0,"pending_orders":0,"completed_orders":0}""",
            answer.At("sales_overview").GetRawText());
        Assert.Equal(
            """{"invoice_count":0,"total_invoiced":0.00,"total_collected":0.00,"outstanding":0.00,"collection_rate":null}""",
            answer.At("payment_collection").GetRawText());
        Assert.Equal("""{"items":[],"count":0,"total_value":0.00}""", answer.At("pending_orders").GetRawText());
        Assert.Equal("""{"items":[],"count":0}""", answer.At("top_products").GetRawText());
        Assert.Empty(answer.List("recent_orders"));
    }

    [Theory, BothDatabases]
    public async Task Get_OfTheFirstAndTheLastDayThereIs_IsEmptyInsteadOfAnError(TestDatabaseKind kind)
    {
        await using var erp = await ErpViewHost.StartAsync(kind, TestContent.AdventureWorks);

        var first = await erp.GetAsync("/salesperson/dashboard?salesperson_id=276&date_range=month&as_of=0001-01-01");
        var last = await erp.GetAsync("/salesperson/dashboard?salesperson_id=276&date_range=month&as_of=9999-12-31");

        Assert.Equal((0, "0001-01-01"), (first.Number("sales_overview.total_orders"), first.Word("period.start_date")));
        Assert.Equal((0, "9999-12-02"), (last.Number("sales_overview.total_orders"), last.Word("period.start_date")));
        Assert.Empty(first.Errors.Concat(last.Errors));
    }

    [Theory, BothDatabases]
    public async Task Get_ASecondTime_AsksNoSource(TestDatabaseKind kind)
    {
        await using var erp = await ErpViewHost.StartAsync(kind, TestContent.AdventureWorks);

        var first = await erp.GetAsync("/salesperson/dashboard?salesperson_id=276&date_range=week&as_of=2019-06-30");
        var second = await erp.GetAsync("/salesperson/dashboard?salesperson_id=276&date_range=week&as_of=2019-06-30");
        var other = await erp.GetAsync("/salesperson/dashboard?salesperson_id=276&date_range=week&as_of=2019-06-29");

        Assert.False(first.Metadata.GetProperty("cached").GetBoolean());
        Assert.True(second.Metadata.GetProperty("cached").GetBoolean());
        Assert.False(other.Metadata.GetProperty("cached").GetBoolean());
        Assert.Equal(first.DataText, second.DataText);
        Assert.NotEqual(first.DataText, other.DataText);
    }

    [Theory, BothDatabases]
    public async Task Get_WithoutTheTableOfInvoices_HasNoCollectionInsteadOfZeros(TestDatabaseKind kind)
    {
        await using var own = await ErpTestDatabase.CreateAsync(kind, TestContent.Demo);
        await own.ExecuteAsync("DROP TABLE payments");
        await own.ExecuteAsync("DROP TABLE invoices");
        await using var erp = await ErpViewHost.StartAsync(own.Database);

        var answer = await erp.GetAsync("/salesperson/dashboard?salesperson_id=1&as_of=2026-03-18");

        Assert.True(answer.IsNull("payment_collection"));
        Assert.Equal(["payment_collection error"], answer.Errors);
        Assert.False(answer.IsNull("sales_overview"));
    }

    [Theory]
    [InlineData("/salesperson/dashboard", 400, "salesperson_id")]
    [InlineData("/salesperson/dashboard?salesperson_id=1&date_range=year", 400, "date_range")]
    [InlineData("/salesperson/dashboard?salesperson_id=1&as_of=yesterday", 400, "as_of")]
    [InlineData("/salesperson/dashboard?salesperson_id=999999", 404, "999999")]
    public async Task Get_OfWhatIsNotThere_IsRefusedAndNamed(string path, int status, string named)
    {
        await using var erp = await ErpViewHost.StartAsync(TestDatabaseKind.Sqlite, TestContent.Demo);

        var answer = await erp.GetAsync(path);

        Assert.Equal(status, answer.Status);
        Assert.Contains(named, answer.Body.GetProperty("detail").GetString());
    }
}
