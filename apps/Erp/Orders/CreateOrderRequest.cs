using System.Security.Cryptography;
using System.Text.Json;
using Erp.Writes;

namespace Erp.Orders;

/// <summary>The body of POST /orders/create.</summary>
/// <param name="Items">1 to 200, each product once.</param>
internal sealed record CreateOrderRequest(long CustomerId, long? SalespersonId, IReadOnlyList<OrderLineRequest> Items, string? Notes)
{
    public static CreateOrderRequest Read(JsonMembers body, RequestErrors errors) => new(
        body.RequiredId("customer_id") ?? 0,
        body.OptionalId("salesperson_id"),
        OrderLineRequest.ReadAll(body),
        body.OptionalText("notes", 2000));

    /// <summary>The same for every spelling of the same request: white space, the order of members and null for absent do not count.</summary>
    public string CanonicalHash() => Convert.ToHexStringLower(SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(this, WriteJson.Options)));
}
