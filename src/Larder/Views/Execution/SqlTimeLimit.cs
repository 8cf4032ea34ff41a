using System.Data.Common;
using Larder.Data;

namespace Larder.Views.Execution;

/// <summary>The time limit of the statement that is running, started anew for each statement.</summary>
internal sealed class SqlTimeLimit(SqlDatabase database, TimeProvider time, CancellationToken abandoned) : IAsyncDisposable
{
    private CancellationTokenSource? _timer;
    private CancellationTokenSource? _either;
    private CancellationTokenRegistration _interrupt;

    /// <summary>Cancelled at the limit, or when nobody waits any more.</summary>
    public CancellationToken Token => _either?.Token ?? abandoned;

    /// <summary>Whether the statement ran into its limit.</summary>
    public bool IsReached => _timer is { IsCancellationRequested: true };

    /// <summary>Starts the limit of the next statement.</summary>
    /// <param name="timeout">How long it may take.</param>
    /// <param name="connection">The connection it runs on; null while there is none.</param>
    public async ValueTask StartAsync(TimeSpan timeout, DbConnection? connection)
    {
        await DisposeAsync().ConfigureAwait(false);
        _timer = new CancellationTokenSource(timeout, time);
        _either = CancellationTokenSource.CreateLinkedTokenSource(_timer.Token, abandoned);
        if (connection is not null && database.Options.Interrupt is { } interrupt)
        {
            _interrupt = _either.Token.Register(() => Interrupt(interrupt, connection));
        }
    }

    /// <summary>The driver's own limit in whole seconds, which ends what this one cannot and never comes first.</summary>
    public static int SecondsBeyond(TimeSpan timeout) => (int)Math.Ceiling(timeout.TotalSeconds) + 1;

    public async ValueTask DisposeAsync()
    {
        // Waits for an interruption under way, so that none reaches the next statement of the connection.
        await _interrupt.DisposeAsync().ConfigureAwait(false);
        _either?.Dispose();
        _timer?.Dispose();
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
