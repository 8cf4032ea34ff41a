using System.Net;
using Erp.Tests.Writes;

namespace Erp.Tests.Orders;

public sealed class OrderStatusTests(WritesTemplates templates)
{
    private static readonly string[] Forward = ["pending", "confirmed", "processing", "shipped", "completed"];

    [Theory, InlineData(Db.Sqlite), InlineData(Db.PostgreSql)]
    public async Task Status_EveryWay_IsAllowedForwardAndRefusedBackWithTheAllowedOnes(Db database)
    {
        await using var host = await WritesHost.StartAsync(templates, database);
        foreach (var (from, to) in Forward.SelectMany(from => Forward.Append("cancelled").Select(to => (from, to))))
        {
            var id = await host.OrderInStatusAsync(from, WritesData.Screw, 1);
            var body = $$"""{"status":"{{to}}"}""";
            string[] allowed = [.. Forward[(Array.IndexOf(Forward, from) + 1)..], .. from is "shipped" or "completed" ? (string[])[] : ["cancelled"]];
            if (allowed.Contains(to))
            {
                var answer = await host.PutAsync($"/orders/{id}/status", body);
                Assert.Equal($$"""{"order_id":{{id}},"status":"{{to}}"}""", answer.Expect(HttpStatusCode.OK).Data.GetRawText());
                Assert.Equal(to, await host.ValueAsync<string>("SELECT status FROM orders WHERE id = @id", new { id }));
                continue;
            }
            var refused = await host.RefusedAsync(HttpStatusCode.Conflict, HttpMethod.Put, $"/orders/{id}/status", body);
            Assert.Equal((from, to), (refused.Body.GetProperty("from").GetString(), refused.Body.GetProperty("to").GetString()));
            Assert.Equal(allowed, refused.Body.GetProperty("allowed").EnumerateArray().Select(word => word.GetString()));
        }
    }

    [Theory, InlineData(Db.Sqlite), InlineData(Db.PostgreSql)]
    public async Task Status_Cancelled_IsFinal(Db database)
    {
        await using var host = await WritesHost.StartAsync(templates, database);
        var id = await host.OrderInStatusAsync("cancelled");

        foreach (var to in Forward.Append("cancelled"))
        {
            var refused = await host.RefusedAsync(
                HttpStatusCode.Conflict, HttpMethod.Put, $"/orders/{id}/status", $$"""{"status":"{{to}}"}""");
            Assert.Equal(0, refused.Body.GetProperty("allowed").GetArrayLength());
        }
    }

    [Theory, InlineData(Db.Sqlite), InlineData(Db.PostgreSql)]
    public async Task Status_Confirmed_TouchesNothingElse(Db database)
    {
        await using var host = await WritesHost.StartAsync(templates, database);
        var id = await host.OrderAsync(WritesData.Lamp, 2);
        host.Clock.Advance(TimeSpan.FromHours(1));

        await host.PutAsync($"/orders/{id}/status", """{"status":"confirmed"}""");

        Assert.Equal("1:5/2 2:3/0", await host.StockAsync(WritesData.Lamp));
        Assert.Equal(0, await host.ValueAsync<long>("SELECT count(*) FROM invoices") + await host.ValueAsync<long>("SELECT count(*) FROM deliveries"));
        Assert.Equal(host.Clock.GetUtcNow(), await host.ValueAsync<DateTimeOffset>("SELECT updated_at FROM orders"));
    }

    [Theory, InlineData(Db.Sqlite), InlineData(Db.PostgreSql)]
    public async Task Status_Processing_IssuesTheInvoiceDueAfterTheCustomersDays(Db database)
    {
        await using var host = await WritesHost.StartAsync(templates, database);

        await host.OrderInStatusAsync("processing");

        var invoice = await host.ValueAsync<(string Number, long Order, long Customer, decimal Total, string Status)>(
            "SELECT invoice_number, order_id, customer_id, total, status FROM invoices");
        Assert.Equal(("INV1", 1, 1, 20m, "pending"), invoice);
        var times = await host.ValueAsync<(DateTimeOffset Issued, DateTimeOffset Due)>("SELECT issued_at, due_at FROM invoices");
        Assert.Equal((host.Clock.GetUtcNow(), host.Clock.GetUtcNow().AddDays(14)), times);
        Assert.Equal("1:5/2 2:3/0", await host.StockAsync(WritesData.Lamp));
    }

