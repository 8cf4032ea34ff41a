using System.Runtime.CompilerServices;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Erp.Database;

/// <summary>A pooled SQLite connection. Settings live with the physical connection, so they are made when that is new and not at every opening.</summary>
internal sealed class ErpSqliteConnection(string connectionString) : SqliteConnection(connectionString)
{
    // The time limit comes first: changing to WAL may itself have to wait for another process.
    private const string Settings = """
        PRAGMA busy_timeout = 5000;
        PRAGMA journal_mode = WAL;
        PRAGMA synchronous = NORMAL;
        PRAGMA foreign_keys = ON;
        PRAGMA cache_size = -8192;
        PRAGMA mmap_size = 134217728;
        PRAGMA temp_store = MEMORY;
        """;

    private static readonly ConditionalWeakTable<sqlite3, object> Prepared = [];

    public override void Open()
    {
        base.Open();
        if (Handle is not { } physical || Prepared.TryGetValue(physical, out _))
            return;
        try
        {
            using var command = CreateCommand();
            command.CommandText = Settings;
            command.ExecuteNonQuery();
            Prepared.AddOrUpdate(physical, physical);
        }
        catch
        {
            Close();
            throw;
        }
    }
}
