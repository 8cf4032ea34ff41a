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
        services.AddSingleton<CreateOrder>();
        services.AddSingleton<ChangeOrderItems>();
        return services;
    }
}
