namespace Erp.Products;

internal sealed record ProductImage(string Url, string? Thumbnail, bool IsPrimary, int Order)
{
    public const string Query = """
        SELECT url, thumbnail_url AS thumbnail, is_primary, position AS "order"
        FROM product_images
        WHERE product_id = @id
        ORDER BY position
        """;
}
