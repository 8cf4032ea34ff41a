using System.Net;
using Erp.Tests.Writes;

namespace Erp.Tests.Orders;

public sealed class CancelOrderTests(WritesTemplates templates)
{
    private const string Reason = """{"reason":"Found it cheaper"}""";

    [Theory, InlineData(Db.Sqlite), InlineData(Db.PostgreSql)]
    public async Task Cancel_BeforeShipping_FreesTheStockAndKeepsTheReason(Db database)
    {
        await using var host = await WritesHost.StartAsync(templates, database);
        foreach (var status in (string[])["pending", "confirmed", "processing"])
        {
            var id = await host.OrderInStatusAsync(status, WritesData.Lamp, 7);

            var answer = await host.PostAsync($"/orders/{id}/cancel", Reason);

            Assert.Equal($$"""{"order_id":{{id}},"status":"cancelled"}""", answer.Expect(HttpStatusCode.OK).Data.GetRawText());
            Assert.True(answer.Body.GetProperty("success").GetBoolean());
            Assert.Equal("1:5/0 2:3/0", await host.StockAsync(WritesData.Lamp));
            Assert.Equal(
                ("cancelled", "Found it cheaper"),
                await host.ValueAsync<(string, string)>("SELECT status, cancelled_reason FROM orders WHERE id = @id", new { id }));
        }
    }

    [Theory, InlineData(Db.Sqlite), InlineData(Db.PostgreSql)]
    public async Task Cancel_WithAnUnpaidInvoiceAndAPlannedDelivery_CancelsTheOneAndDropsTheOther(Db database)
    {
        await using var host = await WritesHost.StartAsync(templates, database);
        var id = await host.OrderInStatusAsync("processing");
        (await host.PutAsync($"/orders/{id}/delivery", """{"status":"pending"}""")).Expect(HttpStatusCode.OK);

        (await host.PostAsync($"/orders/{id}/cancel", Reason)).Expect(HttpStatusCode.OK);

        Assert.Equal("cancelled", await host.ValueAsync<string>("SELECT status FROM invoices"));
        Assert.Equal(0, await host.ValueAsync<long>("SELECT count(*) FROM deliveries"));
    }

    [Theory, InlineData(Db.Sqlite), InlineData(Db.PostgreSql)]
    public async Task Cancel_WithAPayment_Is409(Db database)
    {
        await using var host = await WritesHost.StartAsync(templates, database);
        var id = await host.OrderInStatusAsync("processing");
        (await host.PostAsync("/payments", """{"customer_id":1,"invoice_id":1,"amount":0.5,"payment_method":"cash"}""")).Expect(HttpStatusCode.OK);

        var refused = await host.RefusedAsync(HttpStatusCode.Conflict, HttpMethod.Post, $"/orders/{id}/cancel", Reason);

        Assert.Equal("Order SO1 cannot be cancelled: 0.50 were paid on its invoice.", refused.Detail);
        Assert.Equal("0.50", refused.Body.GetProperty("paid").GetRawText());
    }

    [Theory, InlineData(Db.Sqlite), InlineData(Db.PostgreSql)]
    public async Task Cancel_ShippedCompletedOrCancelled_Is409(Db database)
    {
        await using var host = await WritesHost.StartAsync(templates, database);
        foreach (var status in (string[])["shipped", "completed", "cancelled"])
        {
            var id = await host.OrderInStatusAsync(status, WritesData.Screw);
            await host.RefusedAsync(HttpStatusCode.Conflict, HttpMethod.Post, $"/orders/{id}/cancel", Reason);
        }
    }

    [Theory, InlineData(Db.Sqlite), InlineData(Db.PostgreSql)]
    public async Task Cancel_WhileAPaymentComesIn_EitherIsCancelledUnpaidOrPaidAndKept(Db database)
    {
        await using var host = await WritesHost.StartAsync(templates, database);
        for (var i = 1; i <= 10; i++)
        {
            var id = await host.OrderInStatusAsync("processing", WritesData.Screw, 10);
            var cancel = host.PostAsync($"/orders/{id}/cancel", Reason);
            var pay = host.PostAsync("/payments", $$"""{"customer_id":1,"invoice_id":{{i}},"amount":1,"payment_method":"cash"}""");
            var statuses = (await Task.WhenAll(cancel, pay)).Select(answer => answer.Status).Order();
            Assert.Equal([HttpStatusCode.OK, HttpStatusCode.Conflict], statuses);
        }
        Assert.Equal(0, await host.ValueAsync<long>(
            "SELECT count(*) FROM invoices i JOIN payments p ON p.invoice_id = i.id WHERE i.status = 'cancelled'"));
    }

    [Theory, InlineData(Db.Sqlite), InlineData(Db.PostgreSql)]
    public async Task Cancel_MoreThanIsReserved_StopsAtZero(Db database)
    {
        await using var host = await WritesHost.StartAsync(templates, database);
        var id = await host.OrderAsync(WritesData.Lamp, 2);
        await host.ValueAsync<long>("UPDATE inventory SET quantity_reserved = 1 WHERE product_id = 1 AND warehouse_id = 1 RETURNING 1");

        (await host.PostAsync($"/orders/{id}/cancel", Reason)).Expect(HttpStatusCode.OK);

        Assert.Equal("1:5/0 2:3/0", await host.StockAsync(WritesData.Lamp));
    }
}
