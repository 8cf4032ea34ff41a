using Erp.Writes;

namespace Erp.Inventory;

/// <summary>The stock of some products, locked for this transaction. Changes are made here and written by <see cref="SaveAsync"/>.</summary>
/// <remarks>
/// An order reserves where most is available, so that it is likely to leave from one place; what it gives back or takes out comes
/// from where most is reserved. Equal warehouses go by their id. Reservations are kept by warehouse and not by order: data that was
/// loaded may reserve less than its open orders ask for, so giving back stops at zero and taking out goes on with free stock.
/// </remarks>
internal sealed class StockLedger
{
    private readonly WriteContext _write;
    private readonly List<StockLevel> _levels;

    private StockLedger(WriteContext write, List<StockLevel> levels)
    {
        _write = write;
        _levels = levels;
    }

    /// <summary>Locks in the order of product and warehouse, the same for everybody: two writers cannot each hold what the other waits for.</summary>
    public static async Task<StockLedger> LockAsync(WriteContext write, IEnumerable<long> productIds)
    {
        var rows = await write.QueryAsync<StockRow>(
            "SELECT product_id, warehouse_id, quantity_on_hand, quantity_reserved FROM inventory "
            + $"WHERE {write.In("product_id", "products")} ORDER BY product_id, warehouse_id" + write.ForUpdate,
            new { products = productIds.Distinct().ToArray() });
        return new StockLedger(write, rows.Select(row => new StockLevel(row)).ToList());
    }

    public long Available(long productId) => Of(productId).Sum(level => (long)level.Available);

    /// <summary>The caller has made sure that so much is available.</summary>
    public void Reserve(long productId, int quantity)
    {
        var missing = quantity;
        foreach (var level in Of(productId).OrderByDescending(level => level.Available).ThenBy(level => level.WarehouseId))
        {
            var taken = Math.Min(missing, level.Available);
            level.Reserved += taken;
            missing -= taken;
        }
        if (missing > 0)
            throw new InvalidOperationException($"{quantity} of product {productId} were to be reserved and {missing} are missing.");
    }

    public void Release(long productId, int quantity)
    {
        var rest = quantity;
        foreach (var level in MostReservedFirst(productId))
        {
            var given = Math.Min(rest, level.Reserved);
            level.Reserved -= given;
            rest -= given;
        }
    }

    /// <returns>False when there is not enough; the ledger must not be saved then.</returns>
    public bool TryTakeOut(long productId, int quantity)
    {
        var rest = quantity;
        foreach (var level in MostReservedFirst(productId))
        {
            var taken = Math.Min(rest, level.Reserved);
            level.Reserved -= taken;
            level.OnHand -= taken;
            rest -= taken;
        }
        foreach (var level in Of(productId).OrderByDescending(level => level.Available).ThenBy(level => level.WarehouseId))
        {
            var taken = Math.Min(rest, level.Available);
            level.OnHand -= taken;
            rest -= taken;
        }
        return rest == 0;
    }

    /// <param name="reference">Noted on the movements: what goes out is recorded by product and warehouse.</param>
    public async Task SaveAsync(string reference)
    {
        foreach (var level in _levels.Where(level => level.IsChanged))
        {
            await _write.ExecuteAsync(
                "UPDATE inventory SET quantity_on_hand = @OnHand, quantity_reserved = @Reserved, updated_at = @Now "
                + "WHERE product_id = @ProductId AND warehouse_id = @WarehouseId AND is_available = @WasAvailable",
                new { level.OnHand, level.Reserved, _write.Now, level.ProductId, level.WarehouseId, level.WasAvailable });
            if (level.TakenOut > 0)
                await _write.ExecuteAsync(
                    "INSERT INTO inventory_movements (product_id, warehouse_id, movement_type, quantity, new_quantity, reference, created_at) "
                    + "VALUES (@ProductId, @WarehouseId, 'OUT', @TakenOut, @OnHand, @reference, @Now)",
                    new { level.ProductId, level.WarehouseId, level.TakenOut, level.OnHand, reference, _write.Now });
        }
    }

    private IEnumerable<StockLevel> Of(long productId) => _levels.Where(level => level.ProductId == productId);

    private IEnumerable<StockLevel> MostReservedFirst(long productId) =>
        Of(productId).OrderByDescending(level => level.Reserved).ThenBy(level => level.WarehouseId);

    private sealed record StockRow(long ProductId, long WarehouseId, int QuantityOnHand, int QuantityReserved);

    private sealed class StockLevel(StockRow row)
    {
        public long ProductId => row.ProductId;

        public long WarehouseId => row.WarehouseId;

        public bool WasAvailable => row.QuantityOnHand > row.QuantityReserved;

        public int OnHand { get; set; } = row.QuantityOnHand;

        public int Reserved { get; set; } = row.QuantityReserved;

        public int Available => OnHand - Reserved;

        public int TakenOut => row.QuantityOnHand - OnHand;

        public bool IsChanged => OnHand != row.QuantityOnHand || Reserved != row.QuantityReserved;
    }
}
