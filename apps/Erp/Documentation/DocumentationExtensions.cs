using Microsoft.OpenApi;

namespace Erp.Documentation;

/// <summary>OpenAPI 3.1 at /openapi/v1.json, Swagger UI at /docs and ReDoc at /redoc.</summary>
internal static class DocumentationExtensions
{
    private const string DocumentPath = "/openapi/v1.json";
    private const string MonitoringPath = "/openapi/monitoring.json";

    private static readonly (string Name, string Description)[] Tags =
    [
        ("Home & Dashboard", "The start screens of customers and salespeople."),
        ("Products", "The catalogue, prices, stock and reviews."),
        ("Customers", "Customers, what they owe and what they ordered."),
        ("Orders", "Orders from creation to delivery, and payments."),
        ("Checkout", "What a customer needs to buy the cart. Never cached."),
    ];

    public static IServiceCollection AddErpDocumentation(this IServiceCollection services) =>
        // Operators have a document of their own: whoever builds an app on this backend has no use for their endpoints.
        services.AddOpenApi("monitoring").AddOpenApi("v1", options =>
        {
            options.AddSchemaTransformer<DecimalSchemaTransformer>();
            options.AddDocumentTransformer((document, _, _) =>
            {
                document.Info = new OpenApiInfo
                {
                    Title = "ERP mobile backend",
                    Version = "v1",
                    Description = "One call a screen. Every path below /api/mobile answers below /api/bff/mobile too, from the same cache entries. "
                        + "Times are RFC 3339 in UTC, and days are UTC days. Errors are problem details (RFC 9457).",
                };
                document.Tags = Tags.Select(tag => new OpenApiTag { Name = tag.Name, Description = tag.Description }).ToHashSet();
                return Task.CompletedTask;
            });
        });

    public static void MapErpDocumentation(this WebApplication app)
    {
        app.MapOpenApi("/openapi/{documentName}.json");
        app.UseSwaggerUI(options =>
        {
            options.RoutePrefix = "docs";
            options.DocumentTitle = "ERP mobile backend";
            options.SwaggerEndpoint(DocumentPath, "ERP mobile backend v1");
            options.SwaggerEndpoint(MonitoringPath, "Monitoring and management");
        });
        app.UseReDoc(options =>
        {
            options.RoutePrefix = "redoc";
            options.DocumentTitle = "ERP mobile backend";
            options.SpecUrl = DocumentPath;
        });
    }
}
