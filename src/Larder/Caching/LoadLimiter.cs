namespace Larder.Caching;

/// <summary>
/// Bounds the loads of one view or endpoint that run at once, and those that wait for their turn. What comes on top is refused at once, because
/// a queue that grows only makes everybody's answer late.
/// </summary>
internal sealed class LoadLimiter(int maxRunning, int maxQueued) : IDisposable
{
    private readonly SemaphoreSlim _turns = new(maxRunning, maxRunning);
    private int _queued;

    /// <summary>Loads that wait for their turn.</summary>
    internal int Queued => Volatile.Read(ref _queued);

    /// <summary>Waits for a turn, which <see cref="Exit"/> gives back.</summary>
    /// <exception cref="LoadRefusedException">As many as may wait are waiting already.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled first.</exception>
    internal ValueTask EnterAsync(CancellationToken cancellationToken)
    {
        // A wait of no time never blocks.
        if (_turns.Wait(TimeSpan.Zero, CancellationToken.None))
        {
            return default;
        }

        if (Interlocked.Increment(ref _queued) > maxQueued)
        {
            Interlocked.Decrement(ref _queued);
            return ValueTask.FromException(new LoadRefusedException());
        }

        return QueueAsync(cancellationToken);
    }

    internal void Exit() => _turns.Release();

    public void Dispose() => _turns.Dispose();

    private async ValueTask QueueAsync(CancellationToken cancellationToken)
    {
        try
        {
            await _turns.WaitAsync(cancellationToken);
        }
        finally
        {
            Interlocked.Decrement(ref _queued);
        }
    }
}

/// <summary>A load was refused, because as many as may run are running and as many as may wait are waiting.</summary>
internal sealed class LoadRefusedException() : Exception("Too many loads are running and waiting.");
