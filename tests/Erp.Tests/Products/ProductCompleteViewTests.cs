using Erp.Tests.Views;

namespace Erp.Tests.Products;

public sealed class ProductCompleteViewTests
{
    private const string Shape =
        "product{id,name,sku,barcode,description,category,brand,unit,weight,dimensions,is_active,created_at},"
        + "inventory{total_quantity,by_branch[{branch_id,branch_name,warehouse_id,warehouse_name,quantity,reserved_quantity,available_quantity,last_updated}],is_available},"
        + "pricing[{pricelist_id,pricelist_name,currency,price,discount_percentage,final_price,is_default}],"
        + "images[{url,thumbnail,is_primary,order}],"
        + "reviews{items[{id,rating,comment,customer_name,created_at}],count,average_rating},"
        + "similar_products[{id,name,sku,image}]";

    [Theory, BothDatabases]
    public async Task Get_OfAProductWithEverything_HasTheMembersOfTheRequirements(TestDatabaseKind kind)
    {
        await using var erp = await ErpViewHost.StartAsync(kind, TestContent.Demo);

        var answer = await erp.GetAsync("/products/1/complete?as_of=2026-03-18");

        Assert.Equal(Shape, JsonShape.Of(answer.Data));
        Assert.Equal("cached,data_sources,generated_at", JsonShape.Of(answer.Metadata));
        Assert.Equal(6, answer.Metadata.GetProperty("data_sources").GetInt32());
    }

    [Theory, BothDatabases]
    public async Task Get_OfManyProducts_AgreesWithTheTables(TestDatabaseKind kind)
    {
        await using var erp = await ErpViewHost.StartAsync(kind, TestContent.Demo);
        var raw = await RawData.OfAsync(TestContent.Demo);

        foreach (var product in raw.Products.Where(product => product.Id <= 60))
        {
            var answer = await erp.GetAsync($"/products/{product.Id}/complete?as_of=2026-03-18");
            AssertStock(answer, raw, product);
            AssertReviews(answer, raw, product);
            AssertPricing(answer, raw, product, ErpTestDatabase.DemoDay);
            var similar = raw.Products
                .Where(other => other.IsActive && other.CategoryId is not null && other.CategoryId == product.CategoryId && other.Id != product.Id)
                .Select(other => other.Id).Order().Take(6);
            Assert.Equal(similar, answer.Ids("similar_products"));
        }
    }

    [Theory, BothDatabases]
    public async Task Get_OfAnAdventureWorksProduct_HasTheStockOfTheFacts(TestDatabaseKind kind)
    {
        await using var erp = await ErpViewHost.StartAsync(kind, TestContent.AdventureWorks);

        var bottle = await erp.GetAsync("/products/870/complete?as_of=2019-06-30");
        var race = await erp.GetAsync("/products/1/complete?as_of=2019-06-30");

        var stock = Assert.Single(bottle.List("inventory.by_branch"));
        Assert.Equal(
            "Finished Goods Storage 252 190 62",
            $"{stock.GetProperty("warehouse_name")} {stock.GetProperty("quantity")} {stock.GetProperty("reserved_quantity")} {stock.GetProperty("available_quantity")}");
        Assert.Equal(408 + 324 + 353, race.Number("inventory.total_quantity"));
        // Ordered by branch: Tool Crib is of branch 1, Subassembly of 3 and Miscellaneous Storage of 6.
        Assert.Equal([1, 50, 6], race.Ids("inventory.by_branch", "warehouse_id"));
    }

    [Theory, BothDatabases]
    public async Task Get_OfAProductWithoutCategoryAndReviews_HasEmptyListsAndNoAverage(TestDatabaseKind kind)
    {
        await using var erp = await ErpViewHost.StartAsync(kind, TestContent.AdventureWorks);

        var answer = await erp.GetAsync("/products/1/complete?as_of=2019-06-30");

        Assert.True(answer.IsNull("product.category"));
        Assert.Empty(answer.List("similar_products"));
        Assert.Empty(answer.List("images"));
        Assert.Equal("""{"items":[],"count":0,"average_rating":null}""", answer.At("reviews").GetRawText());
        Assert.Empty(answer.Errors);
    }

    [Theory, BothDatabases]
    public async Task Get_OnADayOfAnOffer_HasTheOffersPrice(TestDatabaseKind kind)
    {
        await using var erp = await ErpViewHost.StartAsync(kind, TestContent.AdventureWorks);

        var before = await erp.GetAsync("/products/782/complete?as_of=2025-03-29");
        var during = await erp.GetAsync("/products/782/complete?as_of=2025-04-15");

        Assert.Equal([1, 2], before.Ids("pricing", "pricelist_id"));
        // Lists 102 and 103 have this product too, but from 11 and 15 pieces; they are no price of one piece.
        Assert.Equal([1, 2, 116], during.Ids("pricing", "pricelist_id"));
        Assert.Equal("""1376.99,"discount_percentage":40.00,"final_price":826.20""", during.At("pricing.2").GetRawText().Split("\"price\":")[1].Split(",\"is_default\"")[0]);
    }

    [Theory, BothDatabases]
    public async Task Get_WithoutReviews_LeavesThemNullAndNobodyElseWithout(TestDatabaseKind kind)
    {
        await using var erp = await ErpViewHost.StartAsync(kind, TestContent.Demo);

        var without = await erp.GetAsync("/products/1/complete?include_reviews=false&include_similar=false");
        var with = await erp.GetAsync("/products/1/complete");
        var again = await erp.GetAsync("/products/1/complete?include_reviews=false");

        Assert.True(without.IsNull("reviews") && without.IsNull("similar_products"));
        Assert.Equal(4, without.Metadata.GetProperty("data_sources").GetInt32());
        Assert.Empty(without.Errors);
        Assert.NotEmpty(with.List("reviews.items"));
        Assert.NotEmpty(with.List("similar_products"));
        Assert.True(again.IsNull("reviews") && !again.IsNull("similar_products"));
        Assert.True(again.Metadata.GetProperty("cached").GetBoolean());
    }

