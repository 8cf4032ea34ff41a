using System.Data.Common;
using Larder.Caching;
using Larder.Data;
using Larder.Explain;
using Larder.SqlAnalysis;
using Microsoft.Extensions.DependencyInjection;

namespace Larder.Tests.Data;

/// <summary>A tracked SQLite or PostgreSQL database of its own, in a host as AddTrackedDatabase makes it.</summary>
internal sealed class TrackedTestDatabase : IAsyncDisposable
{
    private readonly ServiceProvider _services;
    private readonly IDisposable _database;

    private TrackedTestDatabase(IDisposable database, DbDataSource source, SqlDialect dialect, Action<LarderCacheOptions>? configure)
    {
        _database = database;
        Inner = source;
        var options = new TrackedDatabaseOptions
        {
            DataSource = source,
            Dialect = dialect,
            Views = dialect == SqlDialect.Sqlite ? SqliteTestDatabase.Options : new SqlDatabaseOptions(),
        };
        _services = new ServiceCollection().AddSingleton<TimeProvider>(Time).AddLarder(configure).AddTrackedDatabase(_ => options).BuildServiceProvider();
    }

    public ManualTimeProvider Time { get; } = new();

    /// <summary>What is written through it is not seen.</summary>
    public DbDataSource Inner { get; }

    public TrackedDataSource Tracked => _services.GetRequiredService<TrackedDataSource>();

    public LarderCache Cache => _services.GetRequiredService<LarderCache>();

    public CacheExplainer Explainer => _services.GetRequiredService<CacheExplainer>();

    public IServiceProvider Services => _services;

    public static TrackedTestDatabase OpenSqlite(string schema, Action<LarderCacheOptions>? configure = null)
    {
        var database = new SqliteTestDatabase(schema);
        return new(database, database, SqlDialect.Sqlite, configure);
    }

    /// <summary>Skips the test where there is no PostgreSQL.</summary>
    public static async Task<TrackedTestDatabase> OpenAsync(SqlDialect dialect, string schema, Action<LarderCacheOptions>? configure = null)
    {
        if (dialect == SqlDialect.Sqlite)
        {
            return OpenSqlite(schema, configure);
        }

        var database = await PostgresTestDatabase.CreateAsync(schema);
        return new(new Dropping(database), database.Relayed, dialect, configure);
    }

    public static async Task<int> ExecuteAsync(DbDataSource source, string sql)
    {
        await using var command = source.CreateCommand(sql);
        return await command.ExecuteNonQueryAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _services.DisposeAsync();
        _database.Dispose();
    }

    private sealed class Dropping(IAsyncDisposable database) : IDisposable
    {
        public void Dispose() => database.DisposeAsync().AsTask().GetAwaiter().GetResult();
    }
}
