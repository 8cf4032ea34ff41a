using Erp.Tests.Views;

namespace Erp.Tests.Home;

public sealed class HomeViewTests
{
    private const string Products = "[{id,name,price,image,in_stock,discount}]";

    [Theory, BothDatabases]
    public async Task Get_ForNobody_HasTheMembersOfTheRequirementsAndNoCart(TestDatabaseKind kind)
    {
        await using var erp = await ErpViewHost.StartAsync(kind, TestContent.Demo);

        var answer = await erp.GetAsync("/home?as_of=2026-03-18");

        Assert.Equal(
            $"featured_products{Products},best_sellers{Products},new_arrivals{Products},promotions{Products},customer,cart", JsonShape.Of(answer.Data));
        Assert.True(answer.IsNull("customer") && answer.IsNull("cart"));
        Assert.All(new[] { "featured_products", "best_sellers", "new_arrivals", "promotions" }, list => Assert.Equal(10, answer.List(list).Count));
        Assert.Equal(4, answer.Metadata.GetProperty("data_sources").GetInt32());
    }

    [Theory, BothDatabases]
    public async Task Get_ForACustomer_GreetsThemAndCountsTheirCartAnewEveryTime(TestDatabaseKind kind)
    {
        await using var own = await ErpTestDatabase.CreateAsync(kind, TestContent.Demo);
        await using var erp = await ErpViewHost.StartAsync(own.Database);

        var first = await erp.GetAsync("/home?customer_id=1&as_of=2026-03-18");
        await own.ExecuteAsync("DELETE FROM cart_items WHERE customer_id = 1");
        var second = await erp.GetAsync("/home?customer_id=1&as_of=2026-03-18");

        Assert.EndsWith("customer{id,name,email,phone,customer_type},cart{items_count,total,currency}", JsonShape.Of(first.Data));
        Assert.Equal(1, first.Number("customer.id"));
        Assert.True(first.Number("cart.items_count") > 0 && first.Money("cart.total") > 0);
        Assert.Equal("""{"items_count":0,"total":0.00,"currency":"USD"}""", second.At("cart").GetRawText());
        Assert.False(second.Metadata.GetProperty("cached").GetBoolean());
    }

    [Theory, BothDatabases]
    public async Task Get_OfADay_AgreesWithTheTables(TestDatabaseKind kind)
    {
        await using var erp = await ErpViewHost.StartAsync(kind, TestContent.Demo);
        var raw = await RawData.OfAsync(TestContent.Demo);
        var active = raw.Products.Where(product => product.IsActive).ToDictionary(product => product.Id);
        foreach (var day in new[] { ErpTestDatabase.DemoDay, new DateOnly(2025, 2, 1) })
        {
            var answer = await erp.GetAsync($"/home?as_of={day:yyyy-MM-dd}");

            var stars = raw.Reviews.GroupBy(review => review.ProductId).ToDictionary(group => group.Key, group => group.Sum(review => review.Rating));
            Assert.Equal(
                active.Values.OrderByDescending(product => stars.GetValueOrDefault(product.Id)).ThenByDescending(product => product.ListPrice).ThenBy(product => product.Id)
                    .Take(10).Select(product => product.Id),
                answer.Ids("featured_products"));
            var month = new DateOnly(day.Year, day.Month, 1);
            var sold = raw.Orders.Where(order => order.IsSale && order.Day < month && order.Day >= month.AddMonths(-3))
                .SelectMany(order => raw.ItemsByOrder[order.Id]).Where(item => active.ContainsKey(item.ProductId)).GroupBy(item => item.ProductId);
            Assert.Equal(
                sold.OrderByDescending(group => group.Sum(item => item.Quantity)).ThenBy(group => group.Key).Take(10).Select(group => group.Key),
                answer.Ids("best_sellers"));
            Assert.Equal(
                active.Values.Where(product => DateOnly.FromDateTime(product.CreatedAt.UtcDateTime) <= day)
                    .OrderByDescending(product => product.CreatedAt).ThenByDescending(product => product.Id).Take(10).Select(product => product.Id),
                answer.Ids("new_arrivals"));
            AssertPromotions(answer, raw, active, day);
        }
    }

