using Erp.Views;

namespace Erp.Tests.Views;

public sealed class ErpViewsTests
{
    [Fact]
    public void Views_ByName_AreUniqueBecauseTheirCacheKeysBeginWithIt() =>
        Assert.Equal(ErpViews.All.Count(), ErpViews.All.Select(view => view.Name).Distinct().Count());

    [Fact]
    public void Views_OfTheRequirements_HaveTheLifetimesStatedThere() => Assert.Equal(
        [
            "checkout cart", "customer-complete customer", "customer-financial customer", "customer-orders order", "customer-quick customer",
            "home home", "order-complete order", "order-quick order", "product-complete product", "product-detail product", "salesperson-dashboard dashboard",
        ],
        ErpViews.All.Select(view => $"{view.Name} {view.Policy}").Order(StringComparer.Ordinal));

    [Theory]
    [InlineData("/products/complete", 400)]
    [InlineData("/salesperson/dashboard?salesperson_id=1", 200)]
    public async Task Get_OfALiteralRoute_IsNotTakenForAnId(string path, int status)
    {
        await using var erp = await ErpViewHost.StartAsync(TestDatabaseKind.Sqlite, TestContent.Demo);

        Assert.Equal(status, (await erp.GetAsync(path)).Status);
    }
}
