namespace Erp.Writes;

internal static class WriteRouteGroupExtensions
{
    /// <summary>A group for writes: refusals become problem details, and the description says which there are.</summary>
    public static RouteGroupBuilder MapWrites(this RouteGroupBuilder group, string tag)
    {
        var writes = group.MapGroup("").WithTags(tag);
        writes.AddEndpointFilter(RefusalFilter.InvokeAsync);
        writes.ProducesValidationProblem(StatusCodes.Status400BadRequest);
        foreach (var status in (int[])
            [
                StatusCodes.Status404NotFound, StatusCodes.Status409Conflict, StatusCodes.Status413PayloadTooLarge,
                StatusCodes.Status415UnsupportedMediaType, StatusCodes.Status503ServiceUnavailable,
            ])
        {
            writes.ProducesProblem(status);
        }
        return writes;
    }
}