    [Theory, BothDatabases]
    public async Task Get_InABranch_LooksAtItsWarehousesOnly(TestDatabaseKind kind)
    {
        await using var erp = await ErpViewHost.StartAsync(kind, TestContent.Demo);
        var raw = await RawData.OfAsync(TestContent.Demo);
        var seen = new HashSet<bool>();

        foreach (var branch in raw.Warehouses.Select(warehouse => warehouse.BranchId).Distinct())
        {
            var answer = await erp.GetAsync($"/home?branch_id={branch}&as_of=2026-03-18");
            foreach (var product in answer.List("best_sellers").Concat(answer.List("new_arrivals")))
            {
                var expected = raw.Stock.Any(stock => stock.ProductId == product.GetProperty("id").GetInt64() && stock.Available > 0
                    && raw.Warehouses.Single(warehouse => warehouse.Id == stock.WarehouseId).BranchId == branch);
                Assert.Equal(expected, product.GetProperty("in_stock").GetBoolean());
                seen.Add(expected);
            }
        }

        Assert.Equal(2, seen.Count);
    }

    [Theory, BothDatabases]
    public async Task Get_OnTheDayOfTheAdventureWorks_SellsBestWhatTheTablesSay(TestDatabaseKind kind)
    {
        await using var erp = await ErpViewHost.StartAsync(kind, TestContent.AdventureWorks);
        var raw = await RawData.OfAsync(TestContent.AdventureWorks);

        var answer = await erp.GetAsync("/home?as_of=2019-06-30");
        var offers = await erp.GetAsync("/home?as_of=2025-04-15");

        var active = raw.Products.Where(product => product.IsActive).Select(product => product.Id).ToHashSet();
        var sold = raw.Orders.Where(order => order.Day >= new DateOnly(2019, 3, 1) && order.Day < new DateOnly(2019, 6, 1))
            .SelectMany(order => raw.ItemsByOrder[order.Id]).Where(item => active.Contains(item.ProductId)).GroupBy(item => item.ProductId);
        Assert.Equal(
            sold.OrderByDescending(group => group.Sum(item => item.Quantity)).ThenBy(group => group.Key).Take(10).Select(group => group.Key), answer.Ids("best_sellers"));
        // No offer ran on that day; in April 2025 the clearance sale of the Mountain-500 did, at 40 % off.
        Assert.Empty(answer.List("promotions"));
        Assert.Equal([782, 784, 984, 985, 986, 987, 988], offers.Ids("promotions").Order());
        Assert.All(offers.List("promotions"), product => Assert.Equal(40m, product.GetProperty("discount").GetDecimal()));
    }

    [Theory, BothDatabases]
    public async Task Get_WithoutTheTableOfCarts_KeepsTheRest(TestDatabaseKind kind)
    {
        await using var own = await ErpTestDatabase.CreateAsync(kind, TestContent.Demo);
        await own.ExecuteAsync("DROP TABLE cart_items");
        await using var erp = await ErpViewHost.StartAsync(own.Database);

        var answer = await erp.GetAsync("/home?customer_id=1");

        Assert.True(answer.IsNull("cart"));
        Assert.Equal(["cart error"], answer.Errors);
        Assert.Equal(10, answer.List("featured_products").Count);
    }

    [Theory]
    [InlineData("/home?customer_id=999999999", 404)]
    [InlineData("/home?branch_id=999999999", 404)]
    [InlineData("/home?branch_id=x", 400)]
    public async Task Get_OfWhatIsNotThere_IsRefused(string path, int status)
    {
        await using var erp = await ErpViewHost.StartAsync(TestDatabaseKind.Sqlite, TestContent.Demo);

        Assert.Equal(status, (await erp.GetAsync(path)).Status);
    }

    private static void AssertPromotions(ViewAnswer answer, RawData raw, Dictionary<long, RawProduct> active, DateOnly day)
    {
        var lists = raw.Pricelists.Where(list => list.IsInForceOn(day) && (list.IsDefault || list.ValidFrom is not null || list.ValidTo is not null))
            .Select(list => list.Id).ToHashSet();
        var best = raw.Prices
            .Where(row => lists.Contains(row.PricelistId) && row.MinimumQuantity == 1 && row.DiscountPercent > 0 && active.ContainsKey(row.ProductId))
            .GroupBy(row => row.ProductId)
            .Select(rows => rows.OrderByDescending(row => row.DiscountPercent).ThenBy(row => row.PricelistId).First());
        Assert.Equal(
            best.OrderByDescending(row => row.DiscountPercent).ThenBy(row => row.ProductId).Take(10).Select(row => $"{row.ProductId} {row.Price:0.00} {row.DiscountPercent:0.00}"),
            answer.List("promotions").Select(product => $"{product.GetProperty("id")} {product.GetProperty("price")} {product.GetProperty("discount")}"));
    }
}
