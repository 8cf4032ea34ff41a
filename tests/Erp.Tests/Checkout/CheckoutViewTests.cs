using Erp.Tests.Views;

namespace Erp.Tests.Checkout;

public sealed class CheckoutViewTests
{
    private const string Shape =
        "cart{items[{product_id,name,sku,image,quantity,unit_price,discount_percentage,line_total,in_stock}],items_count,subtotal,discount,total,currency},"
        + "addresses[{id,label,line1,line2,city,state,postal_code,country,is_default}],"
        + "payment_methods[{code,name,fee}],delivery_options[{code,name,fee,free_from,estimated_days}],"
        + "promotions[{id,name,description,discount_percentage,starts_at,ends_at}],summary{subtotal,discount,delivery_fee,total,currency}";

    [Theory, BothDatabases]
    public async Task Get_OfACustomerWithACart_HasTheMembersOfTheRequirementsAndIsNeverCached(TestDatabaseKind kind)
    {
        await using var erp = await ErpViewHost.StartAsync(kind, TestContent.Demo);

        var first = await erp.GetAsync("/checkout?customer_id=1&as_of=2026-03-18");
        var second = await erp.GetAsync("/checkout?customer_id=1&as_of=2026-03-18");

        Assert.Equal(Shape, JsonShape.Of(first.Data));
        Assert.False(first.Metadata.GetProperty("cached").GetBoolean() || second.Metadata.GetProperty("cached").GetBoolean());
        Assert.Equal(first.DataText, second.DataText);
        Assert.Equal(["bank_transfer", "cash", "cheque", "credit_card"], first.List("payment_methods").Select(method => method.GetProperty("code").GetString()).Order());
        // In force on the day, the greatest discount first; those of next month, of last winter and the withdrawn one are not.
        Assert.Equal([2, 1, 3], first.Ids("promotions"));
    }

    [Theory, BothDatabases]
    public async Task Get_OfManyCarts_AgreesWithTheTables(TestDatabaseKind kind)
    {
        await using var erp = await ErpViewHost.StartAsync(kind, TestContent.Demo);
        var raw = await RawData.OfAsync(TestContent.Demo);
        var list = raw.Pricelists.Single(list => list.IsDefault);
        var fees = new HashSet<decimal>();

        foreach (var customer in raw.CartItems.GroupBy(item => item.CustomerId).Take(40))
        {
            var answer = await erp.GetAsync($"/checkout?customer_id={customer.Key}&as_of=2026-03-18");
            decimal subtotal = 0, total = 0;
            foreach (var item in customer)
            {
                var row = raw.Prices.Single(row => row.PricelistId == list.Id && row.ProductId == item.ProductId);
                subtotal += decimal.Round(item.Quantity * row.Price, 2, MidpointRounding.AwayFromZero);
                total += decimal.Round(item.Quantity * row.Price * (100 - row.DiscountPercent) / 100, 2, MidpointRounding.AwayFromZero);
            }

            var fee = total >= 150 ? 0 : 9.90m;
            fees.Add(fee);
            Assert.Equal(customer.Select(item => item.ProductId).Order(), answer.Ids("cart.items", "product_id"));
            Assert.Equal(
                (subtotal, subtotal - total, fee, total + fee),
                (answer.Money("summary.subtotal"), answer.Money("summary.discount"), answer.Money("summary.delivery_fee"), answer.Money("summary.total")));
            Assert.Equal(total, answer.Money("cart.total"));
        }

        Assert.Equal(2, fees.Count);
    }

    [Theory, BothDatabases]
    public async Task Get_WithQuantityPrices_TakesTheBestThatIsReached(TestDatabaseKind kind)
    {
        await using var own = await ErpTestDatabase.CreateAsync(kind, TestContent.Demo);
        await own.ExecuteAsync("DELETE FROM cart_items WHERE customer_id = 1");
        await own.ExecuteAsync("DELETE FROM product_prices WHERE pricelist_id = 1 AND product_id IN (1, 2)");
        await own.ExecuteAsync("UPDATE products SET list_price = @price, is_active = @isActive WHERE id IN (1, 2)", new { price = 10m, isActive = true });
        foreach (var (product, price, discount, minimum) in new[] { (1, 9.9950m, 0m, 3), (1, 10m, 10m, 5), (1, 8m, 0m, 50) })
            await own.ExecuteAsync("INSERT INTO product_prices (pricelist_id, product_id, price, discount_percent, minimum_quantity) VALUES (1, @product, @price, @discount, @minimum)", new { product, price, discount, minimum });
        await own.ExecuteAsync("INSERT INTO cart_items (customer_id, product_id, quantity) VALUES (1, 1, 2), (1, 2, 1), (2, 1, 3), (3, 1, 7) ON CONFLICT (customer_id, product_id) DO UPDATE SET quantity = excluded.quantity");
        await using var erp = await ErpViewHost.StartAsync(own.Database);

        var two = await LineAsync(erp, 1, 1);
        var without = await LineAsync(erp, 1, 2);
        var three = await LineAsync(erp, 2, 1);
        var seven = await LineAsync(erp, 3, 1);

        Assert.Equal(("10.00 0.00 20.00", "10.00 0.00 10.00"), (two, without));
        // 3 * 9.995 = 29.985, and 7 * 10 less 10 %.
        Assert.Equal(("10.00 0.00 29.99", "10.00 10.00 63.00"), (three, seven));
    }

