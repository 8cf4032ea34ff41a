using Erp.Writes;

namespace Erp.Products;

/// <summary>The body of POST /products/{id}/reviews.</summary>
/// <param name="Rating">1 to 5.</param>
/// <param name="ReviewText">1 to 2,000 characters.</param>
internal sealed record AddReviewRequest(long CustomerId, int Rating, string ReviewText);

internal sealed record AddedReview(long ReviewId);

internal static class AddReview
{
    public static AddReviewRequest Read(JsonMembers body, RequestErrors errors) => new(
        body.RequiredId("customer_id") ?? 0,
        body.RequiredInteger("rating", 1, 5) ?? 0,
        body.RequiredText("review_text", 2000) ?? "");

    public static async Task<AddedReview> RunAsync(WriteContext write, long productId, AddReviewRequest request)
    {
        var product = await write.FindAsync<Party>("SELECT name, is_active FROM products WHERE id = @productId", new { productId });
        var customer = await write.FindAsync<Party>("SELECT name, is_active FROM customers WHERE id = @CustomerId", new { request.CustomerId });
        var unknown = new RequestErrors();
        if (product is null)
            unknown.Add("id", $"Product {productId} does not exist.");
        if (customer is null)
            unknown.Add("customer_id", $"Customer {request.CustomerId} does not exist.");
        unknown.ThrowIfAnyUnknown();
        if (!product!.IsActive)
            throw RequestRefusedException.Conflict($"Product {productId} is not active.");
        if (!customer!.IsActive)
            throw RequestRefusedException.Conflict($"Customer {request.CustomerId} is not active.");

        var id = await write.SingleAsync<long>(
            "INSERT INTO product_reviews (product_id, customer_id, customer_name, rating, comment, created_at) "
            + "VALUES (@productId, @CustomerId, @Name, @Rating, @ReviewText, @Now) RETURNING id",
            new { productId, request.CustomerId, customer.Name, request.Rating, request.ReviewText, write.Now });
        return new AddedReview(id);
    }

    private sealed record Party(string Name, bool IsActive);
}
