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
            _interrupt = _either.Token.Register(() => interrupt(connection));
        }
    }

    public async ValueTask DisposeAsync()
    {
        // Waits for an interruption under way, so that none reaches the next statement of the connection.
        await _interrupt.DisposeAsync().ConfigureAwait(false);
        _either?.Dispose();
        _timer?.Dispose();
    }
}
