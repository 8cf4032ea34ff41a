using Erp.Products;
using Erp.Writes;

namespace Erp.Orders;

internal sealed record PricedLine(long ProductId, int Quantity, decimal UnitPrice, decimal DiscountPercent, decimal LineTotal);

internal sealed record PricedOrder(IReadOnlyList<PricedLine> Lines, decimal Subtotal, decimal Tax, decimal Shipping, string Currency)
{
    public decimal Total => Subtotal + Tax + Shipping;
}

/// <summary>What the items of an order cost today: what the product views show, by the default price list that is in force.</summary>
/// <remarks>
/// Of the list's rows whose minimum quantity is reached the one that ends lowest wins. Otherwise it is the product's list price, less the
/// list's own discount if the product has no row at all. Money is rounded half away from zero, once a line and once for the tax.
/// </remarks>
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

        var today = DateOnly.FromDateTime(write.Now.UtcDateTime);
        var list = await write.FindAsync<PriceList>(
            $"SELECT l.id, l.currency, l.discount_percent FROM pricelists l WHERE l.is_default AND {ProductSql.IsInForce}",
            new { as_of = today, next_day = today.AddDays(1) });
        var prices = list is null
            ? []
            : await write.QueryAsync<Price>(
                "SELECT product_id, price AS amount, discount_percent, minimum_quantity FROM product_prices "
                + $"WHERE pricelist_id = @Id AND {write.In("product_id", "ids")} ORDER BY product_id, minimum_quantity",
                new { list.Id, ids });
        var priced = Sum(
            items.Select(item => PriceOf(item, products[item.ProductId], list, prices)).ToList(), charges, list?.Currency ?? charges.Currency);
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

    private static PricedLine PriceOf(OrderLineRequest item, Product product, PriceList? list, IEnumerable<Price> prices)
    {
        var rows = prices.Where(price => price.ProductId == item.ProductId).ToList();
        var (unitPrice, discount) = rows
            .Where(row => row.MinimumQuantity <= item.Quantity)
            .MinBy(row => row.Amount * (100 - row.DiscountPercent)) is { } best
                ? (best.Amount, best.DiscountPercent)
                : (product.ListPrice, rows.Count == 0 && list is not null ? list.DiscountPercent : 0m);
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

    private sealed record PriceList(long Id, string Currency, decimal DiscountPercent);

    private sealed record Price(long ProductId, decimal Amount, decimal DiscountPercent, int MinimumQuantity);
}