    [Theory, InlineData(Db.Sqlite), InlineData(Db.PostgreSql)]
    public async Task Status_ShippedStraightFromPending_TakesTheStockOutAndIssuesTheInvoice(Db database)
    {
        await using var host = await WritesHost.StartAsync(templates, database);

        await host.OrderInStatusAsync("shipped", WritesData.Lamp, 7);

        Assert.Equal("1:0/0 2:1/0", await host.StockAsync(WritesData.Lamp));
        var movements = await host.RowsAsync<(long Product, long Warehouse, string Type, long Quantity, long New, string Reference)>(
            "SELECT product_id, warehouse_id, movement_type, quantity, new_quantity, reference FROM inventory_movements ORDER BY warehouse_id");
        Assert.Equal([(1, 1, "OUT", 5, 0, "SO1"), (1, 2, "OUT", 2, 1, "SO1")], movements);
        Assert.Equal("in_transit", await host.ValueAsync<string>("SELECT status FROM deliveries"));
        Assert.Equal(host.Clock.GetUtcNow(), await host.ValueAsync<DateTimeOffset>("SELECT shipped_at FROM deliveries"));
        Assert.Equal(70m, await host.ValueAsync<decimal>("SELECT total FROM invoices"));
        Assert.Equal(0, await host.ValueAsync<long>("SELECT delivered_quantity FROM order_items"));
    }

    [Theory, InlineData(Db.Sqlite), InlineData(Db.PostgreSql)]
    public async Task Status_Completed_DeliversEverything(Db database)
    {
        await using var host = await WritesHost.StartAsync(templates, database);
        var id = await host.OrderInStatusAsync("shipped");
        host.Clock.Advance(TimeSpan.FromDays(2));

        await host.PutAsync($"/orders/{id}/status", """{"status":"completed"}""");

        Assert.Equal(
            ("delivered", host.Clock.GetUtcNow(), host.Clock.GetUtcNow().AddDays(-2)),
            await host.ValueAsync<(string, DateTimeOffset, DateTimeOffset)>("SELECT status, delivered_at, shipped_at FROM deliveries"));
        Assert.Equal(2, await host.ValueAsync<long>("SELECT delivered_quantity FROM order_items"));
        Assert.Equal("1:3/0 2:3/0", await host.StockAsync(WritesData.Lamp));
        Assert.Equal(1, await host.ValueAsync<long>("SELECT count(*) FROM invoices"));
    }

    // Data that was loaded may reserve less than its open orders ask for.
    [Theory, InlineData(Db.Sqlite), InlineData(Db.PostgreSql)]
    public async Task Status_ShippedWithTooLittleReserved_TakesFreeStockOrIsRefused(Db database)
    {
        await using var host = await WritesHost.StartAsync(templates, database);
        var id = await host.OrderAsync(WritesData.Lamp, 6);
        await host.ValueAsync<long>("UPDATE inventory SET quantity_on_hand = 4, quantity_reserved = 1 WHERE product_id = 1 AND warehouse_id = 1 RETURNING 1");
        await host.ValueAsync<long>("UPDATE inventory SET quantity_on_hand = 1, quantity_reserved = 0 WHERE product_id = 1 AND warehouse_id = 2 RETURNING 1");

        var refused = await host.RefusedAsync(HttpStatusCode.Conflict, HttpMethod.Put, $"/orders/{id}/status", """{"status":"shipped"}""");
        await host.ValueAsync<long>("UPDATE inventory SET quantity_on_hand = 3 WHERE product_id = 1 AND warehouse_id = 2 RETURNING 1");
        var shipped = await host.PutAsync($"/orders/{id}/status", """{"status":"shipped"}""");

        Assert.Equal(1, refused.Body.GetProperty("product_id").GetInt64());
        shipped.Expect(HttpStatusCode.OK);
        Assert.Equal("1:0/0 2:1/0", await host.StockAsync(WritesData.Lamp));
    }

    [Theory, InlineData(Db.Sqlite), InlineData(Db.PostgreSql)]
    public async Task Status_TenTimesShippedAtOnce_TakesTheStockOutOnce(Db database)
    {
        await using var host = await WritesHost.StartAsync(templates, database);
        var id = await host.OrderAsync(WritesData.Lamp, 2);

        var answers = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => host.PutAsync($"/orders/{id}/status", """{"status":"shipped"}""")));

        Assert.Single(answers, answer => answer.Status == HttpStatusCode.OK);
        Assert.Equal("1:3/0 2:3/0", await host.StockAsync(WritesData.Lamp));
        Assert.Equal(1, await host.ValueAsync<long>("SELECT count(*) FROM invoices"));
    }
}
