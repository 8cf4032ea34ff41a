namespace Erp.Products;

internal sealed record StockRow(
    long BranchId, string BranchName, long WarehouseId, string WarehouseName, long Quantity, long ReservedQuantity, DateTimeOffset LastUpdated);

internal sealed record StockInWarehouse(
    long BranchId,
    string BranchName,
    long WarehouseId,
    string WarehouseName,
    long Quantity,
    long ReservedQuantity,
    long AvailableQuantity,
    DateTimeOffset LastUpdated);

/// <summary>The stock of a product in all warehouses.</summary>
/// <param name="TotalQuantity">Pieces on hand, reserved ones among them.</param>
/// <param name="ByBranch">A row for every warehouse that keeps the product.</param>
/// <param name="IsAvailable">Whether a piece is on hand anywhere that is not reserved.</param>
internal sealed record ProductStock(long TotalQuantity, IReadOnlyList<StockInWarehouse> ByBranch, bool IsAvailable)
{
    public const string Query = """
        SELECT b.id AS branch_id, b.name AS branch_name, w.id AS warehouse_id, w.name AS warehouse_name,
               i.quantity_on_hand AS quantity, i.quantity_reserved AS reserved_quantity, i.updated_at AS last_updated
        FROM inventory i
        JOIN warehouses w ON w.id = i.warehouse_id
        JOIN branches b ON b.id = w.branch_id
        WHERE i.product_id = @id
        ORDER BY b.id, w.id
        """;

    public static ProductStock From(IReadOnlyList<StockRow> rows) => new(
        rows.Sum(row => row.Quantity),
        [.. rows.Select(row => new StockInWarehouse(
            row.BranchId,
            row.BranchName,
            row.WarehouseId,
            row.WarehouseName,
            row.Quantity,
            row.ReservedQuantity,
            row.Quantity - row.ReservedQuantity,
            row.LastUpdated))],
        rows.Any(row => row.Quantity > row.ReservedQuantity));
}
