using System.Text.Json;
using Erp.Writes;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace Erp.Orders;

internal static class OrderWriteEndpoints
{
    private const string CreateEndpoint = "POST /orders/create";

    public static void MapOrderWrites(this RouteGroupBuilder group)
    {
        var writes = group.MapWrites("Orders");
        writes.MapPost("/orders/create", CreateAsync)
            .WithSummary("Take an order; an Idempotency-Key makes a repetition harmless")
            .Accepts<CreateOrderRequest>("application/json")
            .Produces<CreateOrderResponse>(StatusCodes.Status201Created)
            .ProducesProblem(StatusCodes.Status422UnprocessableEntity)
            .AddOpenApiOperationTransformer(DescribeKeyAsync);

        writes.MapPut("/orders/{id}/status", (string id, HttpContext http, ErpWriter writer) =>
                ChangeAsync(id, http, writer, ChangeOrderStatusRequest.Read, ChangeOrderStatus.RunAsync))
            .WithSummary("Move an order forward, or cancel it")
            .Accepts<ChangeOrderStatusRequest>("application/json")
            .Produces<WriteResponse<ChangedOrder>>();

        writes.MapPut("/orders/{id}/items", (string id, HttpContext http, ErpWriter writer, ChangeOrderItems operation) =>
                ChangeAsync(id, http, writer, ChangeOrderItemsRequest.Read, operation.RunAsync))
            .WithSummary("Replace the items of a pending order")
            .Accepts<ChangeOrderItemsRequest>("application/json")
            .Produces<WriteResponse<ChangedOrder>>();

        writes.MapPut("/orders/{id}/delivery", (string id, HttpContext http, ErpWriter writer) =>
                ChangeAsync(id, http, writer, ChangeDelivery.Read, (write, orderId, change) => change.RunAsync(write, orderId)))
            .WithSummary("Record how far the goods of an order are")
            .Accepts<ChangeDeliveryRequest>("application/json")
            .Produces<WriteResponse<ChangedOrder>>();

        writes.MapPost("/orders/{id}/cancel", (string id, HttpContext http, ErpWriter writer) =>
                ChangeAsync(id, http, writer, CancelOrderRequest.Read, CancelOrder.RunAsync))
            .WithSummary("Cancel an order that has not been shipped")
            .Accepts<CancelOrderRequest>("application/json")
            .Produces<WriteResponse<ChangedOrder>>();
    }

    private static async Task<IResult> ChangeAsync<T>(
        string id,
        HttpContext http,
        ErpWriter writer,
        Func<JsonMembers, RequestErrors, T> read,
        Func<WriteContext, long, T, Task<ChangedOrder>> change)
    {
        var orderId = PathId.Read("id", id);
        var request = await JsonBody.ReadAsync(http.Request, read);
        var changed = await writer.RunAsync(write => change(write, orderId, request), http.RequestAborted);
        return WriteResponse.Done($"The order is {changed.Status}.", changed);
    }

    private static async Task<IResult> CreateAsync(HttpContext http, ErpWriter writer, CreateOrder operation)
    {
        var key = IdempotencyKey.Read(http.Request);
        var request = await JsonBody.ReadAsync(http.Request, CreateOrderRequest.Read);
        var hash = request.CanonicalHash();
        var answer = await writer.RunAsync(
            write => key is null
                ? FirstAnswerAsync(write)
                : IdempotentAnswers.AnswerAsync(write, CreateEndpoint, key, hash, () => FirstAnswerAsync(write)),
            http.RequestAborted);

        if (answer.IsReplayed)
            http.Response.Headers[IdempotencyKey.ReplayedHeader] = "true";
        http.Response.Headers.Location = LocationOf(http.Request, answer);
        return TypedResults.Text(answer.Body, "application/json; charset=utf-8", statusCode: answer.StatusCode);

        async Task<IdempotentAnswer> FirstAnswerAsync(WriteContext write)
        {
            var order = await operation.RunAsync(write, request);
            var body = JsonSerializer.Serialize(new CreateOrderResponse(Success: true, order), WriteJson.Options);
            return new IdempotentAnswer(StatusCodes.Status201Created, body, IsReplayed: false);
        }
    }

    private static Task DescribeKeyAsync(OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken cancellationToken)
    {
        (operation.Parameters ??= []).Add(new OpenApiParameter
        {
            Name = IdempotencyKey.Header,
            In = ParameterLocation.Header,
            Description = "For 24 hours the same key with the same body gets the first answer again, with Idempotency-Replayed: true.",
            Schema = new OpenApiSchema { Type = JsonSchemaType.String, MinLength = 1, MaxLength = 255 },
        });
        return Task.CompletedTask;
    }

    // Below the prefix that the caller uses: …/orders/create becomes …/orders/17/quick.
    private static string LocationOf(HttpRequest request, IdempotentAnswer answer)
    {
        var id = JsonSerializer.Deserialize<CreateOrderResponse>(answer.Body, WriteJson.Options)!.Order.Id;
        var path = request.PathBase.Add(request.Path).Value!;
        return $"{path[..path.LastIndexOf('/')]}/{id}/quick";
    }
}
