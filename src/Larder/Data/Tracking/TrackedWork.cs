using System.Data;
using System.Data.Common;
using System.Runtime.InteropServices;
using Larder.Freshness;
using Larder.SqlAnalysis.Statements;

namespace Larder.Data.Tracking;

/// <summary>What executing a command and executing a batch have in common.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly struct TrackedWork
{
    private readonly TrackedConnection _connection;

    public TrackedWork(TrackedConnection connection, InnerWork inner) => (_connection, Inner) = (connection, inner);

    public InnerWork Inner { get; }

    private TrackedSession Session => _connection.Session;

    /// <summary>Whether the text neither writes nor touches the transaction or the session.</summary>
    public static bool OnlyReads(in WorkPart part) => part.Text is { IsReadOnly: true, TaintsSession: false };

    /// <summary>Says what is about to be read, before it is.</summary>
    public void Report(in WorkPart part)
    {
        if (ReadScope.Current is { } scope)
        {
            Session.Report(scope, part);
        }
    }

    public WriteRun Run(SqlAnalyzer analyzer, WorkPart[] parts) => new(Session, _connection.Provider, analyzer, Inner, parts);

    public async ValueTask<int> ExecuteNonQueryAsync(WriteRun run, bool isAsync, CancellationToken cancellationToken)
    {
        int affected;
        try
        {
            if (run.Recorder is null)
            {
                affected = await Inner.ExecuteNonQueryAsync(isAsync, cancellationToken).ConfigureAwait(false);
            }
            else
            {
                await ReadAllAsync(run, isAsync, cancellationToken).ConfigureAwait(false);
                affected = (int)run.Recorder.Count;
            }
        }
        catch (Exception exception)
        {
            await run.FailAsync(exception, isAsync).ConfigureAwait(false);
            throw;
        }

        await run.EndAsync(affected, isAsync).ConfigureAwait(false);
        return affected;
    }

    public async ValueTask<object?> ExecuteScalarAsync(WriteRun run, bool isAsync, CancellationToken cancellationToken)
    {
        object? first;
        try
        {
            first = await ReadAllAsync(run, isAsync, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            await run.FailAsync(exception, isAsync).ConfigureAwait(false);
            throw;
        }

        await run.EndAsync(run.Recorder?.Count ?? -1, isAsync).ConfigureAwait(false);
        return first;
    }

    public async ValueTask<DbDataReader> ExecuteReaderAsync(WriteRun? run, CommandBehavior behavior, int results, bool isAsync, CancellationToken cancellationToken)
    {
        var connection = _connection;
        try
        {
            // The connection is closed by the tracked one. A write is run to its end, and what it returns is looked at out of order.
            var asked = behavior & ~CommandBehavior.CloseConnection;
            asked = run is null ? asked : asked & ~(CommandBehavior.SingleRow | CommandBehavior.SequentialAccess);
            var reader = await Inner.ExecuteReaderAsync(asked, isAsync, cancellationToken).ConfigureAwait(false);
            connection.Session.OpenReaders++;
            return new TrackedReader(connection, reader, run, ReadScope.Current, behavior, results);
        }
        catch (Exception exception)
        {
            if (run is not null)
            {
                await run.FailAsync(exception, isAsync).ConfigureAwait(false);
            }

            if (behavior.HasFlag(CommandBehavior.CloseConnection))
            {
                await connection.CloseAsync(isAsync).ConfigureAwait(false);
            }

            throw;
        }
    }

    /// <summary>Reads every row of every result, and returns the first value of the first.</summary>
    private async ValueTask<object?> ReadAllAsync(WriteRun run, bool isAsync, CancellationToken cancellationToken)
    {
        var reader = await Inner.ExecuteReaderAsync(CommandBehavior.Default, isAsync, cancellationToken).ConfigureAwait(false);
        try
        {
            object? first = null;
            var isFirst = true;
            do
            {
                while (isAsync ? await reader.ReadAsync(cancellationToken).ConfigureAwait(false) : reader.Read())
                {
                    if (isFirst && reader.FieldCount > 0)
                    {
                        first = reader.GetValue(0);
                    }

                    isFirst = false;
                    run.Recorder?.Record(reader);
                }

                isFirst = false;
            }
            while (isAsync ? await reader.NextResultAsync(cancellationToken).ConfigureAwait(false) : reader.NextResult());

            return first;
        }
        finally
        {
            if (isAsync)
            {
                await reader.DisposeAsync().ConfigureAwait(false);
            }
            else
            {
                reader.Dispose();
            }
        }
    }
}
