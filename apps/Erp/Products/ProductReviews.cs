using Erp.Views;

namespace Erp.Products;

internal sealed record ReviewRow(
    long Id, int Rating, string? Comment, string CustomerName, DateTimeOffset CreatedAt, long ReviewCount, long Stars);

internal sealed record Review(long Id, int Rating, string? Comment, string CustomerName, DateTimeOffset CreatedAt);

/// <param name="Items">The latest five.</param>
/// <param name="Count">Of all reviews.</param>
/// <param name="AverageRating">Over all reviews; null without any.</param>
internal sealed record ProductReviews(IReadOnlyList<Review> Items, long Count, decimal? AverageRating)
{
    public const string Query = """
        SELECT id, rating, comment, customer_name, created_at, count(*) OVER () AS review_count, sum(rating) OVER () AS stars
        FROM product_reviews
        WHERE product_id = @id
        ORDER BY created_at DESC, id DESC
        LIMIT 5
        """;

    public static ProductReviews From(IReadOnlyList<ReviewRow> rows) => rows is [var first, ..]
        ? new(
            [.. rows.Select(row => new Review(row.Id, row.Rating, row.Comment, row.CustomerName, row.CreatedAt))],
            first.ReviewCount,
            Figures.Average(first.Stars, first.ReviewCount))
        : new([], 0, null);
}
