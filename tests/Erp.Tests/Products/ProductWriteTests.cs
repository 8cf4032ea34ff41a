using System.Net;
using Erp.Tests.Writes;

namespace Erp.Tests.Products;

public sealed class ProductWriteTests(WritesTemplates templates)
{
    [Theory, InlineData(Db.Sqlite), InlineData(Db.PostgreSql)]
    public async Task Change_SomeMembers_LeavesTheOthers(Db database)
    {
        await using var host = await WritesHost.StartAsync(templates, database);

        var answer = await host.PutAsync("/products/1", """{"name":"Lámpara","brand":"Sol"}""");

        Assert.Equal("""{"product_id":1}""", answer.Expect(HttpStatusCode.OK).Data.GetRawText());
        Assert.Equal(
            ("Lámpara", "Warm", "Sol", 1L),
            await host.ValueAsync<(string, string, string, long)>("SELECT name, description, brand, category_id FROM products WHERE id = 1"));
    }

    [Theory, InlineData(Db.Sqlite), InlineData(Db.PostgreSql)]
    public async Task Change_NullWhereTheColumnTakesIt_EmptiesIt(Db database)
    {
        await using var host = await WritesHost.StartAsync(templates, database);

        (await host.PutAsync("/products/1", """{"description":null,"brand":null,"category_id":null}""")).Expect(HttpStatusCode.OK);

        Assert.Equal(1, await host.ValueAsync<long>(
            "SELECT count(*) FROM products WHERE id = 1 AND name = 'Lamp' AND description IS NULL AND brand IS NULL AND category_id IS NULL"));
    }

    [Theory, InlineData(Db.Sqlite), InlineData(Db.PostgreSql)]
    public async Task Change_CategoryAndActivity_AreStored(Db database)
    {
        await using var host = await WritesHost.StartAsync(templates, database);

        (await host.PutAsync("/products/4", """{"is_active":true,"category_id":1}""")).Expect(HttpStatusCode.OK);

        Assert.Equal(1, await host.ValueAsync<long>("SELECT count(*) FROM products WHERE id = 4 AND is_active AND category_id = 1"));
        await host.OrderAsync(WritesData.InactiveProduct, 1);
    }

    [Theory, InlineData(Db.Sqlite), InlineData(Db.PostgreSql)]
    public async Task Price_OfAProductThatHasOne_ChangesItAndKeepsTheDiscountThatIsNotGiven(Db database)
    {
        await using var host = await WritesHost.StartAsync(templates, database);

        var answer = await host.PutAsync("/products/2/prices/1", """{"price":170.1234}""");
        var kept = await host.RowsAsync<(decimal, decimal, long)>(
            "SELECT price, discount_percent, minimum_quantity FROM product_prices WHERE product_id = 2 ORDER BY minimum_quantity");
        await host.PutAsync("/products/2/prices/1", """{"price":170,"discount_percentage":12.5}""");

        Assert.Equal("""{"product_id":2}""", answer.Expect(HttpStatusCode.OK).Data.GetRawText());
        Assert.Equal([(170.1234m, 10m, 1), (150m, 0m, 10)], kept);
        Assert.Equal(
            (170m, 12.5m),
            await host.ValueAsync<(decimal, decimal)>(
                "SELECT price, discount_percent FROM product_prices WHERE product_id = 2 AND pricelist_id = 1 AND minimum_quantity = 1"));
    }

    [Theory, InlineData(Db.Sqlite), InlineData(Db.PostgreSql)]
    public async Task Price_OfAProductThatHasNone_IsAddedAndUsedByTheNextOrder(Db database)
    {
        await using var host = await WritesHost.StartAsync(templates, database);

        (await host.PutAsync("/products/1/prices/1", """{"price":9.5}""")).Expect(HttpStatusCode.OK);
        await host.OrderAsync(WritesData.Lamp, 2);

        Assert.Equal(19m, await host.ValueAsync<decimal>("SELECT total FROM orders"));
        Assert.Equal(0m, await host.ValueAsync<decimal>("SELECT discount_percent FROM product_prices WHERE product_id = 1 AND pricelist_id = 1"));
    }

    [Theory, InlineData(Db.Sqlite), InlineData(Db.PostgreSql)]
    public async Task Review_OfAnActiveProduct_ShowsTheCustomersName(Db database)
    {
        await using var host = await WritesHost.StartAsync(templates, database);

        var answer = await host.PostAsync("/products/1/reviews", """{"customer_id":1,"rating":4,"review_text":"Bright — and 'cheap'"}""");

        Assert.Equal("""{"review_id":1}""", answer.Expect(HttpStatusCode.OK).Data.GetRawText());
        Assert.Equal(
            (1L, 1L, "Ana Müller", 4L, "Bright — and 'cheap'", host.Clock.GetUtcNow()),
            await host.ValueAsync<(long, long, string, long, string, DateTimeOffset)>(
                "SELECT product_id, customer_id, customer_name, rating, comment, created_at FROM product_reviews"));
    }

    [Theory, InlineData(Db.Sqlite), InlineData(Db.PostgreSql)]
    public async Task Review_InactiveProductOrCustomer_Is409(Db database)
    {
        await using var host = await WritesHost.StartAsync(templates, database);

        var product = await host.RefusedAsync(
            HttpStatusCode.Conflict, HttpMethod.Post, "/products/4/reviews", """{"customer_id":1,"rating":4,"review_text":"x"}""");
        var customer = await host.RefusedAsync(
            HttpStatusCode.Conflict, HttpMethod.Post, "/products/1/reviews", """{"customer_id":2,"rating":4,"review_text":"x"}""");

        Assert.Equal("Product 4 is not active.", product.Detail);
        Assert.Equal("Customer 2 is not active.", customer.Detail);
    }
}
