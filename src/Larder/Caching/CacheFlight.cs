using Larder.Freshness;
using Larder.Memory;

namespace Larder.Caching;

/// <summary>
/// One caller's part in a load. The leader ends the load, by <see cref="Complete"/>, <see cref="CompleteWithoutStoring"/> or
/// <see cref="Fail"/>; everyone, the leader's own request included, awaits its answer once. Whoever does not is to dispose its flight: a
/// leader thereby fails a load it did not end, another caller leaves it.
/// </summary>
internal sealed class CacheFlight<T>(CacheEngine engine, CacheLoad<T> load, FlightRole role, CacheRequest request) : IDisposable
{
    private int _left;

    internal string Key => load.Key;

    /// <summary>Whether this caller must run the load and end it.</summary>
    internal bool IsLeader => role is FlightRole.Leader or FlightRole.Refresh;

    /// <summary>Whether nobody waits for the load from the start.</summary>
    internal bool IsRefresh => role == FlightRole.Refresh;

    /// <summary>Cancelled when the last caller has left. The leader loads under this token and not under its own caller's.</summary>
    internal CancellationToken Abandoned => load.Abandoned;

    /// <summary>Collects what the load reads.</summary>
    internal ReadScope Reads => load.Reads;

    /// <summary>What was asked for; its arrival is to be kept when the caller asks again.</summary>
    internal CacheRequest Request => request;

    /// <summary>An old value for the case that the load fails.</summary>
    internal MemoryEntry? Fallback { get; init; }

    /// <summary>For a caller that found two loads of the key running and may join neither: completed when the one or the other is gone.</summary>
    internal (Task Older, Task Newer)? Queue { get; init; }

    /// <summary>Whether the answer is there.</summary>
    internal bool IsReady => Queue is { } queue ? queue.Older.IsCompleted || queue.Newer.IsCompleted : load.Completion.IsCompleted;

    /// <summary>
    /// Asks the second level, on behalf of the leader. True: the load is ended with what was there. False: the leader has to load. Not for a refresh, which is to bring what is new.
    /// </summary>
    internal ValueTask<bool> TryTakeRemoteAsync() =>
        role == FlightRole.Leader && load.UsesRemoteStore ? engine.Remote!.TryCompleteAsync(engine, load, request.Policy) : new(false);

    /// <summary>Awaits the value.</summary>
    /// <exception cref="InvalidOperationException">The load brought no value for this caller, who should have asked for an answer.</exception>
    internal async Task<T> WaitAsync(CancellationToken cancellationToken) =>
        await AnswerAsync(cancellationToken) is { Kind: CacheAnswerKind.Usable } answer
            ? answer.Value
            : throw new InvalidOperationException($"What was loaded for '{Key}' began before this caller came and was written since; ask again.");

    /// <summary>Awaits the end of the load and says what it is to this caller.</summary>
    internal async ValueTask<CacheAnswer<T>> AnswerAsync(CancellationToken cancellationToken)
    {
        try
        {
            if (Queue is { } queue)
            {
                await Task.WhenAny(queue.Older, queue.Newer).WaitAsync(cancellationToken);
                return new(CacheAnswerKind.AskAgain, default!, null, null, false);
            }

            await load.Completion.WaitAsync(cancellationToken);
            return Answer();
        }
        catch (Exception) when (!cancellationToken.IsCancellationRequested && Fallback is not null && engine.MayServeOnError(Fallback, request))
        {
            return new(CacheAnswerKind.Usable, load.Codec.Unpack(Fallback.Value), Fallback, null, true);
        }
        finally
        {
            Leave();
        }
    }

    /// <summary>Gives the value to all callers and stores it, unless something it read was written since the load began.</summary>
    /// <exception cref="InvalidOperationException">Not the leader.</exception>
    internal void Complete(T value, CachePolicy policy, IReadOnlyCollection<string>? tags = null)
    {
        RequireLeader();
        engine.Complete(load, value, policy, tags);
    }

    /// <summary>Gives the value to all callers and stores nothing.</summary>
    internal void CompleteWithoutStoring(T value)
    {
        RequireLeader();
        load.Reads.MarkNotStorable("its leader does not store it");
        engine.Complete(load, value, request.Policy, words: null);
    }

    /// <summary>Gives the exception to all callers; the next caller loads anew.</summary>
    internal void Fail(Exception exception)
    {
        RequireLeader();
        load.Reads.Seal();
        engine.Loads.TryFail(load, exception);
    }

    public void Dispose()
    {
        if (IsLeader)
        {
            engine.Loads.TryFail(load, new InvalidOperationException($"The load of '{Key}' ended without a value."));
        }

        Leave();
    }

    private CacheAnswer<T> Answer()
    {
        var reads = load.Reads;
        var checkedAt = load.FoundAt;
        var kind = CacheAnswerKind.Usable;
        if (!IsLeader)
        {
            // The position first, then what is judged by it.
            var now = engine.Node.Now;
            var isKnownFresh = role == FlightRole.Joined || engine.IsFresh(load.Stamp!, now);
            checkedAt = role == FlightRole.Joined ? load.FoundAt : now;
            kind = reads.IsPrivate ? CacheAnswerKind.LoadAlone
                : !isKnownFresh || (reads.HasStalePart && !request.Token.IsNone) ? CacheAnswerKind.AskAgain
                : CacheAnswerKind.Usable;
        }

        var value = kind == CacheAnswerKind.Usable ? load.Take() : default!;
        return new(kind, value, load.Stamp, checkedAt, reads.HasStalePart)
        {
            NotStorable = reads.NotStorable,
            IsFromRemoteStore = load.FoundAt is not null,
        };
    }

    /// <summary>This caller wants the result no longer. A second call does nothing.</summary>
    internal void Leave()
    {
        if (Interlocked.Exchange(ref _left, 1) != 0)
        {
            return;
        }

        if (role == FlightRole.Refresh)
        {
            engine.Loads.EndRefresh();
        }

        if (Queue is null)
        {
            engine.Loads.Leave(load);
        }
    }

    private void RequireLeader()
    {
        if (!IsLeader)
        {
            throw new InvalidOperationException($"Only the leader ends the load of '{Key}'.");
        }
    }
}

/// <summary>How a caller takes part in a load.</summary>
internal enum FlightRole
{
    Leader,

    /// <summary>Leads a load that only refreshes; its callers have their value already.</summary>
    Refresh,

    /// <summary>May use whatever the load brings.</summary>
    Joined,

    /// <summary>May use it if it is still fresh when it is there.</summary>
    JoinedIfFresh,

    /// <summary>Waits for its turn.</summary>
    Queued,
}
