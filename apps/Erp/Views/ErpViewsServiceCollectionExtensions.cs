using Erp.Database;
using Larder.Data;
using Larder.Views;
using Microsoft.Data.Sqlite;

namespace Erp.Views;

/// <summary>Registers what the views stand on: Larder over the ERP's database, whose writes it follows.</summary>
internal static class ErpViewsServiceCollectionExtensions
{
    private const string TagName = "erp";
    private const decimal StoredTenThousandths = 10_000;

    // SQLite works on the caller's thread: no more are busy at a time than there are threads that run, and some wait for the disk.
    private static readonly int KeptConnections = 4 * Environment.ProcessorCount;

    public static IServiceCollection AddErpViews(this IServiceCollection services)
    {
        services.AddLarder();
        services.AddTrackedDatabase(provider => Describe(provider.GetRequiredService<ErpDataSource>()));
        services.Configure<ViewOptions>(options =>
        {
            options.Application = "consumer";
            ErpJson.Configure(options.Json);
        });
        return services;
    }

    private static TrackedDatabaseOptions Describe(ErpDataSource source) => source.Dialect.Kind == DatabaseKind.Sqlite
        ? new TrackedDatabaseOptions
        {
            DataSource = source.Provider,
            Dialect = Larder.SqlAnalysis.SqlDialect.Sqlite,
            TagName = TagName,
            Declarations = ErpTracking.Declarations(source.Dialect.Kind),
            Discard = static connection => SqliteConnection.ClearPool((SqliteConnection)connection),
            Views = new SqlDatabaseOptions
            {
                IntegerDecimalScale = StoredTenThousandths,
                ConvertParameter = source.Dialect.ToParameter,
                Interrupt = static connection => SQLitePCL.raw.sqlite3_interrupt(((SqliteConnection)connection).Handle),
                BeginSnapshot = "BEGIN",
                Explain = "EXPLAIN QUERY PLAN",
                KeptConnections = KeptConnections,
            },
        }
        : new TrackedDatabaseOptions
        {
            DataSource = source.Provider,
            Dialect = Larder.SqlAnalysis.SqlDialect.PostgreSql,
            TagName = TagName,
            Declarations = ErpTracking.Declarations(source.Dialect.Kind),
            Views = new SqlDatabaseOptions { ConvertParameter = source.Dialect.ToParameter, UsesPositionalParameters = true },
        };
}