    [Theory, BothDatabases]
    public async Task Get_WithoutTheTableOfReviews_NamesThemAndInventsNothing(TestDatabaseKind kind)
    {
        await using var own = await ErpTestDatabase.CreateAsync(kind, TestContent.Demo);
        await own.ExecuteAsync("DROP TABLE product_reviews");
        await using var erp = await ErpViewHost.StartAsync(own.Database);

        var answer = await erp.GetAsync("/products/1/complete");

        Assert.True(answer.IsNull("reviews"));
        Assert.Equal(["reviews error"], answer.Errors);
        Assert.False(answer.Metadata.GetProperty("complete").GetBoolean());
        Assert.Equal(1, answer.Number("product.id"));
        Assert.NotEmpty(answer.List("pricing"));
    }

    [Theory, BothDatabases]
    public async Task Get_OfAProductWithoutRows_TakesTheListsOwnDiscountFromTheListPrice(TestDatabaseKind kind)
    {
        await using var own = await ErpTestDatabase.CreateAsync(kind, TestContent.Demo);
        await own.ExecuteAsync("DELETE FROM product_prices WHERE product_id = 3");
        await own.ExecuteAsync("UPDATE products SET list_price = @price WHERE id = 3", new { price = 10.03m });
        await using var erp = await ErpViewHost.StartAsync(own.Database);

        var answer = await erp.GetAsync("/products/3/complete?as_of=2026-03-18");

        // Retail has no discount of its own, Wholesale 25 % and Partner 15 %; 10.03 * 0.75 = 7.5225, 10.03 * 0.85 = 8.5255.
        Assert.Equal(
            ["1 10.03 0.00 10.03", "2 10.03 25.00 7.52", "3 10.03 15.00 8.53"],
            answer.List("pricing").Select(price =>
                $"{price.GetProperty("pricelist_id")} {price.GetProperty("price")} {price.GetProperty("discount_percentage")} {price.GetProperty("final_price")}"));
    }

    [Theory]
    [InlineData("/products/999999999/complete", 404)]
    [InlineData("/products/99999999999/complete", 404)]
    [InlineData("/products/0/complete", 400)]
    [InlineData("/products/abc/complete", 400)]
    [InlineData("/products/1/complete?include_reviews=maybe", 400)]
    [InlineData("/products/1/complete?as_of=2026-02-30", 400)]
    public async Task Get_OfWhatIsNotThere_IsRefused(string path, int status)
    {
        await using var erp = await ErpViewHost.StartAsync(TestDatabaseKind.Sqlite, TestContent.Demo);

        Assert.Equal(status, (await erp.GetAsync(path)).Status);
    }

    private static void AssertStock(ViewAnswer answer, RawData raw, RawProduct product)
    {
        var stock = raw.Stock.Where(row => row.ProductId == product.Id).ToArray();
        Assert.Equal(stock.Sum(row => row.QuantityOnHand), answer.Number("inventory.total_quantity"));
        Assert.Equal(stock.Sum(row => row.Available), answer.List("inventory.by_branch").Sum(row => row.GetProperty("available_quantity").GetInt64()));
        Assert.Equal(stock.Length, answer.List("inventory.by_branch").Count);
        Assert.Equal(stock.Any(row => row.Available > 0), answer.Flag("inventory.is_available"));
    }

    private static void AssertReviews(ViewAnswer answer, RawData raw, RawProduct product)
    {
        var reviews = raw.Reviews.Where(review => review.ProductId == product.Id).OrderByDescending(review => review.CreatedAt).ThenByDescending(review => review.Id).ToArray();
        Assert.Equal(reviews.Take(5).Select(review => review.Id), answer.Ids("reviews.items"));
        Assert.Equal(reviews.Length, answer.Number("reviews.count"));
        Assert.Equal(
            reviews.Length == 0 ? null : decimal.Round(reviews.Sum(review => (decimal)review.Rating) / reviews.Length, 2, MidpointRounding.AwayFromZero),
            answer.MoneyOrNull("reviews.average_rating"));
    }

    private static void AssertPricing(ViewAnswer answer, RawData raw, RawProduct product, DateOnly day)
    {
        foreach (var price in answer.List("pricing"))
        {
            var list = raw.Pricelists.Single(list => list.Id == price.GetProperty("pricelist_id").GetInt64());
            var row = raw.Prices.SingleOrDefault(row => row.PricelistId == list.Id && row.ProductId == product.Id && row.MinimumQuantity == 1)
                ?? new RawPrice(list.Id, product.Id, product.ListPrice, list.DiscountPercent, 1);
            Assert.True(list.IsInForceOn(day));
            Assert.Equal(row.Price, price.GetProperty("price").GetDecimal());
            Assert.Equal(
                decimal.Round(row.Price - (row.Price * row.DiscountPercent / 100), 2, MidpointRounding.AwayFromZero), price.GetProperty("final_price").GetDecimal());
        }

        var expected = raw.Pricelists.Where(list => list.IsInForceOn(day)
            && (raw.Prices.Any(row => row.PricelistId == list.Id && row.ProductId == product.Id)));
        var withoutRow = raw.Pricelists.Where(list => list.IsInForceOn(day) && list.DiscountPercent > 0 && !expected.Contains(list));
        Assert.Equal(expected.Concat(withoutRow).Select(list => list.Id).Order(), answer.Ids("pricing", "pricelist_id").Order());
    }
}
