using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

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
        writes.AddOpenApiOperationTransformer(DescribeIdsAsync);
        return writes;
    }

    // They are bound as text, so that a bad one gets an answer that names it; to a caller they are numbers.
    private static Task DescribeIdsAsync(OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken cancellationToken)
    {
        foreach (var parameter in operation.Parameters?.OfType<OpenApiParameter>() ?? [])
        {
            if (parameter.In == ParameterLocation.Path)
                parameter.Schema = new OpenApiSchema { Type = JsonSchemaType.Integer, Format = "int64", Minimum = "1" };
        }
        return Task.CompletedTask;
    }
}
