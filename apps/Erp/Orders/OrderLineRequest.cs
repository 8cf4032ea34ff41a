using Erp.Writes;

namespace Erp.Orders;

/// <summary>One of the items that an order asks for.</summary>
internal sealed record OrderLineRequest(long ProductId, int Quantity)
{
    public const int MaxLines = 200;
    public const int MaxQuantity = 1_000_000;

    /// <summary>Reads <c>items</c>: 1 to 200, each product once.</summary>
    public static IReadOnlyList<OrderLineRequest> ReadAll(JsonMembers body)
    {
        var first = new Dictionary<long, int>();
        var lines = new List<OrderLineRequest>();
        foreach (var (i, item) in body.RequiredObjects("items", MaxLines).Index())
        {
            var productId = item.RequiredId("product_id");
            var quantity = item.RequiredInteger("quantity", 1, MaxQuantity);
            item.RefuseUnknown();
            if (productId is { } id && !first.TryAdd(id, i))
                item.Refuse("product_id", $"Product {id} is already in items[{first[id]}].");
            lines.Add(new OrderLineRequest(productId ?? 0, quantity ?? 0));
        }
        return lines;
    }
}
