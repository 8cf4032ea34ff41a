namespace Larder.Bench.Workload;

/// <summary>A product and what its warehouses are known to hold.</summary>
internal sealed class ProductModel(long id, decimal listPrice)
{
    public long Id => id;

    public decimal ListPrice => listPrice;

    public List<StockModel> Stock { get; } = [];

    public bool HasPlenty => Stock.Exists(stock => stock.AvailableAtLeast >= StockModel.Plenty);
}

/// <summary>Bounds and not figures, because the ERP chooses the warehouse that an order is served from.</summary>
internal sealed class StockModel(long warehouseId, long onHand, long reserved)
{
    public const int Plenty = 10;

    public long WarehouseId => warehouseId;

    public long AvailableAtLeast { get; set; } = onHand - reserved;

    public long ReservedAtMost { get; set; } = reserved;
}

internal sealed class CustomerModel(long id)
{
    public long Id => id;
}

internal sealed class SalespersonModel(long id)
{
    public long Id => id;
}

internal sealed class OrderModel(long id, string status)
{
    public long Id => id;

    public string Status { get; set; } = status;

    /// <summary>Something was paid on its invoice, so it can't be cancelled.</summary>
    public bool HasPayments { get; set; }

    /// <summary>What is still to leave.</summary>
    public List<OrderLineModel> Lines { get; set; } = [];

    public bool IsFinal => Status is "completed" or "cancelled";
}

internal sealed record OrderLineModel(ProductModel Product, int Quantity);

internal sealed class InvoiceModel(long id, long customerId, OrderModel? order, decimal owed)
{
    public long Id => id;

    public long CustomerId => customerId;

    /// <summary>Null: an order outside of the population.</summary>
    public OrderModel? Order => order;

    public decimal Owed { get; set; } = owed;

    public bool IsOwed => Owed > 0 && Order?.Status != "cancelled";
}
