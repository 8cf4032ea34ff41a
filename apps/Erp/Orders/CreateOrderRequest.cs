using System.Security.Cryptography;
using System.Text.Json;
using Erp.Writes;

namespace Erp.Orders;

/// <summary>The body of POST /orders/create.</summary>
/// <param name="Items">1 to 200, each product once.</param>
internal sealed record CreateOrderRequest(
    long CustomerId, IReadOnlyList<OrderLineRequest> Items, long? SalespersonId = null, string? Notes = null)
{
    public static CreateOrderRequest Read(JsonMembers body, RequestErrors errors) => new(
        body.RequiredId("customer_id") ?? 0,
        OrderLineRequest.ReadAll(body),
        body.OptionalId("salesperson_id"),
        body.OptionalText("notes", 2000));

    /// <summary>The same for every spelling of the same request: white space, the order of members and null for absent do not count.</summary>
    public string CanonicalHash() => Convert.ToHexStringLower(SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(this, WriteJson.Options)));
}
