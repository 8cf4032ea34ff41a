using System.Data.Common;
using Larder.Data;
using Larder.Views.Sources;

namespace Larder.Views.Execution;

/// <summary>The SQL sections of a view as one prepared batch, in a snapshot of its own where one is asked for.</summary>
internal sealed class SqlSectionBatch(SqlDatabase database, DbConnection connection, IReadOnlyList<SectionLoad> loads, long snapshotId)
{
    private bool IsSnapshot => snapshotId != 0;

    /// <summary>
    /// Completes every section that was read, and the one that failed. The others stay as they are, for the caller to run separately.
    /// </summary>
    public async Task RunAsync(SqlTimeLimit limit)
    {
        var batch = CreateBatch();
        await using var disposal = batch.ConfigureAwait(false);
        SectionLoad? current = null;
        try
        {
            await limit.StartAsync(loads[0].Timeout, connection).ConfigureAwait(false);
            await batch.PrepareAsync(limit.Token).ConfigureAwait(false);
            current = loads[0];
            var reader = await batch.ExecuteReaderAsync(limit.Token).ConfigureAwait(false);
            await using var readerDisposal = reader.ConfigureAwait(false);
            for (var i = 0; i < loads.Count; i++)
            {
                current = loads[i];
                if (i > 0)
                {
                    await limit.StartAsync(current.Timeout, connection).ConfigureAwait(false);
                    await reader.NextResultAsync(limit.Token).ConfigureAwait(false);
                }

                await ReadAsync(current, reader, limit.Token).ConfigureAwait(false);
            }

            current = null;
        }
        catch (Exception exception) when (exception is DbException or OperationCanceledException or IOException or TimeoutException)
        {
            // The database names the statement that failed; a time-out is that of the statement being waited for.
            var culprit = exception is DbException { BatchCommand: { } command } ? LoadOf(batch.BatchCommands.IndexOf(command)) : current;
            var failure = SectionFailure.Of(exception, limit.IsReached);
            if (culprit is { IsDone: false } && failure.Kind != SectionFailureKind.Unavailable)
            {
                culprit.Fail(failure);
            }
        }
    }

    private DbBatch CreateBatch()
    {
        var batch = connection.CreateBatch();
        if (IsSnapshot)
        {
            Add(batch, database.Options.BeginSnapshot);
        }

        foreach (var load in loads)
        {
            var command = Add(batch, load.Sql.Text);
            database.AddParameters(command.Parameters, command.CreateParameter, load);
        }

        if (IsSnapshot)
        {
            Add(batch, "COMMIT");
        }

        return batch;
    }

    private static DbBatchCommand Add(DbBatch batch, string text)
    {
        var command = batch.CreateBatchCommand();
        command.CommandText = text;
        batch.BatchCommands.Add(command);
        return command;
    }

    private SectionLoad? LoadOf(int commandIndex)
    {
        var index = IsSnapshot ? commandIndex - 1 : commandIndex;
        return index >= 0 && index < loads.Count ? loads[index] : null;
    }

    /// <summary>Reads one section. What its own code throws is its own failure; what the database throws concerns the whole batch.</summary>
    private async ValueTask ReadAsync(SectionLoad load, DbDataReader reader, CancellationToken cancellationToken)
    {
        try
        {
            load.Succeed(await load.Sql.ReadAsync(new SqlReadContext(reader, database.Values, load.Inputs), cancellationToken).ConfigureAwait(false), snapshotId);
        }
        catch (Exception exception) when (exception is not (DbException or OperationCanceledException or IOException or TimeoutException) && !load.IsDone)
        {
            load.Fail(SectionFailure.Of(exception, isTimedOut: false));
        }
    }
}
