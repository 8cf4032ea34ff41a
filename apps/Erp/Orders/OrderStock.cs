using System.Text.Json.Serialization;
using Erp.Inventory;
using Erp.Writes;

namespace Erp.Orders;

/// <summary>Reserves stock for the items of an order, or says of every item how much is missing.</summary>
internal static class OrderStock
{
    /// <exception cref="RequestRefusedException">409: a product has less available than is asked for.</exception>
    public static void ReserveAll(this StockLedger stock, IReadOnlyList<OrderLineRequest> items)
    {
        var missing = new RequestErrors();
        var shortages = new List<Shortage>();
        foreach (var (i, item) in items.Index())
        {
            var available = stock.Available(item.ProductId);
            if (available >= item.Quantity)
                continue;
            missing.Add($"items[{i}].quantity", $"{item.Quantity} of product {item.ProductId} are asked for and {available} are available.");
            shortages.Add(new Shortage(item.ProductId, item.Quantity, available));
        }
        if (!missing.IsEmpty)
            throw RequestRefusedException.Conflict(missing, ("shortages", shortages));
        foreach (var item in items)
            stock.Reserve(item.ProductId, item.Quantity);
    }

    private sealed record Shortage(
        [property: JsonPropertyName("product_id")] long ProductId,
        [property: JsonPropertyName("asked")] int Asked,
        [property: JsonPropertyName("available")] long Available);
}
