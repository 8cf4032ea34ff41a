using Erp.Writes;

namespace Erp.Products;

/// <summary>The body of PUT /products/{id}/prices/{pricelist_id}: the price from the first piece on.</summary>
/// <param name="DiscountPercentage">0 to 100; absent: as it was, or 0 for a new price.</param>
internal sealed record ChangePriceRequest(decimal Price, decimal? DiscountPercentage = null);

/// <summary>Sets a product's price in a price list. Prices for larger quantities stay as they are.</summary>
internal static class ChangePrice
{
    // Ten digits: times the largest quantity and number of items it still fits into a stored decimal.
    private const decimal MaxPrice = 99_999_999.99m;

    public static ChangePriceRequest Read(JsonMembers body, RequestErrors errors)
    {
        if (body.IsNull("discount_percentage"))
            body.Refuse("discount_percentage", "Must not be null; leave it out to keep the discount.");
        return new ChangePriceRequest(
            body.RequiredDecimal("price", 0, MaxPrice, 4) ?? 0,
            body.OptionalDecimal("discount_percentage", 0, 100, 2));
    }

    public static async Task<ChangedProduct> RunAsync(WriteContext write, long productId, long pricelistId, ChangePriceRequest request)
    {
        var unknown = new RequestErrors();
        if (await write.FindAsync<long?>("SELECT id FROM products WHERE id = @productId", new { productId }) is null)
            unknown.Add("id", $"Product {productId} does not exist.");
        if (await write.FindAsync<long?>("SELECT id FROM pricelists WHERE id = @pricelistId", new { pricelistId }) is null)
            unknown.Add("pricelist_id", $"Price list {pricelistId} does not exist.");
        unknown.ThrowIfAnyUnknown();

        var keepsDiscount = request.DiscountPercentage is null;
        var parameters = new { pricelistId, productId, request.Price, discount = request.DiscountPercentage ?? 0m };

        // A price that is there is changed as such: whoever only lists which products have one does not have to look again.
        var isThere = await write.ExecuteAsync(
            $"UPDATE product_prices SET price = @Price{(keepsDiscount ? "" : ", discount_percent = @discount")} "
            + "WHERE pricelist_id = @pricelistId AND product_id = @productId AND minimum_quantity = 1",
            parameters) > 0;
        if (isThere)
            return new ChangedProduct(productId);
        await write.ExecuteAsync(
            "INSERT INTO product_prices (pricelist_id, product_id, price, discount_percent, minimum_quantity) "
            + "VALUES (@pricelistId, @productId, @Price, @discount, 1) "
            + "ON CONFLICT (pricelist_id, product_id, minimum_quantity) DO UPDATE SET price = excluded.price"
            + (keepsDiscount ? "" : ", discount_percent = excluded.discount_percent"),
            parameters);
        return new ChangedProduct(productId);
    }
}
