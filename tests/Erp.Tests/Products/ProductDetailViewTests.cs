using Erp.Tests.Views;

namespace Erp.Tests.Products;

public sealed class ProductDetailViewTests
{
    private const string Shape =
        "id,name,sku,description,category,brand,price,currency,discount_percentage,final_price,in_stock,available_quantity,"
        + "images[{url,thumbnail,is_primary,order}],average_rating,review_count";

    [Theory, BothDatabases]
    public async Task Get_OfAProduct_HasTheFlatMembersOfTheRequirements(TestDatabaseKind kind)
    {
        await using var erp = await ErpViewHost.StartAsync(kind, TestContent.Demo);

        Assert.Equal(Shape, JsonShape.Of((await erp.GetAsync("/products/1?as_of=2026-03-18")).Data));
    }

    [Theory, BothDatabases]
    public async Task Get_OfManyProducts_AgreesWithTheTables(TestDatabaseKind kind)
    {
        await using var erp = await ErpViewHost.StartAsync(kind, TestContent.Demo);
        var raw = await RawData.OfAsync(TestContent.Demo);
        var list = raw.Pricelists.Single(list => list.IsDefault);

        foreach (var product in raw.Products.Where(product => product.Id <= 60))
        {
            var answer = await erp.GetAsync($"/products/{product.Id}?as_of=2026-03-18");
            var row = raw.Prices.Single(row => row.PricelistId == list.Id && row.ProductId == product.Id);
            Assert.Equal(row.Price, answer.Money("price"));
            Assert.Equal(row.DiscountPercent, answer.Money("discount_percentage"));
            Assert.Equal(decimal.Round(row.Price * (1 - (row.DiscountPercent / 100)), 2, MidpointRounding.AwayFromZero), answer.Money("final_price"));
            var available = raw.Stock.Where(stock => stock.ProductId == product.Id).Sum(stock => stock.Available);
            Assert.Equal(available, answer.Number("available_quantity"));
            Assert.Equal(available > 0, answer.Flag("in_stock"));
            Assert.Equal(raw.Reviews.Count(review => review.ProductId == product.Id), answer.Number("review_count"));
        }
    }

    [Theory, BothDatabases]
    public async Task Get_ForACustomer_SharesTheProductsSectionsWithEveryone(TestDatabaseKind kind)
    {
        await using var erp = await ErpViewHost.StartAsync(kind, TestContent.Demo);

        var everyone = await erp.GetAsync("/products/1?as_of=2026-03-18");
        var customer = await erp.GetAsync("/products/1?as_of=2026-03-18&customer_id=5");

        Assert.Equal(everyone.DataText, customer.DataText);
        Assert.Equal(5, everyone.Metadata.GetProperty("data_sources").GetInt32());
        Assert.Equal(6, customer.Metadata.GetProperty("data_sources").GetInt32());
        Assert.Equal(1, customer.Headers.GetValues("Server-Timing").Single().Split(',').Count(section => section.Contains("desc=loaded")));
    }

    [Theory, BothDatabases]
    public async Task Get_WithoutPrices_KeepsEveryMember(TestDatabaseKind kind)
    {
        await using var own = await ErpTestDatabase.CreateAsync(kind, TestContent.Demo);
        await own.ExecuteAsync("DROP TABLE product_prices");
        await using var erp = await ErpViewHost.StartAsync(own.Database);

        var answer = await erp.GetAsync("/products/1");

        Assert.Equal(Shape, JsonShape.Of(answer.Data));
        Assert.True(answer.IsNull("price") && answer.IsNull("final_price") && answer.IsNull("currency"));
        Assert.Equal(["price error"], answer.Errors);
    }

    [Theory]
    [InlineData("/products/999999999", 404)]
    [InlineData("/products/1?customer_id=999999999", 404)]
    [InlineData("/products/1?customer_id=0", 400)]
    [InlineData("/products/one", 400)]
    public async Task Get_OfWhatIsNotThere_IsRefused(string path, int status)
    {
        await using var erp = await ErpViewHost.StartAsync(TestDatabaseKind.Sqlite, TestContent.Demo);

        Assert.Equal(status, (await erp.GetAsync(path)).Status);
    }
}
