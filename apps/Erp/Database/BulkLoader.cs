using System.Data.Common;
using Larder.Data;
using Npgsql;

namespace Erp.Database;

/// <summary>Puts many rows into a table, within the caller's transaction, by the fastest way the database has.</summary>
internal abstract class BulkLoader
{
    /// <summary>Loads the rows, whose values stand in the order of <see cref="TableDefinition.Columns"/>, and returns their number.</summary>
    public abstract Task<long> LoadAsync(TableDefinition table, IAsyncEnumerable<object?[]> rows, CancellationToken cancellationToken);

    /// <summary>Called once after the last table: generated ids go on after the highest loaded one.</summary>
    public abstract Task FinishAsync(IEnumerable<TableDefinition> tables, CancellationToken cancellationToken);

    public Task<long> LoadAsync(TableDefinition table, IEnumerable<object?[]> rows, CancellationToken cancellationToken) =>
        LoadAsync(table, rows.ToAsyncEnumerable(), cancellationToken);

    /// <summary>
    /// The connection must be in the transaction already; both drivers have one transaction a connection. Of a tracked one every table counts as written.
    /// </summary>
    public static BulkLoader For(DbConnection connection)
    {
        if (connection is TrackedConnection tracked)
            connection = tracked.GetInnerConnection([.. ErpTables.All.Select(table => table.Name)]);
        return connection is NpgsqlConnection postgres
            ? new PostgreSqlBulkLoader(postgres)
            : new SqliteBulkLoader((Microsoft.Data.Sqlite.SqliteConnection)connection);
    }
}
