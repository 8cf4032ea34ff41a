using System.Data.Common;
using Larder.Caching;
using Larder.Data.QueryCaching;
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
    private readonly QueryCache? _queries;

    internal TrackedDataSource(TrackedDatabase database, QueryCache? queries = null) => (_database, _queries) = (database, queries);

    /// <summary>The data source underneath. What is written through it is not seen.</summary>
    public DbDataSource InnerDataSource => _database.Options.DataSource;

    /// <inheritdoc />
    public override string ConnectionString => InnerDataSource.ConnectionString;

    internal TrackedDatabase Database => _database;

    /// <summary>
    /// A data source over the same database that answers queries from the cache where it can: those whose reads are tracked, run asynchronously and outside of a
    /// transaction. What is served is dropped when something it read is written, by row or by table. All else works as through this one.
    /// </summary>
    /// <param name="cache">Where results are kept.</param>
    /// <param name="options">What is kept; null for the defaults.</param>
    /// <returns>The data source. It shares this one's database, and need not be disposed.</returns>
    /// <exception cref="ArgumentException">An option is out of its bounds, or there is no such policy.</exception>
    public TrackedDataSource WithQueryCache(LarderCache cache, QueryCacheOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(cache);
        return new(_database, new QueryCache(cache, options ?? new QueryCacheOptions(), cache.Time));
    }

    /// <summary>What each query did since the process started, the one run most often first; empty without a query cache.</summary>
    public IReadOnlyList<QueryStatistics> GetQueryStatistics() => _queries?.Statistics ?? [];

    /// <inheritdoc />
    protected override DbConnection CreateDbConnection()
    {
        var inner = InnerDataSource.CreateConnection();
        return !_database.Options.IsTracked ? inner
            : _database.Dialect == SqlDialect.PostgreSql ? new DapperConnections.NpgsqlConnection(_database, inner, _queries)
            : new TrackedConnection(_database, inner, _queries);
    }
}
