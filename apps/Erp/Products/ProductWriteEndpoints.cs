using Erp.Writes;
using Microsoft.AspNetCore.Mvc;

namespace Erp.Products;

internal static class ProductWriteEndpoints
{
    public static void MapProductWrites(this RouteGroupBuilder group)
    {
        var writes = group.MapWrites("Products");
        writes.MapPut("/products/{id}", async (string id, HttpContext http, ErpWriter writer) =>
            {
                var productId = PathId.Read("id", id);
                var changes = await JsonBody.ReadAsync(http.Request, ChangeProduct.Read);
                var changed = await writer.RunAsync(write => ChangeProduct.RunAsync(write, productId, changes), http.RequestAborted);
                return WriteResponse.Done("Product changed.", changed);
            })
            .WithSummary("Change a product's descriptive data; what is absent stays")
            .Accepts<ChangeProductRequest>("application/json")
            .Produces<WriteResponse<ChangedProduct>>();

        writes.MapPut("/products/{id}/prices/{pricelist_id}", async (
                string id, [FromRoute(Name = "pricelist_id")] string pricelist, HttpContext http, ErpWriter writer) =>
            {
                var productId = PathId.Read("id", id);
                var pricelistId = PathId.Read("pricelist_id", pricelist);
                var request = await JsonBody.ReadAsync(http.Request, ChangePrice.Read);
                var changed = await writer.RunAsync(
                    write => ChangePrice.RunAsync(write, productId, pricelistId, request), http.RequestAborted);
                return WriteResponse.Done("Price changed.", changed);
            })
            .WithSummary("Set a product's price in a price list")
            .Accepts<ChangePriceRequest>("application/json")
            .Produces<WriteResponse<ChangedProduct>>();

        writes.MapPost("/products/{id}/reviews", async (string id, HttpContext http, ErpWriter writer) =>
            {
                var productId = PathId.Read("id", id);
                var request = await JsonBody.ReadAsync(http.Request, AddReview.Read);
                var added = await writer.RunAsync(write => AddReview.RunAsync(write, productId, request), http.RequestAborted);
                return WriteResponse.Done("Review added.", added);
            })
            .WithSummary("Review a product")
            .Accepts<AddReviewRequest>("application/json")
            .Produces<WriteResponse<AddedReview>>();
    }
}
