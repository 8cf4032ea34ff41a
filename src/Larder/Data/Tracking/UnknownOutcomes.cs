using System.Data.Common;
using System.Globalization;
using Larder.Freshness;
using Larder.SqlAnalysis;
using Microsoft.Extensions.Logging;

namespace Larder.Data.Tracking;

/// <summary>
/// Transactions whose COMMIT was sent and not answered. What they wrote is bypassed until they have surely ended, and is then published whether they were
/// committed or not. Publishing at once would be wrong: the server may commit later, and a load in between would be taken for newer.
/// </summary>
/// <remarks>
/// PostgreSQL gives numbers to writing transactions in order. Once the oldest one that runs is younger than every number given when the answer
/// failed to come, the transaction has ended, whichever it was. So no transaction has to ask for its number beforehand, which would cost a round trip.
/// </remarks>
internal sealed class UnknownOutcomes(TrackedDatabaseOptions options, InvalidationPublisher publisher, TimeProvider time, ILogger logger)
{
    private const int MaxUnresolved = 256;
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(2);

    private readonly Lock _adding = new();
    private List<UnresolvedWrite> _unresolved = [];
    private bool _isResolving;

    /// <summary>Takes what may have been written out of service.</summary>
    public void Add(WriteSet writes, Exception exception)
    {
        Log.OutcomeUnknown(logger, options.Name, exception);
        lock (_adding)
        {
            _unresolved.Add(publisher.BypassUntilResolved(writes with { }));
            if (_unresolved.Count > MaxUnresolved)
            {
                DropToEverything_NeedsLock();
            }

            if (!_isResolving)
            {
                _isResolving = true;
                DetachedWork.Start(ResolveAsync);
            }
        }
    }

    private void DropToEverything_NeedsLock()
    {
        var dropped = _unresolved;
        _unresolved = [publisher.BypassUntilResolved(WriteSet.Everything with { })];
        foreach (var unresolved in dropped)
        {
            // Without publishing it completes at once.
            _ = unresolved.ResolveAsync(isCommitted: false).AsTask();
        }
    }

    private async Task ResolveAsync()
    {
        while (true)
        {
            UnresolvedWrite[] resolving;
            lock (_adding)
            {
                resolving = [.. _unresolved];
                if (resolving.Length == 0)
                {
                    _isResolving = false;
                    break;
                }
            }

            await UntilAllHaveEndedAsync().ConfigureAwait(false);
            foreach (var unresolved in resolving)
            {
                await unresolved.ResolveAsync(isCommitted: true).ConfigureAwait(false);
            }

            lock (_adding)
            {
                _unresolved.RemoveAll(resolving.Contains);
            }
        }

        Log.OutcomesResolved(logger, options.Name);
    }

    /// <summary>Ends when no transaction runs any more that ran when it was called.</summary>
    private async Task UntilAllHaveEndedAsync()
    {
        ulong? bound = null;
        for (var pause = FirstPause; ; pause = pause * 2 < LongestPause ? pause * 2 : LongestPause)
        {
            try
            {
                bound ??= await AskAsync("SELECT pg_snapshot_xmax(pg_current_snapshot())::text").ConfigureAwait(false);
                if (await AskAsync("SELECT pg_snapshot_xmin(pg_current_snapshot())::text").ConfigureAwait(false) >= bound)
                {
                    return;
                }
            }
            catch (Exception)
            {
                // The server is away: what it may have committed stays bypassed until it is back and says so.
            }

            await Task.Delay(pause, time).ConfigureAwait(false);
        }
    }

    private async Task<ulong> AskAsync(string question)
    {
        var connection = await options.DataSource.OpenConnectionAsync().ConfigureAwait(false);
        await using var disposal = connection.ConfigureAwait(false);
        var command = connection.CreateCommand();
        await using var commandDisposal = command.ConfigureAwait(false);
        command.CommandText = question;
        return ulong.Parse((string)(await command.ExecuteScalarAsync().ConfigureAwait(false))!, CultureInfo.InvariantCulture);
    }

    /// <summary>
    /// Whether the database itself refused, so that nothing goes on behind the error: anything but a lost connection, a shutdown, or a fault of the server.
    /// A refused COMMIT of PostgreSQL is a rollback.
    /// </summary>
    public static bool IsAnswered(Exception exception, SqlDialect dialect) =>
        dialect == SqlDialect.Sqlite
        || (exception is DbException { SqlState: { Length: 5 } state } && state[..2] is not ("08" or "57" or "58" or "XX") && state != "40003");
}
