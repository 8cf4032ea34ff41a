namespace Larder.Caching;

/// <summary>
/// The flights that one batch leads. Its token is cancelled when all of them are abandoned: while anybody waits for any part, the batch
/// goes on.
/// </summary>
internal sealed class CacheFlightGroup : IDisposable
{
    private readonly CancellationTokenSource _abandoned = new();
    private readonly List<CancellationTokenRegistration> _registrations = [];

    // One more than the flights until the group is sealed by asking for its token.
    private int _wanted = 1;
    private bool _sealed;

    internal void Add<T>(CacheFlight<T> flight)
    {
        ObjectDisposedException.ThrowIf(_sealed, this);
        Interlocked.Increment(ref _wanted);
        _registrations.Add(flight.Abandoned.UnsafeRegister(static group => ((CacheFlightGroup)group!).Release(), this));
    }

    /// <summary>Closes the group to further flights and returns its token.</summary>
    internal CancellationToken Seal()
    {
        if (!_sealed)
        {
            _sealed = true;
            Release();
        }

        return _abandoned.Token;
    }

    public void Dispose()
    {
        foreach (var registration in _registrations)
        {
            registration.Dispose();
        }

        _abandoned.Dispose();
    }

    private void Release()
    {
        if (Interlocked.Decrement(ref _wanted) == 0)
        {
            _abandoned.Cancel();
        }
    }
}
