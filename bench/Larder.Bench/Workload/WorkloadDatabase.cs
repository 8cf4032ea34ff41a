using Erp.Database;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace Larder.Bench.Workload;

/// <summary>The data as they are before a run, of which every run gets a copy: a file on SQLite, a database made from a template on PostgreSQL.</summary>
internal sealed class WorkloadDatabase : IAsyncDisposable
{
    private static readonly DateOnly DemonstrationDay = new(2026, 3, 18);
    private static readonly DateOnly AdventureWorksDay = new(2019, 6, 30);

    private readonly string _name = $"larder_workload_{Guid.NewGuid().ToString("N")[..8]}";
    private readonly string _folder = Directory.CreateTempSubdirectory("larder-workload-").FullName;
    private readonly string? _server;
    private readonly List<string> _copies = [];

    private WorkloadDatabase(string? server, DateOnly day) => (_server, Day) = (server, day);

    /// <summary>The last day of the data.</summary>
    public DateOnly Day { get; }

    /// <param name="server">The connection string of a PostgreSQL server on which databases may be made; null: SQLite.</param>
    /// <param name="importFolder">The folder of the AdventureWorks files; null: demonstration data.</param>
    public static async Task<WorkloadDatabase> PrepareAsync(string? server, string? importFolder)
    {
        var database = new WorkloadDatabase(server, importFolder is null ? DemonstrationDay : AdventureWorksDay);
        try
        {
            if (server is not null)
            {
                await database.AdministerAsync($"CREATE DATABASE {database._name}");
            }

            var time = new WorkloadClock(database.Day);
            await using var filled = ErpDatabase.Open(database.ConnectionStringOf(database._name), database._folder, time);
            var options = new DatabaseStartupOptions(importFolder, Path.Combine(database._folder, "import-report.txt"));
            await new DatabaseStartup(filled, options, time, NullLogger<DatabaseStartup>.Instance).RunAsync(CancellationToken.None);
            return database;
        }
        catch
        {
            await database.DisposeAsync();
            throw;
        }
    }

    /// <summary>The AdventureWorks files, where they stand beside or above this program; null: nowhere.</summary>
    public static string? FindAdventureWorks()
    {
        for (var above = new DirectoryInfo(AppContext.BaseDirectory); above is not null; above = above.Parent)
        {
            var candidate = Path.Combine(above.FullName, "shared", "data", "adventureworks");
            if (Directory.Exists(candidate))
            {
                return candidate;
            }
        }

        return null;
    }

    /// <summary>Makes a copy that a run may change, and returns its connection string.</summary>
    public async Task<string> CopyAsync()
    {
        var copy = $"{_name}_{_copies.Count + 1}";
        _copies.Add(copy);
        if (_server is null)
        {
            File.Copy(FileOf(_name), FileOf(copy));
        }
        else
        {
            // A template must have no connections, and those of the pool are idle.
            NpgsqlConnection.ClearAllPools();
            await AdministerAsync($"CREATE DATABASE {copy} TEMPLATE {_name}");
        }

        return ConnectionStringOf(copy);
    }

    public async ValueTask DisposeAsync()
    {
        if (_server is null)
        {
            SqliteConnection.ClearAllPools();
        }
        else
        {
            foreach (var name in _copies.Append(_name))
            {
                await AdministerAsync($"DROP DATABASE IF EXISTS {name} WITH (FORCE)");
            }
        }

        Directory.Delete(_folder, recursive: true);
    }

    private string FileOf(string name) => Path.Combine(_folder, name + ".db");

    private string ConnectionStringOf(string name) => _server is null
        ? new SqliteConnectionStringBuilder { DataSource = FileOf(name) }.ConnectionString
        : new NpgsqlConnectionStringBuilder(_server) { Database = name }.ConnectionString;

    private async Task AdministerAsync(string statement)
    {
        await using var connection = new NpgsqlConnection(_server + ";Pooling=false");
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(statement, connection);
        await command.ExecuteNonQueryAsync();
    }
}
