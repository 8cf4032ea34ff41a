using System.Data;
using System.Data.Common;
using Larder.SqlAnalysis;
using Larder.SqlAnalysis.Statements;

namespace Larder.Data.Tracking;

/// <summary>
/// Reads, before a commit and in its transaction, the parents of the children that were written, for the tags of declared parent paths. What it does not read counts
/// as any parent. PostgreSQL locks the parents until the commit; where the transaction reads a snapshot, that could fail it, so nothing is read there.
/// </summary>
internal static class ParentReader
{
    public static async ValueTask ReadAsync(
        PendingWrites pending, DbConnection connection, DbTransaction transaction, SqlDialect dialect, bool isAsync, CancellationToken cancellationToken)
    {
        if (pending.ParentQueries() is not { Count: > 0 } queries || !MayRead(transaction, dialect))
        {
            return;
        }

        try
        {
            // A second round trip at most, where the provider has batches.
            if (connection.CanCreateBatch)
            {
                await ReadTogetherAsync(pending, queries, connection, transaction, isAsync, cancellationToken).ConfigureAwait(false);
            }
            else
            {
                await ReadEachAsync(pending, queries, connection, transaction, isAsync, cancellationToken).ConfigureAwait(false);
            }
        }
        catch (DbException) when (dialect == SqlDialect.Sqlite)
        {
            // The transaction is as it was; the parents count as any.
        }
    }

    private static bool MayRead(DbTransaction transaction, SqlDialect dialect) =>
        dialect == SqlDialect.Sqlite || transaction.IsolationLevel is IsolationLevel.ReadCommitted or IsolationLevel.Unspecified;

    private static async ValueTask ReadTogetherAsync(
        PendingWrites pending, IReadOnlyList<ParentQuery> queries, DbConnection connection, DbTransaction transaction, bool isAsync, CancellationToken cancellationToken)
    {
        var batch = connection.CreateBatch();
        await using var disposal = batch.ConfigureAwait(false);
        batch.Transaction = transaction;
        foreach (var query in queries)
        {
            var command = batch.CreateBatchCommand();
            command.CommandText = query.Text;
            Bind(query, command.Parameters, command.CreateParameter);
            batch.BatchCommands.Add(command);
        }

        var reader = await new InnerWork(batch).ExecuteReaderAsync(CommandBehavior.Default, isAsync, cancellationToken).ConfigureAwait(false);
        await using var readerDisposal = reader.ConfigureAwait(false);
        foreach (var query in queries)
        {
            pending.AddParents(query, await RowsAsync(reader, isAsync, cancellationToken).ConfigureAwait(false));
            _ = isAsync ? await reader.NextResultAsync(cancellationToken).ConfigureAwait(false) : reader.NextResult();
        }
    }

    private static async ValueTask ReadEachAsync(
        PendingWrites pending, IReadOnlyList<ParentQuery> queries, DbConnection connection, DbTransaction transaction, bool isAsync, CancellationToken cancellationToken)
    {
        foreach (var query in queries)
        {
            var command = connection.CreateCommand();
            await using var disposal = command.ConfigureAwait(false);
            command.Transaction = transaction;
            command.CommandText = query.Text;
            Bind(query, command.Parameters, command.CreateParameter);
            var reader = await new InnerWork(command).ExecuteReaderAsync(CommandBehavior.Default, isAsync, cancellationToken).ConfigureAwait(false);
            await using var readerDisposal = reader.ConfigureAwait(false);
            pending.AddParents(query, await RowsAsync(reader, isAsync, cancellationToken).ConfigureAwait(false));
        }
    }

    private static void Bind(ParentQuery query, DbParameterCollection parameters, Func<DbParameter> create)
    {
        foreach (var (name, value) in query.Parameters)
        {
            var parameter = create();
            parameter.ParameterName = name;
            parameter.Value = value;
            parameters.Add(parameter);
        }
    }

    private static async ValueTask<List<object?[]>> RowsAsync(DbDataReader reader, bool isAsync, CancellationToken cancellationToken)
    {
        List<object?[]> rows = [];
        while (isAsync ? await reader.ReadAsync(cancellationToken).ConfigureAwait(false) : reader.Read())
        {
            var row = new object?[reader.FieldCount];
            reader.GetValues(row!);
            rows.Add(row);
        }

        return rows;
    }
}
