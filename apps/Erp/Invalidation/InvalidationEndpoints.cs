using Larder.Caching;

namespace Erp.Invalidation;

/// <summary>Drops by hand what is cached of one thing. Nothing needs it for correctness of the data, only for an operator's peace of mind.</summary>
internal static class InvalidationEndpoints
{
    public static void MapInvalidation(this RouteGroupBuilder group)
    {
        Map(group, "/products/{id}/invalidate-cache", "product", "Products");
        Map(group, "/product/{id}/invalidate-cache", "product", "Products").ExcludeFromDescription();
        Map(group, "/customers/{id}/invalidate-cache", "customer", "Customers");
        Map(group, "/customer/{id}/invalidate-cache", "customer", "Customers").ExcludeFromDescription();
        Map(group, "/orders/{id}/invalidate-cache", "order", "Orders");
        Map(group, "/salesperson/{id}/dashboard/invalidate-cache", "salesperson", "Home & Dashboard");
        group.MapPost("/salesperson/dashboard/invalidate-cache", (string? salesperson_id, LarderCache cache) => Invalidate("salesperson", "salesperson_id", salesperson_id, cache))
            .ExcludeFromDescription();
    }

    private static RouteHandlerBuilder Map(RouteGroupBuilder group, string pattern, string entity, string tag) =>
        group.MapPost(pattern, (string id, LarderCache cache) => Invalidate(entity, "id", id, cache))
            .WithTags(tag)
            .WithSummary($"Drops what is cached of one {entity}")
            .Produces<Invalidated>()
            .ProducesValidationProblem();

    private static IResult Invalidate(string entity, string parameter, string? text, LarderCache cache)
    {
        if (!int.TryParse(text, out var id) || id < 1)
        {
            var what = string.IsNullOrEmpty(text) ? "is required." : "must be a whole number of at least 1.";
            return TypedResults.ValidationProblem(new Dictionary<string, string[]>(StringComparer.Ordinal) { [parameter] = [what] }, detail: $"'{parameter}' {what}");
        }

        var tag = $"{entity}:{id}";
        var entries = cache.CountByTag(tag);
        cache.RemoveByTag(tag);
        return TypedResults.Ok(new Invalidated(Success: true, $"Dropped {entries} cached {(entries == 1 ? "entry" : "entries")} of {entity} {id}."));
    }

    private sealed record Invalidated(bool Success, string Message);
}
