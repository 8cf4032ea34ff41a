using Erp.Views;
using Larder.Caching;
using Larder.Views;
using Larder.Views.Sources;

namespace Erp.Products;

internal static class ProductCompleteView
{
    public static readonly View View = View.Create("product-complete")
        .Parameter<long>("id", parameter => parameter.AtLeast(1L))
        .Parameter("include_similar", true)
        .Parameter("include_reviews", true)
        .AsOf()
        .Policy(CachePolicies.Product)
        .Tag("product:{id}")
        .Required("product", Sql.Row<Product>(
            """
            SELECT p.id, p.name, p.sku, p.barcode, p.description, c.name AS category, p.category_id, p.brand, p.unit, p.weight, p.dimensions,
                   p.is_active, p.created_at
            FROM products p
            LEFT JOIN categories c ON c.id = p.category_id
            WHERE p.id = @id
            """))
        .Optional("inventory", Sql.Rows<StockRow>(ProductStock.Query).Select(ProductStock.From), section => section.Policy(CachePolicies.Inventory))
        .Optional("pricing", Sql.Rows<PriceRow>(ProductPrice.Query).UntilNextDay().Select(ProductPrice.From))
        .Optional("images", Sql.Rows<ProductImage>(ProductImage.Query))
        .Optional("reviews", Sql.Rows<ReviewRow>(ProductReviews.Query).Select(ProductReviews.From), section => section.When("include_reviews"))
        .Optional("similar_products", Sql.Rows<SimilarProduct>(SimilarProduct.Query), section => section.When("include_similar"))
        .Build();
}
