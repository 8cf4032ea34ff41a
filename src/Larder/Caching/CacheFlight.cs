namespace Larder.Caching;

/// <summary>
/// One caller's part in a load. The leader ends the load, by <see cref="Complete"/>, <see cref="CompleteWithoutStoring"/> or
/// <see cref="Fail"/>; everyone, the leader's own request included, awaits <see cref="WaitAsync"/> once. Whoever does not is to dispose
/// its flight: a leader thereby fails a load it did not end, another caller leaves it.
/// </summary>
internal sealed class CacheFlight<T>(LarderCache cache, CacheLoad<T> load, bool isLeader) : IDisposable
{
    private int _left;

    internal string Key => load.Key;

    /// <summary>Whether this caller must run the load and end it.</summary>
    internal bool IsLeader => isLeader;

    /// <summary>Cancelled when the last caller has left. The leader loads under this token and not under its own caller's.</summary>
    internal CancellationToken Abandoned => load.Abandoned;

    internal async Task<T> WaitAsync(CancellationToken cancellationToken)
    {
        try
        {
            await load.Completion.WaitAsync(cancellationToken);
            return load.Take();
        }
        finally
        {
            Leave();
        }
    }

    /// <summary>Gives the value to all callers and stores it, unless its key or a tag was removed since the load began.</summary>
    /// <exception cref="InvalidOperationException">Not the leader, ended before, or tags were declared at the start.</exception>
    internal void Complete(T value, CachePolicy policy, IReadOnlyCollection<string>? tags = null)
    {
        RequireLeader();
        cache.Complete(load, value, policy, tags);
    }

    /// <summary>Gives the value to all callers and stores nothing.</summary>
    internal void CompleteWithoutStoring(T value)
    {
        RequireLeader();
        cache.Loads.TryComplete(load, value, entry: null);
    }

    /// <summary>Gives the exception to all callers; the next caller loads anew.</summary>
    internal void Fail(Exception exception)
    {
        RequireLeader();
        cache.Loads.TryFail(load, exception);
    }

    public void Dispose()
    {
        if (isLeader)
        {
            cache.Loads.TryFail(load, new InvalidOperationException($"The load of '{Key}' ended without a value."));
        }

        Leave();
    }

    /// <summary>Says that this caller no longer wants the result; once is enough, and after the wait it means nothing.</summary>
    internal void Leave()
    {
        if (Interlocked.Exchange(ref _left, 1) == 0)
        {
            cache.Loads.Leave(load);
        }
    }

    private void RequireLeader()
    {
        if (!isLeader)
        {
            throw new InvalidOperationException($"Only the leader ends the load of '{Key}'.");
        }
    }
}
