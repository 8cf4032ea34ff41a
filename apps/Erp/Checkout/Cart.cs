using Erp.Products;
using Erp.Views;
using Larder.Views.Sources;

namespace Erp.Checkout;

/// <summary>A line of a cart with one row of its prices; without lines a single row that knows the currency only.</summary>
/// <param name="Available">Pieces on hand that are not reserved, in the branch's warehouses where a branch is given.</param>
internal sealed record CartRow(
    string? Currency,
    decimal? ListDiscount,
    long? ProductId,
    string? Name,
    string? Sku,
    string? Image,
    int? Quantity,
    decimal? ListPrice,
    bool? IsActive,
    long? Available,
    decimal? Price,
    decimal? Discount,
    int? MinimumQuantity);

/// <param name="InStock">Whether so many pieces can be ordered now.</param>
internal sealed record CartLine(
    long ProductId,
    string Name,
    string Sku,
    string? Image,
    int Quantity,
    decimal UnitPrice,
    decimal DiscountPercentage,
    decimal LineTotal,
    bool InStock);

/// <summary>
/// What a customer is about to buy, at the prices that an order of it would be charged: of the default list's rows whose minimum
/// quantity is reached the one that ends lowest.
/// </summary>
/// <param name="ItemsCount">The number of lines.</param>
/// <param name="Subtotal">Before discounts, every line in cents.</param>
/// <param name="Discount">What the discounts take off.</param>
/// <param name="Total">The sum of the line totals.</param>
/// <param name="Currency">The default list's; null while none is in force.</param>
internal sealed record Cart(IReadOnlyList<CartLine> Items, int ItemsCount, decimal Subtotal, decimal Discount, decimal Total, string? Currency)
{
    /// <summary>Reads the cart of the customer <c>customer_id</c>.</summary>
    public static SqlSource<Cart> Source { get; } = Sql.Rows<CartRow>(
        $"""
        SELECT l.currency, l.discount_percent AS list_discount, c.product_id, p.name, p.sku, {ProductSql.Image} AS image, c.quantity,
               p.list_price, p.is_active, r.price, r.discount_percent AS discount, r.minimum_quantity,
               (SELECT coalesce(sum(s.quantity_on_hand - s.quantity_reserved), 0)
                FROM inventory s
                JOIN warehouses w ON w.id = s.warehouse_id
                WHERE s.product_id = c.product_id AND (@branch_id IS NULL OR w.branch_id = @branch_id)) AS available
        FROM (SELECT 1 AS one) AS one_row
        LEFT JOIN pricelists l ON l.is_default AND {ProductSql.IsInForce}
        LEFT JOIN cart_items c ON c.customer_id = @customer_id
        LEFT JOIN products p ON p.id = c.product_id
        LEFT JOIN product_prices r ON r.pricelist_id = l.id AND r.product_id = c.product_id
        ORDER BY c.product_id NULLS LAST, r.minimum_quantity NULLS LAST
        """).UntilNextDay().Select(From);

    public static Cart From(IReadOnlyList<CartRow> rows)
    {
        var lines = rows.Where(row => row.ProductId is not null).GroupBy(row => row.ProductId!.Value, (_, prices) => LineOf([.. prices])).ToArray();
        var subtotal = lines.Sum(line => Figures.Cents(line.Quantity * line.UnitPrice));
        var total = lines.Sum(line => line.LineTotal);
        return new Cart(lines, lines.Length, subtotal, subtotal - total, total, rows[0].Currency);
    }

    private static CartLine LineOf(IReadOnlyList<CartRow> prices)
    {
        var line = prices[0];
        var quantity = line.Quantity!.Value;
        var (price, discount) = PriceOf(prices, quantity);
        return new CartLine(
            line.ProductId!.Value,
            line.Name!,
            line.Sku!,
            line.Image,
            quantity,
            price,
            discount,
            Figures.Discounted(quantity * price, discount),
            line.IsActive!.Value && line.Available!.Value >= quantity);
    }

    private static (decimal Price, decimal Discount) PriceOf(IReadOnlyList<CartRow> prices, int quantity)
    {
        var line = prices[0];
        if (line.Price is null)
        {
            return (line.ListPrice!.Value, line.ListDiscount ?? 0);
        }

        var reached = prices.Where(row => row.MinimumQuantity <= quantity).MinBy(row => row.Price!.Value * (100 - row.Discount!.Value));
        return reached is null ? (line.ListPrice!.Value, 0) : (reached.Price!.Value, reached.Discount!.Value);
    }
}
