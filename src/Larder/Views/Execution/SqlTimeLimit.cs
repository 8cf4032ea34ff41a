using System.Data.Common;
using Larder.Data;

namespace Larder.Views.Execution;

/// <summary>The time limit of the statement that is running, started anew for each statement.</summary>
internal sealed class SqlTimeLimit(SqlDatabase database, TimeProvider time, CancellationToken abandoned) : IAsyncDisposable
{
    private CancellationTokenSource? _source;
    private CancellationTokenRegistration _abandonment;
    private CancellationTokenRegistration _interrupt;

    /// <summary>Cancelled at the limit, or when nobody waits any more.</summary>
    public CancellationToken Token => _source?.Token ?? abandoned;

    /// <summary>Whether the statement ran into its limit.</summary>
    public bool IsReached => _source is { IsCancellationRequested: true } && !abandoned.IsCancellationRequested;

    /// <summary>Starts the limit of the next statement.</summary>
    /// <param name="timeout">How long it may take.</param>
    /// <param name="connection">The connection it runs on; null while there is none.</param>
    public async ValueTask StartAsync(TimeSpan timeout, DbConnection? connection)
    {
        await StopAsync().ConfigureAwait(false);
        if (_source is not null && _source.TryReset())
        {
            _source.CancelAfter(timeout);
        }
        else
        {
            await DisposeSourceAsync().ConfigureAwait(false);
            _source = new CancellationTokenSource(timeout, time);
            _abandonment = abandoned.Register(static source => ((CancellationTokenSource)source!).Cancel(), _source);
        }

        if (connection is not null && database.Options.Interrupt is { } interrupt)
        {
            _interrupt = _source.Token.Register(() => Interrupt(interrupt, connection));
        }
    }

    /// <summary>
    /// Interrupts no more. Waits for an interruption under way, so that none reaches the next statement of the connection, whoever runs it.
    /// </summary>
    public ValueTask StopAsync() => _interrupt.DisposeAsync();

    /// <summary>The driver's own limit in whole seconds, which ends what this one cannot and never comes first.</summary>
    public static int SecondsBeyond(TimeSpan timeout) => (int)Math.Ceiling(timeout.TotalSeconds) + 1;

    public async ValueTask DisposeAsync()
    {
        await StopAsync().ConfigureAwait(false);
        await DisposeSourceAsync().ConfigureAwait(false);
    }

    private async ValueTask DisposeSourceAsync()
    {
        await _abandonment.DisposeAsync().ConfigureAwait(false);
        _source?.Dispose();
    }

    private static void Interrupt(Action<DbConnection> interrupt, DbConnection connection)
    {
        try
        {
            interrupt(connection);
        }
        catch (Exception)
        {
            // On a timer's thread this would end the process; the statement runs on and its driver's limit ends it.
        }
    }
}
