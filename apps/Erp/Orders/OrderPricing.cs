using Erp.Writes;

namespace Erp.Orders;

internal sealed record PricedLine(long ProductId, int Quantity, decimal UnitPrice, decimal DiscountPercent, decimal LineTotal);

internal sealed record PricedOrder(IReadOnlyList<PricedLine> Lines, decimal Subtotal, decimal Tax, decimal Shipping, string Currency)
{
    public decimal Total => Subtotal + Tax + Shipping;
}

/// <summary>What the items of an order cost now: by the default price list, or by the product's list price where that has no row.</summary>
/// <remarks>Of the rows whose minimum quantity is reached the one that ends lowest wins. Money is rounded half away from zero, once a line and once for the tax.</remarks>
internal static class OrderPricing
{
    private const decimal MaxTotal = 99_999_999_999.99m;

    /// <exception cref="RequestRefusedException">404 for unknown products, 409 for inactive ones, 400 when the sum is beyond any order.</exception>
    public static async Task<PricedOrder> PriceAsync(
        WriteContext write, IReadOnlyList<OrderLineRequest> items, OrderChargesOptions charges, RequestErrors unknown)
    {
        var ids = items.Select(item => item.ProductId).ToArray();
        var products = (await write.QueryAsync<Product>(
            "SELECT id, list_price, is_active FROM products WHERE " + write.In("id", "ids"), new { ids }))
            .ToDictionary(product => product.Id);
        RequireSaleable(items, products, unknown);

        var list = await write.FindAsync<PriceList>(
            "SELECT id, currency FROM pricelists WHERE is_default AND is_active "
            + "AND (valid_from IS NULL OR valid_from <= @Now) AND (valid_to IS NULL OR valid_to > @Now)",
            new { write.Now });
        var prices = list is null
            ? []
            : await write.QueryAsync<Price>(
                "SELECT product_id, price AS amount, discount_percent, minimum_quantity FROM product_prices "
                + $"WHERE pricelist_id = @Id AND {write.In("product_id", "ids")} ORDER BY product_id, minimum_quantity",
                new { list.Id, ids });
        var priced = Sum(
            items.Select(item => PriceOf(item, products[item.ProductId], prices)).ToList(), charges, list?.Currency ?? charges.Currency);
        return priced.Total <= MaxTotal
            ? priced
            : throw RequestRefusedException.Invalid("items", $"Together they cost more than an order may: {MaxTotal}.");
    }

    private static void RequireSaleable(IReadOnlyList<OrderLineRequest> items, Dictionary<long, Product> products, RequestErrors unknown)
    {
        var inactive = new RequestErrors();
        foreach (var (i, item) in items.Index())
        {
            if (!products.TryGetValue(item.ProductId, out var product))
                unknown.Add($"items[{i}].product_id", $"Product {item.ProductId} does not exist.");
            else if (!product.IsActive)
                inactive.Add($"items[{i}].product_id", $"Product {item.ProductId} is not active.");
        }
        unknown.ThrowIfAnyUnknown();
        if (!inactive.IsEmpty)
            throw RequestRefusedException.Conflict(inactive);
    }

    private static PricedLine PriceOf(OrderLineRequest item, Product product, IEnumerable<Price> prices)
    {
        var price = prices
            .Where(price => price.ProductId == item.ProductId && price.MinimumQuantity <= item.Quantity)
            .MinBy(price => price.Amount * (100 - price.DiscountPercent));
        var (unitPrice, discount) = price is null ? (product.ListPrice, 0m) : (price.Amount, price.DiscountPercent);
        return new PricedLine(
            item.ProductId, item.Quantity, unitPrice, discount, Cents(item.Quantity * unitPrice * (100 - discount) / 100));
    }

    private static PricedOrder Sum(IReadOnlyList<PricedLine> lines, OrderChargesOptions charges, string currency)
    {
        var subtotal = lines.Sum(line => line.LineTotal);
        return new PricedOrder(lines, subtotal, Cents(subtotal * charges.TaxPercent / 100), Cents(charges.ShippingFee), currency);
    }

    private static decimal Cents(decimal amount) => decimal.Round(amount, 2, MidpointRounding.AwayFromZero);

    private sealed record Product(long Id, decimal ListPrice, bool IsActive);

    private sealed record PriceList(long Id, string Currency);

    private sealed record Price(long ProductId, decimal Amount, decimal DiscountPercent, int MinimumQuantity);
}
