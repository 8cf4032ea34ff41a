using System.Data;
using System.Data.Common;
using Larder.Data;
using Larder.Views.Sources;

namespace Larder.Views.Execution;

/// <summary>
/// Reads SQL sections of one database: in one prepared batch, which is one round trip, where the provider has batches; otherwise one
/// after the other on one connection, which is what an embedded database does best. What a failure leaves unread is run again
/// separately, so that one section's failure never costs another.
/// </summary>
internal sealed class SqlSectionLoader(SqlDatabase database, TimeProvider time, ISlowStatementListener? slow)
{
    private static long _lastSnapshot;

    /// <summary>The values that the section's statement is run with, as they are bound.</summary>
    public List<KeyValuePair<string, object?>> ParametersOf(SectionLoad load)
    {
        List<KeyValuePair<string, object?>> parameters = [];
        foreach (var name in load.Sql.MentionedInputs)
        {
            var value = load.Inputs.Find(name).Value;
            parameters.Add(new(name, value is null ? null : database.Options.ConvertParameter(value)));
        }

        return parameters;
    }

    /// <summary>Completes every load, whatever happens.</summary>
    /// <param name="loads">At least one.</param>
    /// <param name="inSnapshot">Whether all are to see one state of the database.</param>
    /// <param name="abandoned">Set when nobody waits for any of them.</param>
    public async Task LoadAsync(IReadOnlyList<SectionLoad> loads, bool inSnapshot, CancellationToken abandoned)
    {
        await using var limit = new SqlTimeLimit(database, time, abandoned);
        await RunTogetherAsync(loads, inSnapshot, limit).ConfigureAwait(false);

        // Each round completes at least the first: it has another one only where a connection broke.
        while (loads.Where(load => !load.IsDone).ToArray() is { Length: > 0 } unread)
        {
            await RunSeparatelyAsync(unread, limit).ConfigureAwait(false);
        }
    }

    private async Task RunTogetherAsync(IReadOnlyList<SectionLoad> loads, bool inSnapshot, SqlTimeLimit limit)
    {
        var session = await OpenAsync(loads, limit).ConfigureAwait(false);
        if (session is null)
        {
            return;
        }

        await using var disposal = session.ConfigureAwait(false);
        var snapshotId = inSnapshot ? Interlocked.Increment(ref _lastSnapshot) : 0;
        if (session.Connection.CanCreateBatch)
        {
            await new SqlSectionBatch(database, session, loads, snapshotId, time, slow).RunAsync(limit).ConfigureAwait(false);
        }
        else if (inSnapshot)
        {
            await RunInTransactionAsync(session, loads, limit, snapshotId).ConfigureAwait(false);
        }
        else
        {
            await RunEachAsync(session, loads, limit, snapshotId, mayRetry: true).ConfigureAwait(false);
        }
    }

    private async Task RunSeparatelyAsync(IReadOnlyList<SectionLoad> loads, SqlTimeLimit limit)
    {
        foreach (var load in loads)
        {
            load.Lookups?.GiveUp();
        }

        if (await OpenAsync(loads, limit).ConfigureAwait(false) is { } session)
        {
            await using var disposal = session.ConfigureAwait(false);
            await RunEachAsync(session, loads, limit, snapshotId: 0, mayRetry: false).ConfigureAwait(false);
        }
    }

