using Erp.Writes;

namespace Erp.Payments;

internal static class PaymentWriteEndpoints
{
    public static void MapPaymentWrites(this RouteGroupBuilder group)
    {
        var writes = group.MapWrites("Orders");
        writes.MapPost("/payments", async (HttpContext http, ErpWriter writer) =>
            {
                var request = await JsonBody.ReadAsync(http.Request, RecordPayment.Read);
                var recorded = await writer.RunAsync(write => RecordPayment.RunAsync(write, request), http.RequestAborted);
                return WriteResponse.Done("Payment recorded.", recorded);
            })
            .WithSummary("Take a payment on an invoice; more than is owed is refused")
            .Accepts<RecordPaymentRequest>("application/json")
            .Produces<WriteResponse<RecordedPayment>>();
    }
}
