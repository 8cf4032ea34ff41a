using System.Data;
using System.Data.Common;
using Larder.Data;
using Larder.Views.Sources;

namespace Larder.Views.Execution;

/// <summary>
/// Reads SQL sections of one database: in one prepared batch, which is one round trip, where the provider has batches; otherwise one
/// after the other on one connection, which is what an embedded database does best. What a failure in a batch leaves unread is run
/// again separately, so that one section's failure never costs another.
/// </summary>
internal sealed class SqlSectionLoader(SqlDatabase database, TimeProvider time)
{
    private static long _lastSnapshot;

    /// <summary>Completes every load, whatever happens.</summary>
    /// <param name="loads">At least one.</param>
    /// <param name="inSnapshot">Whether all are to see one state of the database.</param>
    /// <param name="abandoned">Set when nobody waits for any of them.</param>
    public async Task LoadAsync(IReadOnlyList<SectionLoad> loads, bool inSnapshot, CancellationToken abandoned)
    {
        await using var limit = new SqlTimeLimit(database, time, abandoned);
        var connection = await OpenAsync(loads, limit).ConfigureAwait(false);
        if (connection is null)
        {
            return;
        }

        await using (connection.ConfigureAwait(false))
        {
            if (connection.CanCreateBatch && (inSnapshot || loads.Count > 1))
            {
                await new SqlSectionBatch(database, connection, loads, inSnapshot ? NewSnapshot() : 0).RunAsync(limit).ConfigureAwait(false);
            }
            else if (inSnapshot)
            {
                await RunInTransactionAsync(connection, loads, limit).ConfigureAwait(false);
            }
            else
            {
                await RunEachAsync(connection, loads, limit, snapshotId: 0).ConfigureAwait(false);
            }
        }

        foreach (var unread in loads.Where(load => !load.IsDone).ToArray())
        {
            await LoadAsync([unread], inSnapshot: false, abandoned).ConfigureAwait(false);
        }
    }

    private static long NewSnapshot() => Interlocked.Increment(ref _lastSnapshot);

    private async Task<DbConnection?> OpenAsync(IReadOnlyList<SectionLoad> loads, SqlTimeLimit limit)
    {
        await limit.StartAsync(loads.Max(load => load.Timeout), connection: null).ConfigureAwait(false);
        try
        {
            return await database.DataSource.OpenConnectionAsync(limit.Token).ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            foreach (var load in loads)
            {
                load.Fail(new SectionFailure(limit.IsReached ? SectionFailureKind.Timeout : SectionFailureKind.Unavailable, exception));
            }

            return null;
        }
    }

    private async Task RunInTransactionAsync(DbConnection connection, IReadOnlyList<SectionLoad> loads, SqlTimeLimit limit)
    {
        try
        {
            await ExecuteAsync(connection, database.Options.BeginSnapshot, limit.Token).ConfigureAwait(false);
            await RunEachAsync(connection, loads, limit, NewSnapshot()).ConfigureAwait(false);
            await ExecuteAsync(connection, "COMMIT", CancellationToken.None).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is DbException or OperationCanceledException)
        {
            // Reads only: what is unread now runs again without the snapshot.
        }
    }

    private static async Task ExecuteAsync(DbConnection connection, string text, CancellationToken cancellationToken)
    {
        var command = connection.CreateCommand();
        await using var disposal = command.ConfigureAwait(false);
        command.CommandText = text;
        await command.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
    }

    private async Task RunEachAsync(DbConnection connection, IReadOnlyList<SectionLoad> loads, SqlTimeLimit limit, long snapshotId)
    {
        foreach (var load in loads)
        {
            await RunAsync(connection, load, limit, snapshotId).ConfigureAwait(false);
            if (connection.State != ConnectionState.Open)
            {
                return;
            }
        }
    }

    private async Task RunAsync(DbConnection connection, SectionLoad load, SqlTimeLimit limit, long snapshotId)
    {
        await limit.StartAsync(load.Timeout, connection).ConfigureAwait(false);
        try
        {
            var command = connection.CreateCommand();
            await using var disposal = command.ConfigureAwait(false);
            command.CommandText = load.Sql.Text;
            database.AddParameters(command.Parameters, command.CreateParameter, load);
            var reader = await command.ExecuteReaderAsync(limit.Token).ConfigureAwait(false);
            await using var readerDisposal = reader.ConfigureAwait(false);
            load.Succeed(await load.Sql.ReadAsync(new SqlReadContext(reader, database.Values, load.Inputs), limit.Token).ConfigureAwait(false), snapshotId);
        }
        catch (Exception exception) when (!load.IsDone)
        {
            load.Fail(SectionFailure.Of(exception, limit.IsReached));
        }
    }
}
