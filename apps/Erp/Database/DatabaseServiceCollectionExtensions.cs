using Larder.Data;

namespace Erp.Database;

/// <summary>Registers the ERP's database and prepares it before the start.</summary>
internal static class DatabaseServiceCollectionExtensions
{
    /// <summary>Reads ConnectionStrings:Erp, ERP_IMPORT and ERP_IMPORT_REPORT. Everything goes through the tracked data source that AddErpViews adds.</summary>
    public static IServiceCollection AddErpDatabase(this IServiceCollection services)
    {
        services.AddSingleton(provider => ErpDataSource.Open(
            provider.GetRequiredService<IConfiguration>().GetConnectionString("Erp"),
            provider.GetRequiredService<IHostEnvironment>().ContentRootPath));
        services.AddSingleton(provider => new ErpDatabase(
            provider.GetRequiredService<ErpDataSource>(),
            provider.GetRequiredService<TrackedDataSource>(),
            provider.GetService<TimeProvider>() ?? TimeProvider.System));
        services.AddSingleton(provider =>
        {
            var configuration = provider.GetRequiredService<IConfiguration>();
            var report = configuration["ERP_IMPORT_REPORT"] is { Length: > 0 } path ? path : "data/import-report.txt";
            return new DatabaseStartupOptions(
                configuration["ERP_IMPORT"], Path.GetFullPath(report, provider.GetRequiredService<IHostEnvironment>().ContentRootPath));
        });
        services.AddSingleton(provider => new DatabaseStartup(
            provider.GetRequiredService<ErpDatabase>(),
            provider.GetRequiredService<DatabaseStartupOptions>(),
            provider.GetService<TimeProvider>() ?? TimeProvider.System,
            provider.GetRequiredService<ILogger<DatabaseStartup>>()));
        return services;
    }

    /// <summary>Migrates, and fills an empty database. False, with the reason in the log: the program must end with an exit code other than 0.</summary>
    public static async Task<bool> PrepareErpDatabaseAsync(this IServiceProvider services, CancellationToken cancellationToken)
    {
        try
        {
            await services.GetRequiredService<DatabaseStartup>().RunAsync(cancellationToken);
            return true;
        }
        catch (DatabaseException exception)
        {
            DatabaseLog.StartRefused(services.GetRequiredService<ILogger<DatabaseStartup>>(), exception.Message);
            return false;
        }
    }
}

internal static partial class DatabaseLog
{
    [LoggerMessage(110, LogLevel.Critical, "The ERP does not start. {Reason}")]
    public static partial void StartRefused(ILogger logger, string reason);
}
