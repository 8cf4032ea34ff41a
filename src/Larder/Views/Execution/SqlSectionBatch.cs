using System.Data.Common;
using Larder.Data;
using Larder.Views.Sources;

namespace Larder.Views.Execution;

/// <summary>The SQL sections of a view as one prepared batch, in a snapshot of its own where one is asked for.</summary>
/// <remarks>
/// A server keeps small results back until the batch has ended, so nobody can tell from outside how long one statement took. All time
/// limits therefore count from the start of the batch, and the shortest one that is still open stops it. The statement that ran then is
/// the one that fails, if its own limit is over; what it held up runs again.
/// </remarks>
internal sealed class SqlSectionBatch(SqlDatabase database, SqlSession session, IReadOnlyList<SectionLoad> loads, long snapshotId, TimeProvider time, ISlowStatementListener? slow)
{
    private readonly long _startedAt = time.GetTimestamp();

    // Of each command, for whom it is.
    private readonly List<(SectionLoad? Load, bool IsProbe)> _commands = [];

    private bool IsSnapshot => snapshotId != 0;

    /// <summary>
    /// Completes every section that was read, and the one that failed. The others stay as they are, for the caller to run separately.
    /// </summary>
    public async Task RunAsync(SqlTimeLimit limit)
    {
        var batch = session.Connection.CreateBatch();
        await using var disposal = batch.ConfigureAwait(false);
        SectionLoad? current = null;
        var isStopped = false;
        try
        {
            AddCommands(batch);
            await limit.StartAsync(ShortestFrom(0), session.Connection).ConfigureAwait(false);
            await batch.PrepareAsync(limit.Token).ConfigureAwait(false);
            current = loads[0];
            database.CountStatements(_commands.Count);
            var reader = await batch.ExecuteReaderAsync(limit.Token).ConfigureAwait(false);
            await using var readerDisposal = reader.ConfigureAwait(false);
            for (var i = 0; i < loads.Count; i++)
            {
                current = loads[i];
                if (i > 0)
                {
                    // What was stopped hands over the results before it first, and only then says so.
                    isStopped |= limit.IsReached;
                    if (isStopped || IsRelieved(i))
                    {
                        await limit.StartAsync(ShortestFrom(i), session.Connection).ConfigureAwait(false);
                    }

                    await reader.NextResultAsync(limit.Token).ConfigureAwait(false);
                }

                await ReadProbesAsync(current, reader, limit.Token).ConfigureAwait(false);
                await ReadAsync(current, reader, limit.Token).ConfigureAwait(false);
            }

            current = null;
        }
        catch (Exception exception)
        {
            // Before the first statement ran nobody is known to be at fault: run separately, each section speaks for itself.
            if (!isStopped && !limit.IsReached && FailedProbe(exception, batch) is { } lookups)
            {
                lookups.Fail(isForGood: IsForGood(exception));
            }
            else if (CulpritOf(exception, batch, current) is { IsDone: false } culprit && FailureOf(exception, culprit, isStopped || limit.IsReached) is { } failure)
            {
                culprit.Fail(failure);
            }

            session.Doubt();
        }
        finally
        {
            await limit.StopAsync().ConfigureAwait(false);
        }

        if (slow is not null && time.GetElapsedTime(_startedAt) is var elapsed && elapsed > slow.Threshold)
        {
            slow.Observe(new SlowStatement(database, loads, elapsed, loads.All(load => load.IsDone)));
        }
    }

    /// <summary>What remains of the shortest time limit among the sections that are not read.</summary>
    private TimeSpan ShortestFrom(int index)
    {
        var remaining = ShortestTimeoutFrom(index) - time.GetElapsedTime(_startedAt);
        return remaining > TimeSpan.Zero ? remaining : TimeSpan.Zero;
    }

    /// <summary>Whether the section read last had the shortest limit, so that the ones from here on have more time.</summary>
    private bool IsRelieved(int index) => loads[index - 1].Timeout < ShortestTimeoutFrom(index);

    private TimeSpan ShortestTimeoutFrom(int index)
    {
        var shortest = loads[index].Timeout;
        for (var i = index + 1; i < loads.Count; i++)
        {
            shortest = loads[i].Timeout < shortest ? loads[i].Timeout : shortest;
        }

        return shortest;
    }

