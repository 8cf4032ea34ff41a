using Erp.Writes;

namespace Erp.Products;

/// <summary>The body of PUT /products/{id}: what is absent stays as it is. Description, brand and category take null.</summary>
internal sealed record ChangeProductRequest(
    string? Name = null, string? Description = null, string? Brand = null, long? CategoryId = null, bool? IsActive = null);

internal sealed record ChangedProduct(long ProductId);

internal static class ChangeProduct
{
    public static ColumnChanges Read(JsonMembers body, RequestErrors errors) => new ColumnChanges(body)
        .Text("name", 200)
        .NullableText("description", 4000)
        .NullableText("brand", 100)
        .NullableId("category_id")
        .Flag("is_active")
        .RefuseNone(errors);

    public static async Task<ChangedProduct> RunAsync(WriteContext write, long id, ColumnChanges changes)
    {
        if (await write.FindAsync<long?>("SELECT id FROM products WHERE id = @id", new { id }) is null)
            throw RequestRefusedException.Unknown("id", $"Product {id} does not exist.");
        if (changes["category_id"] is { } category
            && await write.FindAsync<long?>("SELECT id FROM categories WHERE id = @category", new { category }) is null)
            throw RequestRefusedException.Unknown("category_id", $"Category {category} does not exist.");
        await changes.UpdateAsync(write, "products", id);
        return new ChangedProduct(id);
    }
}