    [Theory, BothDatabases]
    public async Task Get_OfAnEmptyCart_CostsNothing(TestDatabaseKind kind)
    {
        await using var erp = await ErpViewHost.StartAsync(kind, TestContent.AdventureWorks);

        var answer = await erp.GetAsync("/checkout?customer_id=11000&as_of=2019-06-30");

        Assert.Equal("""{"items":[],"items_count":0,"subtotal":0.00,"discount":0.00,"total":0.00,"currency":"USD"}""", answer.At("cart").GetRawText());
        Assert.Equal("""{"subtotal":0.00,"discount":0.00,"delivery_fee":0.00,"total":0.00,"currency":"USD"}""", answer.At("summary").GetRawText());
        Assert.NotEmpty(answer.List("addresses"));
        Assert.NotEmpty(answer.List("delivery_options"));
    }

    [Theory, BothDatabases]
    public async Task Get_OfMoreThanABranchHas_SaysThatItIsNotInStock(TestDatabaseKind kind)
    {
        await using var own = await ErpTestDatabase.CreateAsync(kind, TestContent.AdventureWorks);
        // All 62 available bottles are in warehouse 7 of branch 7.
        await own.ExecuteAsync("INSERT INTO cart_items (customer_id, product_id, quantity) VALUES (11000, 870, 62), (11001, 870, 63)");
        await using var erp = await ErpViewHost.StartAsync(own.Database);

        Assert.True((await erp.GetAsync("/checkout?customer_id=11000")).Flag("cart.items.0.in_stock"));
        Assert.True((await erp.GetAsync("/checkout?customer_id=11000&branch_id=7")).Flag("cart.items.0.in_stock"));
        Assert.False((await erp.GetAsync("/checkout?customer_id=11000&branch_id=1")).Flag("cart.items.0.in_stock"));
        Assert.False((await erp.GetAsync("/checkout?customer_id=11001")).Flag("cart.items.0.in_stock"));
    }

    [Theory, BothDatabases]
    public async Task Get_WithoutTheTableOfDeliveryOptions_HasNoSummaryInsteadOfAFreeOne(TestDatabaseKind kind)
    {
        await using var own = await ErpTestDatabase.CreateAsync(kind, TestContent.Demo);
        await own.ExecuteAsync("DROP TABLE delivery_options");
        await using var erp = await ErpViewHost.StartAsync(own.Database);

        var answer = await erp.GetAsync("/checkout?customer_id=1");

        Assert.True(answer.IsNull("summary") && answer.IsNull("delivery_options"));
        Assert.Equal(["delivery_options error", "summary dependency_failed"], answer.Errors);
        Assert.False(answer.IsNull("cart"));
    }

    [Theory]
    [InlineData("/checkout", 400)]
    [InlineData("/checkout?customer_id=999999999", 404)]
    [InlineData("/checkout?customer_id=1&branch_id=999", 404)]
    public async Task Get_OfWhatIsNotThere_IsRefused(string path, int status)
    {
        await using var erp = await ErpViewHost.StartAsync(TestDatabaseKind.Sqlite, TestContent.Demo);

        Assert.Equal(status, (await erp.GetAsync(path)).Status);
    }

    private static async Task<string> LineAsync(ErpViewHost erp, int customer, int product)
    {
        var answer = await erp.GetAsync($"/checkout?customer_id={customer}&as_of=2026-03-18");
        var line = answer.List("cart.items").Single(line => line.GetProperty("product_id").GetInt32() == product);
        return $"{line.GetProperty("unit_price")} {line.GetProperty("discount_percentage")} {line.GetProperty("line_total")}";
    }
}
