using System.Text.Json;
using System.Text.Json.Serialization;
using Erp.Orders;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Erp.Writes;

internal static class ErpWritesServiceCollectionExtensions
{
    /// <summary>What the write endpoints need beside the <see cref="Database.ErpDatabase"/> and problem details.</summary>
    public static IServiceCollection AddErpWrites(this IServiceCollection services)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton<ErpWriter>();
        services.AddOptions<OrderChargesOptions>()
            .BindConfiguration(OrderChargesOptions.Section)
            .ValidateDataAnnotations()
            .ValidateOnStart();
        // The API's description takes the names of the members from here.
        services.ConfigureHttpJsonOptions(options =>
        {
            options.SerializerOptions.PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower;
            options.SerializerOptions.NumberHandling = JsonNumberHandling.Strict;
        });
        services.AddSingleton<CreateOrder>();
        services.AddSingleton<ChangeOrderItems>();
        return services;
    }
}
