using System.Net;
using Erp.Tests.Writes;

namespace Erp.Tests.Orders;

public sealed class ChangeDeliveryTests(WritesTemplates templates)
{
    [Theory, InlineData(Db.Sqlite), InlineData(Db.PostgreSql)]
    public async Task Delivery_InTransit_ShipsAnOrderThatIsProcessed(Db database)
    {
        await using var host = await WritesHost.StartAsync(templates, database);
        var id = await host.OrderInStatusAsync("processing");

        var answer = await host.PutAsync($"/orders/{id}/delivery", """{"status":"in_transit","tracking_number":"T-1"}""");

        Assert.Equal($$"""{"order_id":{{id}},"status":"shipped"}""", answer.Expect(HttpStatusCode.OK).Data.GetRawText());
        Assert.Equal("1:3/0 2:3/0", await host.StockAsync(WritesData.Lamp));
        Assert.Equal(("in_transit", "T-1"), await host.ValueAsync<(string, string)>("SELECT status, tracking_number FROM deliveries"));
        Assert.Equal(1, await host.ValueAsync<long>("SELECT count(*) FROM inventory_movements"));
    }

    [Theory, InlineData(Db.Sqlite), InlineData(Db.PostgreSql)]
    public async Task Delivery_Delivered_CompletesTheOrderAtTheTimeGiven(Db database)
    {
        await using var host = await WritesHost.StartAsync(templates, database);
        foreach (var status in (string[])["processing", "shipped"])
        {
            var id = await host.OrderInStatusAsync(status, WritesData.Screw);
            host.Clock.Advance(TimeSpan.FromDays(3));
            var arrived = host.Clock.GetUtcNow().AddDays(-1);

            var answer = await host.PutAsync(
                $"/orders/{id}/delivery", $$"""{"status":"delivered","delivered_at":"{{arrived:yyyy-MM-ddTHH:mm:ssZ}}"}""");

            Assert.Equal("completed", answer.Expect(HttpStatusCode.OK).Data.GetProperty("status").GetString());
            Assert.Equal(
                ("delivered", arrived),
                await host.ValueAsync<(string, DateTimeOffset)>("SELECT status, delivered_at FROM deliveries WHERE order_id = @id", new { id }));
            Assert.True(await host.ValueAsync<DateTimeOffset>("SELECT shipped_at FROM deliveries WHERE order_id = @id", new { id }) <= arrived);
            Assert.Equal(2, await host.ValueAsync<long>("SELECT delivered_quantity FROM order_items WHERE order_id = @id", new { id }));
        }
    }

    [Theory, InlineData(Db.Sqlite), InlineData(Db.PostgreSql)]
    public async Task Delivery_TrackingNumber_AbsentStaysAndNullGoes(Db database)
    {
        await using var host = await WritesHost.StartAsync(templates, database);
        var id = await host.OrderInStatusAsync("processing");

        await host.PutAsync($"/orders/{id}/delivery", """{"status":"pending","tracking_number":"T-1"}""");
        await host.PutAsync($"/orders/{id}/delivery", """{"status":"in_transit"}""");
        var kept = await host.ValueAsync<string>("SELECT tracking_number FROM deliveries");
        await host.PutAsync($"/orders/{id}/delivery", """{"status":"in_transit","tracking_number":null}""");

        Assert.Equal("T-1", kept);
        Assert.Null(await host.ValueAsync<string?>("SELECT tracking_number FROM deliveries"));
        Assert.Equal(1, await host.ValueAsync<long>("SELECT count(*) FROM deliveries"));
    }

    [Theory, InlineData(Db.Sqlite), InlineData(Db.PostgreSql)]
    public async Task Delivery_OfACompletedOrder_MayBeCorrected(Db database)
    {
        await using var host = await WritesHost.StartAsync(templates, database);
        var id = await host.OrderInStatusAsync("completed");
        host.Clock.Advance(TimeSpan.FromHours(5));

        await host.PutAsync($"/orders/{id}/delivery", """{"status":"delivered","tracking_number":"T-9"}""");
        var untouched = await host.ValueAsync<DateTimeOffset>("SELECT delivered_at FROM deliveries");
        await host.PutAsync($"/orders/{id}/delivery", """{"status":"delivered","delivered_at":"2025-06-02T16:30:00+03:00"}""");

        Assert.Equal(host.Clock.GetUtcNow().AddHours(-5), untouched);
        Assert.Equal(host.Clock.GetUtcNow().AddHours(-2), await host.ValueAsync<DateTimeOffset>("SELECT delivered_at FROM deliveries"));
        Assert.Equal("T-9", await host.ValueAsync<string>("SELECT tracking_number FROM deliveries"));
    }

    [Theory, InlineData(Db.Sqlite), InlineData(Db.PostgreSql)]
    public async Task Delivery_ThatDoesNotFitTheOrder_Is409(Db database)
    {
        await using var host = await WritesHost.StartAsync(templates, database);
        (string Order, string[] Deliveries)[] refused =
        [
            ("pending", ["pending", "in_transit", "delivered"]),
            ("confirmed", ["pending", "in_transit", "delivered"]),
            ("cancelled", ["pending", "in_transit", "delivered"]),
            ("shipped", ["pending"]),
            ("completed", ["pending", "in_transit"]),
        ];
        foreach (var (order, deliveries) in refused)
        {
            var id = await host.OrderInStatusAsync(order, WritesData.Screw);
            foreach (var delivery in deliveries)
            {
                var answer = await host.RefusedAsync(
                    HttpStatusCode.Conflict, HttpMethod.Put, $"/orders/{id}/delivery", $$"""{"status":"{{delivery}}"}""");
                Assert.Equal(order, answer.Body.GetProperty("order_status").GetString());
            }
        }
    }
}
