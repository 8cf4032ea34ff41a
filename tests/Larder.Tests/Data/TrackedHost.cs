using System.Data.Common;
using Dapper;
using Larder.Caching;
using Larder.Data;
using Larder.Explain;
using Larder.Freshness;
using Larder.SqlAnalysis;
using Larder.Tests.Caching;
using Larder.Views;
using Microsoft.Extensions.DependencyInjection;

namespace Larder.Tests.Data;

/// <summary>A host with a tracked database of either kind, with items and their parts, and a cache that reads it through Dapper.</summary>
internal sealed class TrackedHost : IAsyncDisposable
{
    public const string Schema = """
        CREATE TABLE items (id INTEGER PRIMARY KEY, name TEXT NOT NULL, price INTEGER NOT NULL);
        CREATE TABLE parts (id INTEGER PRIMARY KEY, item_id INTEGER NOT NULL REFERENCES items (id), label TEXT NOT NULL);
        INSERT INTO items VALUES (1, 'Hammer', 10), (2, 'Saw', 20), (3, 'Rope', 30);
        INSERT INTO parts VALUES (1, 1, 'head'), (2, 1, 'shaft'), (3, 2, 'blade');
        """;

    private readonly SqliteTestDatabase? _sqlite;
    private readonly ServiceProvider _services;

    private TrackedHost(SqliteTestDatabase? sqlite, PostgresTestDatabase? postgres, Func<TrackedDatabaseOptions, TrackedDatabaseOptions>? change)
    {
        (_sqlite, Postgres) = (sqlite, postgres);
        var options = new TrackedDatabaseOptions
        {
            DataSource = Inner,
            Dialect = postgres is null ? SqlDialect.Sqlite : SqlDialect.PostgreSql,
            Views = postgres is null ? SqliteTestDatabase.Options : new SqlDatabaseOptions(),
        };
        _services = new ServiceCollection().AddSingleton<TimeProvider>(Time)
            .AddTrackedDatabase(_ => change is null ? options : change(options))
            .BuildServiceProvider();
    }

    public static TheoryData<SqlDialect> Both => [SqlDialect.Sqlite, SqlDialect.PostgreSql];

    public ManualTimeProvider Time { get; } = new();

    /// <summary>Null on SQLite.</summary>
    public PostgresTestDatabase? Postgres { get; }

    public DbDataSource Inner => _sqlite is null ? Postgres!.Relayed : _sqlite;

    public TrackedDataSource Source => _services.GetRequiredService<TrackedDataSource>();

    public LarderCache Cache => _services.GetRequiredService<LarderCache>();

    public ViewExecutor Executor => _services.GetRequiredService<ViewExecutor>();

    /// <summary>The statements that sections have run.</summary>
    public long Statements => _services.GetRequiredService<SqlDatabase>().Statements;

    public FreshnessNode Node => _services.GetRequiredService<FreshnessNode>();

    public CacheExplainer Explainer => _services.GetRequiredService<CacheExplainer>();

    public IReadSetSource ReadSets => _services.GetRequiredService<IReadSetSource>();

    /// <param name="dialect">Which database; PostgreSQL skips the test where there is none.</param>
    /// <param name="change">Changes the options.</param>
    /// <param name="schema">Other tables than the items and their parts.</param>
    public static async Task<TrackedHost> StartAsync(
        SqlDialect dialect, Func<TrackedDatabaseOptions, TrackedDatabaseOptions>? change = null, string schema = Schema) =>
        dialect == SqlDialect.Sqlite
            ? new TrackedHost(new SqliteTestDatabase(schema), null, change)
            : new TrackedHost(null, await PostgresTestDatabase.CreateAsync(schema), change);

    public async Task<TrackedConnection> OpenAsync() => (TrackedConnection)await Source.OpenConnectionAsync();

    public async Task ExecuteAsync(string sql, object? parameters = null)
    {
        await using var connection = await OpenAsync();
        await connection.ExecuteAsync(sql, parameters);
    }

    /// <summary>Changes the database as another process would.</summary>
    public async Task ExecuteBehindAsync(string sql)
    {
        await using var connection = await Inner.OpenConnectionAsync();
        await connection.ExecuteAsync(sql);
    }

    /// <summary>Reads a column through the cache; the key is the statement and its parameter.</summary>
    public ValueTask<string> ReadAsync(string sql, int id = 0) => Cache.GetOrCreateAsync($"{sql}/{id}", TestCache.Minute, async cancellationToken =>
    {
        await using var connection = await Source.OpenConnectionAsync(cancellationToken);
        return string.Join(',', await connection.QueryAsync<string>(sql, new { id }));
    });

    public ValueTask<string> NameAsync(int id) => ReadAsync("SELECT name FROM items WHERE id = @id", id);

    public ValueTask<string> PartsAsync(int itemId) => ReadAsync("SELECT label FROM parts WHERE item_id = @id ORDER BY id", itemId);

    public bool HasName(int id) => Has("SELECT name FROM items WHERE id = @id", id);

    public bool HasParts(int itemId) => Has("SELECT label FROM parts WHERE item_id = @id ORDER BY id", itemId);

    public bool Has(string sql, int id = 0) => Cache.TryGet<string>($"{sql}/{id}", out _);

    public async ValueTask DisposeAsync()
    {
        await _services.DisposeAsync();
        if (_sqlite is not null)
        {
            await _sqlite.DisposeAsync();
        }

        if (Postgres is not null)
        {
            await Postgres.DisposeAsync();
        }
    }
}
