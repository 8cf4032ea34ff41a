using Erp.Views;
using Larder.Caching;
using Larder.Views;
using Larder.Views.Sources;

namespace Erp.Products;

/// <remarks>
/// The schema ties no price list to a customer and an order is charged by the default list, so that is the price for everybody:
/// <c>customer_id</c> is checked and changes no figure, and stays out of the keys of the product's sections.
/// </remarks>
internal static class ProductDetailView
{
    public static readonly View View = View.Create("product-detail")
        .Parameter<long>("id", parameter => parameter.AtLeast(1L))
        .OptionalParameter<long>("customer_id", parameter => parameter.AtLeast(1L).Describe("Whose price; an unknown customer is not found."))
        .AsOf()
        .Policy(CachePolicies.Product)
        .Tag("product:{id}")
        .Required("product", Sql.Row<DetailText>(
            """
            SELECT p.id, p.name, p.sku, p.description, c.name AS category, p.brand, p.category_id
            FROM products p
            LEFT JOIN categories c ON c.id = p.category_id
            WHERE p.id = @id
            """), section => section.Inline())
        .Required("customer", Sql.Row<long>("SELECT id FROM customers WHERE id = @customer_id"), section => section.When("customer_id").Hidden())
        .Optional("price", Sql.Row<DetailPriceRow>(
            $"""
            SELECT {ProductSql.Price} AS price, l.currency, {ProductSql.Discount} AS discount_percentage
            FROM products p
            {ProductSql.DefaultList}
            WHERE p.id = @id
            """).UntilNextDay().Select(DetailPrice.From), section => section.Inline())
        .Optional(
            "stock",
            Sql.Row<long>("SELECT coalesce(sum(quantity_on_hand - quantity_reserved), 0) FROM inventory WHERE product_id = @id").Select(DetailStock.From),
            section => section.Policy(CachePolicies.Inventory).Inline())
        .Optional("images", Sql.Rows<ProductImage>(ProductImage.Query))
        .Optional(
            "rating",
            Sql.Row<DetailRatingRow>("SELECT count(*) AS review_count, coalesce(sum(rating), 0) AS stars FROM product_reviews WHERE product_id = @id")
                .Select(DetailRating.From),
            section => section.Inline())
        .Build();

    private sealed record DetailText(long Id, string Name, string Sku, string? Description, string? Category, string? Brand);

    private sealed record DetailPriceRow(decimal Price, string? Currency, decimal DiscountPercentage);

    /// <param name="Price">Before the discount.</param>
    /// <param name="Currency">Null while no default price list is in force.</param>
    private sealed record DetailPrice(decimal Price, string? Currency, decimal DiscountPercentage, decimal FinalPrice)
    {
        public static DetailPrice From(DetailPriceRow row) =>
            new(row.Price, row.Currency, row.DiscountPercentage, Figures.Discounted(row.Price, row.DiscountPercentage));
    }

    private sealed record DetailStock(bool InStock, long AvailableQuantity)
    {
        public static DetailStock From(long available) => new(available > 0, available);
    }

    private sealed record DetailRatingRow(long ReviewCount, long Stars);

    private sealed record DetailRating(decimal? AverageRating, long ReviewCount)
    {
        public static DetailRating From(DetailRatingRow row) => new(Figures.Average(row.Stars, row.ReviewCount), row.ReviewCount);
    }
}
