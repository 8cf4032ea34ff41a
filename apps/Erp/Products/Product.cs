namespace Erp.Products;

/// <param name="Category">The name of its category; null without one.</param>
/// <param name="Weight">In kilograms.</param>
internal sealed record Product(
    long Id,
    string Name,
    string Sku,
    string? Barcode,
    string? Description,
    string? Category,
    string? Brand,
    string Unit,
    decimal? Weight,
    string? Dimensions,
    bool IsActive,
    DateTimeOffset CreatedAt);
