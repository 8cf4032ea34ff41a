using System.Net;

namespace Erp.Tests.Writes;

/// <summary>
/// Every write endpoint, and then every view: what comes from the cache is what the database has, at once, and nobody wrote an invalidation. The other
/// host stores nothing, so it always reads.
/// </summary>
public sealed class FreshAfterWriteTests(WritesTemplates templates)
{
    private static readonly string[] Paths =
    [
        "/products/1/complete", "/products/1", "/products/2/complete", "/products/2", "/customers/1/complete", "/customers/1/quick", "/customers/1/financial",
        "/customers/1/orders", "/customers/3/complete", "/salesperson/dashboard?salesperson_id=1&date_range=month", "/home", "/home?customer_id=1", "/home?branch_id=2",
        "/checkout?customer_id=1",
    ];

    [Theory]
    [InlineData(Db.Sqlite), InlineData(Db.PostgreSql)]
    public async Task Views_AfterEveryWriteEndpoint_AnswerWithTheNewDataAtOnce(Db kind)
    {
        var connectionString = await templates.CopyAsync(kind);
        await using var host = await WritesHost.StartAsync(connectionString);
        await using var reading = await WritesHost.StartAsync(connectionString, ("CACHE_ENABLED", "false"));
        var order = await host.OrderAsync(WritesData.Desk, 3);
        string[] paths = [.. Paths, $"/orders/{order}/complete", $"/orders/{order}/quick"];
        await AssertFreshAsync(host, reading, paths, "the start");

        foreach (var (method, path, body) in Writes(order))
        {
            var answer = await host.SendAsync(method, path, body, key: null);
            Assert.True((int)answer.Status is 200 or 201, $"{path}: {answer.Text}");
            await AssertFreshAsync(host, reading, paths, path);
        }
    }

    [Theory]
    [InlineData(Db.Sqlite), InlineData(Db.PostgreSql)]
    public async Task Views_AfterAWriteOfSomethingElse_AreStillHits(Db kind)
    {
        await using var host = await WritesHost.StartAsync(templates, kind);
        string[] paths = ["/products/1/complete", "/products/1", "/customers/3/quick"];
        foreach (var path in paths)
            await host.Client.GetStringAsync(WritesHost.Prefix + path);

        (await host.PutAsync("/customers/1/credit-limit", """{"credit_limit":5}""")).Expect(HttpStatusCode.OK);
        (await host.PutAsync("/products/2", """{"name":"Table"}""")).Expect(HttpStatusCode.OK);

        foreach (var path in new[] { "/products/1", "/customers/3/quick" })
        {
            using var response = await host.Client.GetAsync(WritesHost.Prefix + path);
            Assert.True((await WriteAnswer.ReadAsync(response)).Body.GetProperty("metadata").GetProperty("cached").GetBoolean(), path);
        }
    }

    private static IEnumerable<(HttpMethod Method, string Path, string Body)> Writes(long order) =>
    [
        (HttpMethod.Put, "/products/1", """{"name":"Lámpara","brand":"Sol"}"""),
        (HttpMethod.Put, "/products/1/prices/1", """{"price":9.5}"""),
        (HttpMethod.Put, "/products/2/prices/1", """{"price":170,"discount_percentage":12.5}"""),
        (HttpMethod.Post, "/products/1/reviews", """{"customer_id":1,"rating":4,"review_text":"Bright"}"""),
        (HttpMethod.Post, "/inventory/movements/record", """{"product_id":1,"warehouse_id":1,"movement_type":"IN","quantity":4}"""),
        (HttpMethod.Put, "/customers/1", """{"name":"Ana M.","city":"Chur"}"""),
        (HttpMethod.Put, "/customers/1/credit-limit", """{"credit_limit":2500}"""),
        (HttpMethod.Post, "/orders/create", """{"customer_id":1,"items":[{"product_id":1,"quantity":2}]}"""),
        (HttpMethod.Put, $"/orders/{order}/items", """{"items":[{"product_id":2,"quantity":2},{"product_id":1,"quantity":1}]}"""),
        (HttpMethod.Put, $"/orders/{order}/status", """{"status":"confirmed"}"""),
        (HttpMethod.Put, $"/orders/{order}/status", """{"status":"shipped"}"""),
        (HttpMethod.Put, $"/orders/{order}/delivery", """{"status":"in_transit","tracking_number":"T-1"}"""),
        (HttpMethod.Post, "/payments", """{"customer_id":1,"invoice_id":1,"amount":0.5,"payment_method":"cash"}"""),
        (HttpMethod.Post, $"/orders/{order + 1}/cancel", """{"reason":"changed my mind"}"""),
    ];

    private static async Task AssertFreshAsync(WritesHost host, WritesHost reading, string[] paths, string after)
    {
        foreach (var path in paths)
        {
            var cached = await DataAsync(host, path);
            Assert.Equal((after, path, await DataAsync(reading, path)), (after, path, cached));
        }
    }

    private static async Task<string> DataAsync(WritesHost host, string path)
    {
        using var response = await host.Client.GetAsync(WritesHost.Prefix + path);
        return (await WriteAnswer.ReadAsync(response)).Expect(HttpStatusCode.OK).Data.GetRawText();
    }
}
