using Erp.Database;
using Erp.Documentation;
using Erp.Health;
using Erp.Invalidation;
using Erp.Views;
using Erp.Writes;
using Larder.Warming;

namespace Erp;

/// <summary>What the ERP is made of: its services and its endpoints.</summary>
internal static class ErpApplication
{
    private const string DefaultUrl = "http://localhost:5080";

    private static readonly string[] Prefixes = ["/api/mobile", "/api/bff/mobile"];

    public static WebApplicationBuilder AddErp(this WebApplicationBuilder builder)
    {
        if (string.IsNullOrEmpty(builder.Configuration["urls"]) && string.IsNullOrEmpty(builder.Configuration["http_ports"]))
        {
            // Loopback only: who calls is not checked yet.
            builder.WebHost.UseUrls(DefaultUrl);
        }

        var services = builder.Services;
        services.AddErpDatabase();
        services.AddErpViews();
        if (!string.IsNullOrWhiteSpace(builder.Configuration["REDIS_URL"] ?? builder.Configuration["Larder:Redis:Url"]))
        {
            // One of several nodes.
            services.AddLarderRedis();
        }

        services.AddErpWrites();
        services.AddProblemDetails();
        services.AddErpDocumentation();
        services.AddLarderRequestLog();
        services.AddLarderMonitoring();
        services.AddLarderManagement();
        services.AddWarmingRequests("home", [$"{Prefixes[0]}/home"], task => task with { Priority = WarmingPriority.Critical, Interval = TimeSpan.FromMinutes(1) });
        services.AddHealthChecks().AddLarder();
        return builder;
    }

    public static void MapErp(this WebApplication app)
    {
        app.UseLarderRequestLog();
        app.UseExceptionHandler();
        app.UseStatusCodePages();
        app.UseLarderWriteTokens();
        app.MapErpDocumentation();
        app.UseLarderMonitoring();
        app.MapLarderMonitoring();
        app.MapLarderManagement();
        app.MapLarderHealth();
        foreach (var prefix in Prefixes)
        {
            var group = app.MapGroup(prefix);
            if (prefix != Prefixes[0])
            {
                group.ExcludeFromDescription();
            }

            group.MapView("/health", HealthView.View).WithTags("Home & Dashboard").WithSummary("Whether the backend can serve");
            group.MapErpViews();
            group.MapErpWrites();
            group.MapInvalidation();
        }
    }
}
