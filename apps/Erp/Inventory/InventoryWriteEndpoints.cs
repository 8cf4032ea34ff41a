using Erp.Writes;

namespace Erp.Inventory;

internal static class InventoryWriteEndpoints
{
    public static void MapInventoryWrites(this RouteGroupBuilder group)
    {
        var writes = group.MapWrites("Products");
        writes.MapPost("/inventory/movements/record", async (HttpContext http, ErpWriter writer) =>
            {
                var request = await JsonBody.ReadAsync(http.Request, RecordMovement.Read);
                var recorded = await writer.RunAsync(write => RecordMovement.RunAsync(write, request), http.RequestAborted);
                return WriteResponse.Done("Movement recorded.", recorded);
            })
            .WithSummary("Record goods coming in or going out, or set the quantity to what was counted (ADJUSTMENT)")
            .Accepts<RecordMovementRequest>("application/json")
            .Produces<WriteResponse<RecordedMovement>>();
    }
}
