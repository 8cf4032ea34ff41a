using System.Data.Common;
using Larder.Data.Tracking;
using Larder.SqlAnalysis;

namespace Larder.Data;

/// <summary>
/// A data source over another one, for ADO.NET and whatever stands on it, such as Dapper. Reads tell the load that they run in what they read; writes are
/// published when their transaction is committed, so that what was cached of them is not served any more once the commit has returned.
/// </summary>
/// <remarks>
/// With the log in this process it is sound while everything that writes to the database goes through it. A connection begins a transaction around each write that
/// would otherwise commit by itself, where the database sends results before it commits (PostgreSQL).
/// </remarks>
public sealed class TrackedDataSource : DbDataSource
{
    private readonly TrackedDatabase _database;

    internal TrackedDataSource(TrackedDatabase database) => _database = database;

    /// <summary>The data source underneath. What is written through it is not seen.</summary>
    public DbDataSource InnerDataSource => _database.Options.DataSource;

    /// <inheritdoc />
    public override string ConnectionString => InnerDataSource.ConnectionString;

    internal TrackedDatabase Database => _database;

    /// <inheritdoc />
    protected override DbConnection CreateDbConnection()
    {
        var inner = InnerDataSource.CreateConnection();
        return !_database.Options.IsTracked ? inner
            : _database.Dialect == SqlDialect.PostgreSql ? new DapperConnections.NpgsqlConnection(_database, inner)
            : new TrackedConnection(_database, inner);
    }
}
