using Erp.Views;

namespace Erp.Products;

internal sealed record PriceRow(
    long PricelistId, string PricelistName, string Currency, decimal Price, decimal DiscountPercentage, bool IsDefault);

/// <summary>The price of one piece on one list.</summary>
/// <param name="Price">Before the discount.</param>
internal sealed record ProductPrice(
    long PricelistId,
    string PricelistName,
    string Currency,
    decimal Price,
    decimal DiscountPercentage,
    decimal FinalPrice,
    bool IsDefault)
{
    /// <summary>
    /// The lists in force that have a price for one piece. The default list always has one; a list whose rows for the product begin at
    /// more pieces, or that neither knows the product nor has a discount of its own, has none.
    /// </summary>
    public const string Query = $"""
        SELECT l.id AS pricelist_id, l.name AS pricelist_name, l.currency, l.is_default,
               {ProductSql.Price} AS price, {ProductSql.Discount} AS discount_percentage
        FROM products p
        JOIN pricelists l ON {ProductSql.IsInForce}
        {ProductSql.RowOfOnePiece}
        WHERE p.id = @id AND (r.price IS NOT NULL OR l.is_default OR (l.discount_percent > 0 AND NOT {ProductSql.HasRow}))
        ORDER BY l.is_default DESC, l.id
        """;

    public static IReadOnlyList<ProductPrice> From(IReadOnlyList<PriceRow> rows) =>
    [
        .. rows.Select(row => new ProductPrice(
            row.PricelistId,
            row.PricelistName,
            row.Currency,
            row.Price,
            row.DiscountPercentage,
            Figures.Discounted(row.Price, row.DiscountPercentage),
            row.IsDefault)),
    ];
}
