using System.Net;
using Erp.Tests.Writes;

namespace Erp.Tests.Orders;

public sealed class ChangeOrderItemsTests(WritesTemplates templates)
{
    [Theory, InlineData(Db.Sqlite), InlineData(Db.PostgreSql)]
    public async Task Items_OfAPendingOrder_AreReplacedPricedAnewAndReserved(Db database)
    {
        await using var host = await WritesHost.StartAsync(templates, database);
        var id = await host.OrderAsync(WritesData.Lamp, 7);

        var answer = await host.PutAsync(
            $"/orders/{id}/items", """{"items":[{"product_id":2,"quantity":10},{"product_id":1,"quantity":3}]}""");

        Assert.Equal($$"""{"order_id":{{id}},"status":"pending"}""", answer.Expect(HttpStatusCode.OK).Data.GetRawText());
        Assert.Equal("1:5/3 2:3/0", await host.StockAsync(WritesData.Lamp));
        Assert.Equal("1:100/10", await host.StockAsync(WritesData.Desk));
        Assert.Equal((1530m, 1530m), await host.ValueAsync<(decimal, decimal)>("SELECT subtotal, total FROM orders"));
        Assert.Equal(
            [(2, 10, 1500m), (1, 3, 30m)],
            await host.RowsAsync<(long, long, decimal)>("SELECT product_id, quantity, line_total FROM order_items ORDER BY id"));
    }

    // What the order itself has reserved counts as available to it.
    [Theory, InlineData(Db.Sqlite), InlineData(Db.PostgreSql)]
    public async Task Items_OneMoreOfAllThereIs_IsPossibleUpToTheStock(Db database)
    {
        await using var host = await WritesHost.StartAsync(templates, database);
        var id = await host.OrderAsync(WritesData.Lamp, 7);

        var all = await host.PutAsync($"/orders/{id}/items", """{"items":[{"product_id":1,"quantity":8}]}""");
        var tooMany = await host.RefusedAsync(
            HttpStatusCode.Conflict, HttpMethod.Put, $"/orders/{id}/items", """{"items":[{"product_id":1,"quantity":9}]}""");

        all.Expect(HttpStatusCode.OK);
        Assert.Equal("9 of product 1 are asked for and 8 are available.", tooMany.ErrorsOf("items[0].quantity"));
    }

    [Theory, InlineData(Db.Sqlite), InlineData(Db.PostgreSql)]
    public async Task Items_OfAnOrderThatIsNotPending_Is409(Db database)
    {
        await using var host = await WritesHost.StartAsync(templates, database);
        foreach (var status in (string[])["confirmed", "processing", "shipped", "completed", "cancelled"])
        {
            var id = await host.OrderInStatusAsync(status, WritesData.Screw);
            var refused = await host.RefusedAsync(
                HttpStatusCode.Conflict, HttpMethod.Put, $"/orders/{id}/items", """{"items":[{"product_id":1,"quantity":1}]}""");
            Assert.Equal(status, refused.Body.GetProperty("order_status").GetString());
        }
    }

    [Theory, InlineData(Db.Sqlite), InlineData(Db.PostgreSql)]
    public async Task Items_UnknownOrInactiveProduct_IsRefused(Db database)
    {
        await using var host = await WritesHost.StartAsync(templates, database);
        var id = await host.OrderAsync(WritesData.Lamp, 1);

        var unknown = await host.RefusedAsync(
            HttpStatusCode.NotFound, HttpMethod.Put, $"/orders/{id}/items", """{"items":[{"product_id":1,"quantity":1},{"product_id":777,"quantity":1}]}""");
        var inactive = await host.RefusedAsync(
            HttpStatusCode.Conflict, HttpMethod.Put, $"/orders/{id}/items", """{"items":[{"product_id":4,"quantity":1}]}""");

        Assert.Equal("Product 777 does not exist.", unknown.ErrorsOf("items[1].product_id"));
        Assert.Equal("Product 4 is not active.", inactive.ErrorsOf("items[0].product_id"));
    }
}
