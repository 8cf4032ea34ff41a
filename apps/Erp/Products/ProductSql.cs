namespace Erp.Products;

/// <summary>
/// Parts of statements that find the price of one piece of product <c>p</c> on price list <c>l</c>, with row <c>r</c> of that list.
/// </summary>
/// <remarks>
/// A list is in force on a day when it is at some moment of it. A row is the price on its list, less the row's own discount, from
/// <c>minimum_quantity</c> pieces. The discount of the list itself is for products without any row, from their list price.
/// </remarks>
internal static class ProductSql
{
    public const string IsInForce =
        "l.is_active AND (l.valid_from IS NULL OR l.valid_from < @next_day) AND (l.valid_to IS NULL OR l.valid_to > @as_of)";

    public const string RowOfOnePiece =
        "LEFT JOIN product_prices r ON r.pricelist_id = l.id AND r.product_id = p.id AND r.minimum_quantity = 1";

    /// <summary>What everybody pays, which is what an order is charged: the price on the default list, or the list price when there is none in force.</summary>
    public const string DefaultList = $"LEFT JOIN pricelists l ON l.is_default AND {IsInForce} {RowOfOnePiece}";

    public const string HasRow = "EXISTS (SELECT 1 FROM product_prices x WHERE x.pricelist_id = l.id AND x.product_id = p.id)";

    public const string Price = "coalesce(r.price, p.list_price)";

    public const string Discount =
        $"CASE WHEN r.price IS NOT NULL THEN r.discount_percent WHEN l.id IS NULL OR {HasRow} THEN 0 ELSE l.discount_percent END";

    /// <summary>The picture that stands for product <c>p</c>.</summary>
    public const string Image =
        "(SELECT m.url FROM product_images m WHERE m.product_id = p.id ORDER BY m.is_primary DESC, m.position LIMIT 1)";
}
