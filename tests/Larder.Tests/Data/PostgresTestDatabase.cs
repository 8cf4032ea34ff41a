using Larder.Data;
using Npgsql;

namespace Larder.Tests.Data;

/// <summary>A schema of its own in the PostgreSQL of the test run, reached through a relay that counts round trips.</summary>
internal sealed class PostgresTestDatabase : IAsyncDisposable
{
    private readonly string _schema = $"test_{Guid.NewGuid():N}";
    private readonly NpgsqlDataSource _direct;

    private PostgresTestDatabase(string connectionString)
    {
        var settings = new NpgsqlConnectionStringBuilder(connectionString) { SearchPath = _schema, ApplicationName = _schema, MaxPoolSize = 20, IncludeErrorDetail = true };
        _direct = NpgsqlDataSource.Create(settings.ConnectionString);
        Relay = new RoundTripRelay(settings.Host!, settings.Port);
        settings.Host = "127.0.0.1";
        settings.Port = Relay.Port;
        Relayed = NpgsqlDataSource.Create(settings.ConnectionString);
    }

    /// <summary>Between the views and the server.</summary>
    public RoundTripRelay Relay { get; }

    public NpgsqlDataSource Relayed { get; }

    /// <summary>Past the relay.</summary>
    public NpgsqlDataSource Direct => _direct;

    /// <summary>As a host registers it.</summary>
    public SqlDatabase ForViews => new(Relayed);

    /// <summary>Skips the test where there is no server, unless the test run promised one.</summary>
    public static async Task<PostgresTestDatabase> CreateAsync(string? schema = null)
    {
        var connectionString = Environment.GetEnvironmentVariable("LARDER_TEST_POSTGRES");
        if (string.IsNullOrEmpty(connectionString))
        {
            Assert.NotEqual("1", Environment.GetEnvironmentVariable("LARDER_TEST_REQUIRE_SERVICES"));
            Assert.Skip("LARDER_TEST_POSTGRES is not set; ./test.sh sets it.");
        }

        var database = new PostgresTestDatabase(connectionString);
        await database.ExecuteAsync($"CREATE SCHEMA {database._schema}");
        if (schema is not null)
        {
            await database.ExecuteAsync(schema);
        }

        return database;
    }

    /// <summary>Runs a statement beside the views, not through the relay.</summary>
    public async Task ExecuteAsync(string sql)
    {
        await using var command = _direct.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }

    public async Task<T> ScalarAsync<T>(string sql)
    {
        await using var command = _direct.CreateCommand(sql);
        return (T)(await command.ExecuteScalarAsync())!;
    }

    /// <summary>Takes an advisory lock that sections wait for, until it is disposed.</summary>
    public async Task<IAsyncDisposable> HoldAsync(int key)
    {
        var connection = await _direct.OpenConnectionAsync();
        await RunAsync(connection, $"SELECT pg_advisory_lock({key})");
        return new HeldLock(connection, key);
    }

    /// <summary>The views' and the test's own connections that hold a transaction open.</summary>
    public Task<long> CountOpenTransactionsAsync() =>
        ScalarAsync<long>($"SELECT count(*) FROM pg_stat_activity WHERE application_name = '{_schema}' AND state LIKE 'idle in transaction%'");

    public Task UntilSomeoneWaitsForAsync(int key) =>
        Patience.UntilAsync(() => ScalarAsync<bool>($"SELECT EXISTS (SELECT FROM pg_locks WHERE locktype = 'advisory' AND objid = {key} AND NOT granted)"));

    public async ValueTask DisposeAsync()
    {
        await Relayed.DisposeAsync();
        await Relay.DisposeAsync();
        await ExecuteAsync($"DROP SCHEMA {_schema} CASCADE");
        await _direct.DisposeAsync();
    }

    private static async Task RunAsync(NpgsqlConnection connection, string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }

    // A pooled connection keeps its locks until it is used again, so the lock is given back by name.
    private sealed class HeldLock(NpgsqlConnection connection, int key) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync()
        {
            await RunAsync(connection, $"SELECT pg_advisory_unlock({key})");
            await connection.DisposeAsync();
        }
    }
}
