namespace Erp.Products;

internal sealed record SimilarProduct(long Id, string Name, string Sku, string? Image)
{
    public const string Query = $"""
        SELECT t.id, p.name, p.sku, {ProductSql.Image} AS image
        FROM (
            SELECT s.id
            FROM products o
            JOIN products s ON s.category_id = o.category_id
            WHERE o.id = @id AND s.is_active AND s.id <> o.id
            ORDER BY s.id
            LIMIT 6
        ) AS t
        LEFT JOIN products p ON p.id = t.id
        ORDER BY t.id
        """;
}
