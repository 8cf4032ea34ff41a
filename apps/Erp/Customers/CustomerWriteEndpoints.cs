using Erp.Writes;

namespace Erp.Customers;

internal static class CustomerWriteEndpoints
{
    public static void MapCustomerWrites(this RouteGroupBuilder group)
    {
        var writes = group.MapWrites("Customers");
        writes.MapPut("/customers/{id}", async (string id, HttpContext http, ErpWriter writer) =>
            {
                var customerId = PathId.Read("id", id);
                var changes = await JsonBody.ReadAsync(http.Request, ChangeCustomer.Read);
                var changed = await writer.RunAsync(write => ChangeCustomer.RunAsync(write, customerId, changes), http.RequestAborted);
                return WriteResponse.Done("Customer changed.", changed);
            })
            .WithSummary("Change a customer's data; what is absent stays")
            .Accepts<ChangeCustomerRequest>("application/json")
            .Produces<WriteResponse<ChangedCustomer>>();

        writes.MapPut("/customers/{id}/credit-limit", async (string id, HttpContext http, ErpWriter writer) =>
            {
                var customerId = PathId.Read("id", id);
                var request = await JsonBody.ReadAsync(http.Request, ChangeCreditLimit.Read);
                var changed = await writer.RunAsync(write => ChangeCreditLimit.RunAsync(write, customerId, request), http.RequestAborted);
                return WriteResponse.Done("Credit limit changed.", changed);
            })
            .WithSummary("Set a customer's credit limit")
            .Accepts<ChangeCreditLimitRequest>("application/json")
            .Produces<WriteResponse<ChangedCustomer>>();
    }
}
