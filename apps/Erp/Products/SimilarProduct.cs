namespace Erp.Products;

internal sealed record SimilarProduct(long Id, string Name, string Sku, string? Image)
{
    public const string Query = $"""
        SELECT p.id, p.name, p.sku, {ProductSql.Image} AS image
        FROM products p
        WHERE p.category_id = (SELECT category_id FROM products WHERE id = @id) AND p.is_active AND p.id <> @id
        ORDER BY p.id
        LIMIT 6
        """;
}