    /// <summary>Opens a connection; where there is none to be had, every load fails.</summary>
    private async Task<SqlSession?> OpenAsync(IReadOnlyList<SectionLoad> loads, SqlTimeLimit limit)
    {
        await limit.StartAsync(loads.Max(load => load.Timeout), connection: null).ConfigureAwait(false);
        try
        {
            return await database.Sessions.OpenAsync(limit.Token).ConfigureAwait(false);
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

    private async Task RunInTransactionAsync(SqlSession session, IReadOnlyList<SectionLoad> loads, SqlTimeLimit limit, long snapshotId)
    {
        try
        {
            await ExecuteAsync(session.Connection, database.Options.BeginSnapshot, limit.Token).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is DbException or OperationCanceledException)
        {
            // What is unread now runs again without the snapshot.
            session.Doubt();
            return;
        }

        try
        {
            await RunEachAsync(session, loads, limit, snapshotId, mayRetry: true).ConfigureAwait(false);
        }
        finally
        {
            await EndTransactionAsync(session).ConfigureAwait(false);
        }
    }

    /// <summary>A pool does not end transactions that were begun by a statement: the next user of the connection would read old data.</summary>
    private static async Task EndTransactionAsync(SqlSession session)
    {
        try
        {
            await ExecuteAsync(session.Connection, "COMMIT", CancellationToken.None).ConfigureAwait(false);
        }
        catch (DbException)
        {
            // It only read, and the database has ended the transaction by itself.
            session.Doubt();
        }
    }

    private static async Task ExecuteAsync(DbConnection connection, string text, CancellationToken cancellationToken)
    {
        var command = connection.CreateCommand();
        await using var disposal = command.ConfigureAwait(false);
        command.CommandText = text;
        await command.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
    }

    private async Task RunEachAsync(SqlSession session, IReadOnlyList<SectionLoad> loads, SqlTimeLimit limit, long snapshotId, bool mayRetry)
    {
        foreach (var load in loads.Where(load => !load.IsDone))
        {
            await RunAsync(session, load, limit, snapshotId, mayRetry).ConfigureAwait(false);
            if (session.Connection.State != ConnectionState.Open)
            {
                return;
            }
        }
    }

    private async Task RunAsync(SqlSession session, SectionLoad load, SqlTimeLimit limit, long snapshotId, bool mayRetry)
    {
        load.Start();
        await limit.StartAsync(load.Timeout, session.Connection).ConfigureAwait(false);
        var startedAt = time.GetTimestamp();
        var isCompleted = false;
        try
        {
            DbCommand? command = null;
            try
            {
                await ProbeAsync(session, load, limit.Token).ConfigureAwait(false);
                command = session.Take(database.TextOf(load.Sql));
                load.Succeed(await ReadAsync(command, load, limit.Token).ConfigureAwait(false), snapshotId);
                isCompleted = true;
            }
            catch
            {
                session.Doubt();
                throw;
            }
            finally
            {
                await limit.StopAsync().ConfigureAwait(false);
                if (command is not null)
                {
                    await session.ReleaseAsync(command).ConfigureAwait(false);
                }
            }
        }
        catch (Exception exception)
        {
            var failure = SectionFailure.Of(exception, limit.IsReached);
            var isLeftForRetry = mayRetry && failure.Kind == SectionFailureKind.Unavailable && session.Connection.State != ConnectionState.Open;
            if (!load.IsDone && !isLeftForRetry)
            {
                load.Fail(failure);
            }
        }

        if (slow is not null && time.GetElapsedTime(startedAt) is var elapsed && elapsed > slow.Threshold)
        {
            slow.Observe(new SlowStatement(database, [load], elapsed, isCompleted));
        }
    }

    /// <summary>Runs what its rows are looked up by. A failure only means that nobody knows.</summary>
    private async ValueTask ProbeAsync(SqlSession session, SectionLoad load, CancellationToken cancellationToken)
    {
        foreach (var probe in load.Lookups?.Probes ?? [])
        {
            var command = session.Take(database.TextOf(probe));
            try
            {
                command.CommandTimeout = SqlTimeLimit.SecondsBeyond(load.Timeout);
                database.AddParameters(command.Parameters, command.CreateParameter, load, probe.MentionedInputs);
                database.CountStatements(1);
                var reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
                await using var disposal = reader.ConfigureAwait(false);
                await load.Lookups!.ReadAsync(reader, cancellationToken).ConfigureAwait(false);
            }
            catch (DbException) when (!cancellationToken.IsCancellationRequested && session.Connection.State == ConnectionState.Open)
            {
                session.Doubt();
                load.Lookups!.Fail(isForGood: true);
                return;
            }
            finally
            {
                await session.ReleaseAsync(command).ConfigureAwait(false);
            }
        }
    }

    private async ValueTask<object?> ReadAsync(DbCommand command, SectionLoad load, CancellationToken cancellationToken)
    {
        command.CommandTimeout = SqlTimeLimit.SecondsBeyond(load.Timeout);
        database.AddParameters(command.Parameters, command.CreateParameter, load);
        database.CountStatements(1);
        var reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
        await using var disposal = reader.ConfigureAwait(false);
        return await load.Sql.ReadAsync(new SqlReadContext(reader, database.Values, load.Inputs, load.Lookups), cancellationToken).ConfigureAwait(false);
    }
}
