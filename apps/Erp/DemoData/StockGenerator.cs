namespace Erp.DemoData;

/// <summary>Stock that covers what open orders have reserved, and the movements by which some of it came in.</summary>
internal sealed class StockGenerator(DemoContent content)
{
    private const int ProductsWithMovements = 300;

    private readonly DemoChance _chance = new(5_005);

    public void Generate()
    {
        var openByProduct = OpenQuantities();
        foreach (var product in content.Products)
        {
            var open = openByProduct.GetValueOrDefault(product.Id) ?? [];
            var rows = Rows(product, open.Sum());
            foreach (var quantity in open)
                Reserve(rows, quantity);
            content.Inventory.AddRange(rows);
            if (product.Id <= ProductsWithMovements)
                AddMovements(rows);
        }
    }

    /// <summary>The quantities that open orders ask of each product, in the order in which they came.</summary>
    private Dictionary<long, List<int>> OpenQuantities()
    {
        var result = new Dictionary<long, List<int>>();
        foreach (var item in content.OrderItems)
        {
            if (!content.Orders[(int)item.OrderId - 1].IsOpen)
                continue;
            if (!result.TryGetValue(item.ProductId, out var quantities))
                result[item.ProductId] = quantities = [];
            quantities.Add(item.Quantity);
        }
        return result;
    }

    private List<DemoStock> Rows(DemoProduct product, int reserved)
    {
        var first = _chance.Between(1, DemoNumbers.Warehouses);
        var count = _chance.Between(2, 5);
        // What is out of stock has just what open orders are waiting for.
        var isOut = product.Id % 37 == 5 || !product.IsActive;
        var rows = Enumerable.Range(0, count)
            .Select(i => new DemoStock(product.Id, (first + i * 3 - 1) % DemoNumbers.Warehouses + 1, content.AtMostEnd(
                content.StartOfToday.AddHours(-_chance.Between(1, 2_000))))
            {
                OnHand = isOut ? 0 : _chance.Between(0, 12) * product.ReorderPoint / 4,
            })
            .OrderBy(row => row.WarehouseId)
            .ToList();
        var spare = isOut ? 0 : _chance.Between(1, 2 * product.ReorderPoint);
        rows[0].OnHand += Math.Max(0, reserved + spare - rows.Sum(row => row.OnHand));
        return rows;
    }

    // As the ERP does it: from the warehouse that has most, the lowest id first where two have the same.
    private static void Reserve(List<DemoStock> rows, int quantity)
    {
        while (quantity > 0)
        {
            var row = rows.MaxBy(candidate => candidate.Available)!;
            var taken = Math.Min(quantity, row.Available);
            row.Reserved += taken;
            quantity -= taken;
        }
    }

    private void AddMovements(List<DemoStock> rows)
    {
        foreach (var row in rows.Where(row => row.OnHand > 0))
        {
            var received = Math.Max(1, row.OnHand / 2);
            content.InventoryMovements.Add(
            [
                content.InventoryMovements.Count + 1L, row.ProductId, row.WarehouseId, "IN", received, row.OnHand,
                $"PO{content.InventoryMovements.Count + 1:D6}", "Goods received", row.UpdatedAt,
            ]);
        }
    }
}
