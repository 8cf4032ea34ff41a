using Dapper;
using Erp.Database;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace Larder.Bench.Databases;

/// <summary>A database with the ERP's data in it, and what is needed to reach and to meter it.</summary>
/// <param name="ServerProcessId">PostgreSQL's postmaster where it is this run's own; null: its CPU time is not known.</param>
/// <param name="ProductIds">Every product.</param>
internal sealed record BenchDatabase(DatabaseKind Kind, string ConnectionString, string Version, int? ServerProcessId, long[] ProductIds)
{
    public const string PostgreSqlVariable = "LARDER_BENCH_POSTGRES";

    public string Name => Kind == DatabaseKind.PostgreSql ? $"PostgreSQL {Version}" : $"SQLite {Version}";

    /// <summary>Fills an empty database as the ERP does at its first start and reads what a run needs to know of it.</summary>
    /// <param name="importFolder">The canonical CSV files; null: the ERP's demonstration data.</param>
    public static async Task<BenchDatabase> PrepareAsync(
        string connectionString, int? serverProcessId, string? importFolder, CancellationToken cancellationToken)
    {
        var folder = Directory.CreateTempSubdirectory("larder-bench-import-").FullName;
        try
        {
            await using var database = ErpDatabase.Open(connectionString, folder, TimeProvider.System);
            var options = new DatabaseStartupOptions(importFolder, Path.Combine(folder, "import-report.txt"));
            await new DatabaseStartup(database, options, TimeProvider.System, NullLogger<DatabaseStartup>.Instance).RunAsync(cancellationToken);
            await using var connection = await database.DataSource.OpenConnectionAsync(cancellationToken);
            if (database.Kind == DatabaseKind.PostgreSql)
            {
                await connection.ExecuteAsync("VACUUM (ANALYZE)");
            }

            var ids = await connection.QueryAsync<long>("SELECT id FROM products ORDER BY id");
            var version = connection is NpgsqlConnection server ? server.PostgreSqlVersion.ToString() : connection.ServerVersion;
            return new BenchDatabase(database.Kind, connectionString, version, serverProcessId, [.. ids]);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