    /// <summary>The database names the statement that failed; otherwise it is the one being waited for.</summary>
    private SectionLoad? CulpritOf(Exception exception, DbBatch batch, SectionLoad? current) =>
        (exception as DbException ?? exception.InnerException as DbException)?.BatchCommand is { } command
            ? CommandOf(batch, command).Load
            : current;

    private (SectionLoad? Load, bool IsProbe) CommandOf(DbBatch batch, DbBatchCommand command) =>
        batch.BatchCommands.IndexOf(command) is >= 0 and var index ? _commands[index] : default;

    // A cached plan that must not change, a lost statement or a server that goes away say nothing of the probe.
    private static bool IsForGood(Exception exception) =>
        (exception as DbException ?? exception.InnerException as DbException) is { IsTransient: false, SqlState: not ("0A000" or "26000") };

    /// <summary>A probe that fails is no failure of its section, which runs again without it.</summary>
    private SectionLookups? FailedProbe(Exception exception, DbBatch batch) =>
        (exception as DbException ?? exception.InnerException as DbException)?.BatchCommand is { } command
            && CommandOf(batch, command) is { Load.Lookups: { } lookups, IsProbe: true }
            ? lookups
            : null;

    /// <summary>Null where the section may be read when it runs again: with its own time, on another connection, or not as it was prepared.</summary>
    private SectionFailure? FailureOf(Exception exception, SectionLoad culprit, bool isStopped)
    {
        // PostgreSQL: 0A000, a cached plan must not change its result type; 26000, the prepared statement does not exist (any more).
        var mayRunAgain = isStopped
            ? time.GetElapsedTime(_startedAt) < culprit.Timeout
            : exception is DbException { SqlState: "0A000" or "26000" };
        var failure = SectionFailure.Of(exception, isStopped);
        return mayRunAgain || failure.Kind == SectionFailureKind.Unavailable ? null : failure;
    }

    private void AddCommands(DbBatch batch)
    {
        batch.Timeout = SqlTimeLimit.SecondsBeyond(loads.Max(load => load.Timeout));
        if (IsSnapshot)
        {
            Add(batch, database.Options.BeginSnapshot, load: null);
        }

        foreach (var load in loads)
        {
            foreach (var probe in load.Lookups?.Probes ?? [])
            {
                var before = Add(batch, database.TextOf(probe), load, isProbe: true);
                database.AddParameters(before.Parameters, before.CreateParameter, load, probe.MentionedInputs);
            }

            var command = Add(batch, database.TextOf(load.Sql), load);
            database.AddParameters(command.Parameters, command.CreateParameter, load);
        }

        if (IsSnapshot)
        {
            Add(batch, "COMMIT", load: null);
        }
    }

    private DbBatchCommand Add(DbBatch batch, string text, SectionLoad? load, bool isProbe = false)
    {
        var command = batch.CreateBatchCommand();
        command.CommandText = text;
        batch.BatchCommands.Add(command);
        _commands.Add((load, isProbe));
        return command;
    }

    private static async ValueTask ReadProbesAsync(SectionLoad load, DbDataReader reader, CancellationToken cancellationToken)
    {
        if (load.Lookups is not { } lookups)
        {
            return;
        }

        // Their results are there even if a value of the first made the others useless.
        for (var remaining = lookups.Probes.Count; remaining > 0; remaining--)
        {
            await lookups.ReadAsync(reader, cancellationToken).ConfigureAwait(false);
            await reader.NextResultAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Reads one section. What its own code throws is its own failure; what the database throws concerns the whole batch.</summary>
    private async ValueTask ReadAsync(SectionLoad load, DbDataReader reader, CancellationToken cancellationToken)
    {
        try
        {
            load.Succeed(await load.Sql.ReadAsync(new SqlReadContext(reader, database.Values, load.Inputs, load.Lookups), cancellationToken).ConfigureAwait(false), snapshotId);
        }
        catch (Exception exception) when (exception is not (DbException or OperationCanceledException or IOException or TimeoutException) && !load.IsDone)
        {
            load.Fail(SectionFailure.Of(exception, isTimedOut: false));
        }
    }
}
