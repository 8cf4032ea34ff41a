using Dapper;
using Erp.Database;
using Erp.Tests.Writes;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

[assembly: AssemblyFixture(typeof(WritesTemplates))]

namespace Erp.Tests.Writes;

/// <summary>A filled database of either kind, made once and copied for every test.</summary>
public sealed class WritesTemplates : IAsyncDisposable
{
    private const string PostgresVariable = "LARDER_TEST_POSTGRES";

    private readonly string _folder = Directory.CreateTempSubdirectory("erp-writes-").FullName;
    private readonly string _template = $"writes_{Guid.NewGuid():N}";
    private readonly Lazy<Task> _sqlite;
    private readonly Lazy<Task> _postgres;
    private readonly SemaphoreSlim _copying = new(1, 1);
    private int _copies;

    public WritesTemplates()
    {
        _sqlite = new Lazy<Task>(() => FillAsync(ConnectionString(Db.Sqlite, _template)));
        _postgres = new Lazy<Task>(async () =>
        {
            await ExecuteAsync($"CREATE DATABASE {_template}");
            await FillAsync(ConnectionString(Db.PostgreSql, _template));
        });
    }

    private static string? Postgres => Environment.GetEnvironmentVariable(PostgresVariable);

    internal async Task<string> CopyAsync(Db database)
    {
        var copy = $"{_template}_{Interlocked.Increment(ref _copies)}";
        if (database == Db.Sqlite)
        {
            await _sqlite.Value;
            File.Copy(Path.Combine(_folder, _template + ".db"), Path.Combine(_folder, copy + ".db"));
            return ConnectionString(database, copy);
        }
        if (string.IsNullOrEmpty(Postgres))
        {
            Assert.NotEqual("1", Environment.GetEnvironmentVariable("LARDER_TEST_REQUIRE_SERVICES"));
            Assert.Skip($"{PostgresVariable} is not set; ./test.sh sets it.");
        }
        await _postgres.Value;
        await _copying.WaitAsync();
        try
        {
            await ExecuteAsync($"CREATE DATABASE {copy} TEMPLATE {_template}");
        }
        finally
        {
            _copying.Release();
        }
        return ConnectionString(database, copy);
    }

    public async ValueTask DisposeAsync()
    {
        if (_postgres.IsValueCreated)
        {
            foreach (var copy in Enumerable.Range(1, _copies).Select(i => $"{_template}_{i}").Append(_template))
                await ExecuteAsync($"DROP DATABASE IF EXISTS {copy} WITH (FORCE)");
        }
        Directory.Delete(_folder, recursive: true);
        _copying.Dispose();
    }

    private string ConnectionString(Db database, string name) => database == Db.Sqlite
        ? $"Data Source={Path.Combine(_folder, name + ".db")}"
        : new NpgsqlConnectionStringBuilder(Postgres) { Database = name, Pooling = true }.ConnectionString;

    private async Task FillAsync(string connectionString)
    {
        await using var database = ErpDatabase.Open(connectionString, _folder, TimeProvider.System);
        await new MigrationRunner(database, TimeProvider.System, NullLogger.Instance).RunAsync(CancellationToken.None);
        await database.WriteAsync(
            async (connection, transaction, _) => await connection.ExecuteAsync(WritesData.Sql(database.Dialect), transaction: transaction),
            CancellationToken.None);
        if (database.Kind == DatabaseKind.Sqlite)
        {
            // Only the file itself is copied.
            await using var connection = await database.DataSource.OpenConnectionAsync();
            await connection.ExecuteAsync("PRAGMA wal_checkpoint(TRUNCATE)");
        }
        else
        {
            await using var connection = new NpgsqlConnection(connectionString);
            NpgsqlConnection.ClearPool(connection);
        }
    }

    private static async Task ExecuteAsync(string sql)
    {
        await using var connection = new NpgsqlConnection(Postgres);
        await connection.OpenAsync();
        await connection.ExecuteAsync(sql);
    }
}
