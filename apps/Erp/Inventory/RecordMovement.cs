using Erp.Writes;

namespace Erp.Inventory;

/// <summary>The body of POST /inventory/movements/record.</summary>
/// <param name="Quantity">IN and OUT: how many come or go, at least 1. ADJUSTMENT: how many were counted; the quantity on hand becomes this.</param>
internal sealed record RecordMovementRequest(
    long ProductId, long WarehouseId, string MovementType, int Quantity, string? Reference = null, string? Notes = null);

/// <param name="NewQuantity">The quantity on hand of that warehouse after the movement.</param>
internal sealed record RecordedMovement(long MovementId, long ProductId, int NewQuantity);

/// <summary>Takes goods into a warehouse, out of it, or sets its quantity to what was counted. What orders have reserved stays there.</summary>
internal static class RecordMovement
{
    private const string In = "IN";
    private const string Out = "OUT";
    private const string Adjustment = "ADJUSTMENT";
    private const int MaxQuantity = 1_000_000;
    private const int MaxOnHand = 1_000_000_000;

    private static readonly string[] MovementTypes = [In, Out, Adjustment];

    public static RecordMovementRequest Read(JsonMembers body, RequestErrors errors)
    {
        var type = body.RequiredWord("movement_type", MovementTypes);
        return new RecordMovementRequest(
            body.RequiredId("product_id") ?? 0,
            body.RequiredId("warehouse_id") ?? 0,
            type ?? "",
            body.RequiredInteger("quantity", type == Adjustment ? 0 : 1, MaxQuantity) ?? 0,
            body.OptionalText("reference", 100),
            body.OptionalText("notes", 1000));
    }

    public static async Task<RecordedMovement> RunAsync(WriteContext write, RecordMovementRequest request)
    {
        await RequirePlacesAsync(write, request);
        await write.ExecuteAsync(
            "INSERT INTO inventory (product_id, warehouse_id, quantity_on_hand, quantity_reserved, updated_at) "
            + "VALUES (@ProductId, @WarehouseId, 0, 0, @Now) ON CONFLICT (product_id, warehouse_id) DO NOTHING",
            new { request.ProductId, request.WarehouseId, write.Now });
        var stock = await write.SingleAsync<Stock>(
            "SELECT quantity_on_hand, quantity_reserved FROM inventory WHERE product_id = @ProductId AND warehouse_id = @WarehouseId"
            + write.ForUpdate,
            new { request.ProductId, request.WarehouseId });
        var onHand = OnHandAfter(request, stock);

        await write.ExecuteAsync(
            "UPDATE inventory SET quantity_on_hand = @onHand, updated_at = @Now WHERE product_id = @ProductId AND warehouse_id = @WarehouseId "
            + "AND is_available = @wasAvailable",
            new { onHand, write.Now, request.ProductId, request.WarehouseId, wasAvailable = stock.QuantityOnHand > stock.QuantityReserved });
        var id = await write.SingleAsync<long>(
            "INSERT INTO inventory_movements (product_id, warehouse_id, movement_type, quantity, new_quantity, reference, notes, created_at) "
            + "VALUES (@ProductId, @WarehouseId, @MovementType, @Quantity, @onHand, @Reference, @Notes, @Now) RETURNING id",
            new
            {
                request.ProductId,
                request.WarehouseId,
                request.MovementType,
                request.Quantity,
                onHand,
                request.Reference,
                request.Notes,
                write.Now,
            });
        return new RecordedMovement(id, request.ProductId, onHand);
    }

    private static async Task RequirePlacesAsync(WriteContext write, RecordMovementRequest request)
    {
        var unknown = new RequestErrors();
        if (await write.FindAsync<long?>("SELECT id FROM products WHERE id = @ProductId", new { request.ProductId }) is null)
            unknown.Add("product_id", $"Product {request.ProductId} does not exist.");
        if (await write.FindAsync<long?>("SELECT id FROM warehouses WHERE id = @WarehouseId", new { request.WarehouseId }) is null)
            unknown.Add("warehouse_id", $"Warehouse {request.WarehouseId} does not exist.");
        unknown.ThrowIfAnyUnknown();
    }

    private static int OnHandAfter(RecordMovementRequest request, Stock stock)
    {
        var onHand = request.MovementType switch
        {
            In => stock.QuantityOnHand + request.Quantity,
            Out => stock.QuantityOnHand - request.Quantity,
            _ => request.Quantity,
        };
        if (onHand < stock.QuantityReserved)
            throw RequestRefusedException.Conflict(
                $"Warehouse {request.WarehouseId} would be left with {onHand} of product {request.ProductId}, "
                + $"and orders have reserved {stock.QuantityReserved} there.",
                ("product_id", request.ProductId),
                ("on_hand", stock.QuantityOnHand),
                ("reserved", stock.QuantityReserved),
                ("available", stock.QuantityOnHand - stock.QuantityReserved));
        if (onHand > MaxOnHand)
            throw RequestRefusedException.Conflict(
                $"Warehouse {request.WarehouseId} would hold {onHand} of product {request.ProductId}; the most is {MaxOnHand}.");
        return onHand;
    }

    private sealed record Stock(int QuantityOnHand, int QuantityReserved);
}
