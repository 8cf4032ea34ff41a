using Erp.Database;
using Larder.Data;
using Larder.Views;
using Microsoft.Data.Sqlite;

namespace Erp.Views;

/// <summary>Registers what the views stand on: Larder over the ERP's database.</summary>
internal static class ErpViewsServiceCollectionExtensions
{
    private const decimal StoredTenThousandths = 10_000;

    // SQLite works on the caller's thread: no more are busy at a time than there are threads that run, and some wait for the disk.
    private static readonly int KeptConnections = 4 * Environment.ProcessorCount;

    public static IServiceCollection AddErpViews(this IServiceCollection services)
    {
        services.AddLarder();
        services.AddSingleton(provider => DatabaseOf(provider.GetRequiredService<ErpDatabase>()));
        services.Configure<ViewOptions>(options =>
        {
            options.Application = "consumer";
            ErpJson.Configure(options.Json);
        });
        return services;
    }

    private static SqlDatabase DatabaseOf(ErpDatabase database) => new(
        database.DataSource,
        database.Kind == DatabaseKind.Sqlite
            ? new SqlDatabaseOptions
            {
                IntegerDecimalScale = StoredTenThousandths,
                ConvertParameter = database.Dialect.ToParameter,
                Interrupt = static connection => SQLitePCL.raw.sqlite3_interrupt(((SqliteConnection)connection).Handle),
                BeginSnapshot = "BEGIN",
                Explain = "EXPLAIN QUERY PLAN",
                KeptConnections = KeptConnections,
            }
            : new SqlDatabaseOptions { ConvertParameter = database.Dialect.ToParameter, UsesPositionalParameters = true });
}
