using System.Data.Common;
using Dapper;
using Erp.Database;

namespace Erp.Writes;

/// <summary>One run of one write: its transaction, and the time that every row of it carries.</summary>
/// <param name="now">In whole seconds, as both databases keep it.</param>
internal sealed class WriteContext(
    DbConnection connection, DbTransaction transaction, DatabaseKind kind, DateTimeOffset now, CancellationToken cancellationToken)
{
    public DateTimeOffset Now { get; } = now;

    /// <summary>Ends a SELECT whose rows are then changed. SQLite's transaction is the only writer anyway.</summary>
    public string ForUpdate { get; } = kind == DatabaseKind.PostgreSql ? " FOR UPDATE" : "";

    /// <summary>Ends a SELECT of rows that another writer may as well take care of.</summary>
    public string ForUpdateOfFreeRows { get; } = kind == DatabaseKind.PostgreSql ? " FOR UPDATE SKIP LOCKED" : "";

    /// <summary>The condition that a column is among an array parameter. Dapper writes out the elements where the driver has no arrays.</summary>
    public string In(string column, string parameter) =>
        kind == DatabaseKind.PostgreSql ? $"{column} = ANY(@{parameter})" : $"{column} IN @{parameter}";

    public Task<int> ExecuteAsync(string sql, object? parameters = null) => connection.ExecuteAsync(Command(sql, parameters));

    public async Task<IReadOnlyList<T>> QueryAsync<T>(string sql, object? parameters = null) =>
        (await connection.QueryAsync<T>(Command(sql, parameters))).AsList();

    public Task<T?> FindAsync<T>(string sql, object? parameters = null) =>
        connection.QuerySingleOrDefaultAsync<T>(Command(sql, parameters));

    public Task<T> SingleAsync<T>(string sql, object? parameters = null) => connection.QuerySingleAsync<T>(Command(sql, parameters));

    /// <summary>The next number of a <see cref="NumberSeries"/>, which stays locked until the transaction ends: it is taken last.</summary>
    public Task<string> NextNumberAsync(string series) => NumberSeries.NextAsync(connection, transaction, series, cancellationToken);

    private CommandDefinition Command(string sql, object? parameters) =>
        new(sql, parameters, transaction, cancellationToken: cancellationToken);
}
