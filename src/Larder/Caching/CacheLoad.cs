using Larder.Freshness;

namespace Larder.Caching;

/// <summary>One load in flight. What is marked so belongs to the lock of the load's stripe in <see cref="CacheLoadTable"/>.</summary>
internal abstract class CacheLoad
{
    private readonly Func<Task> _abandon;
    private TaskCompletionSource? _gone;

    protected CacheLoad(string key, CacheVariant variant, Tag[] declaredTags, LogPosition start, long startedAt)
    {
        Key = key;
        Variant = variant;
        DeclaredTags = declaredTags;
        Start = start;
        StartedAt = startedAt;
        Reads = new ReadScope { Start = start };

        // Never disposed: it has no timer, and a caller may leave while the load ends.
        var source = new CancellationTokenSource();
        Abandoned = source.Token;
        _abandon = source.CancelAsync;
    }

    internal string Key { get; }

    internal CacheVariant Variant { get; }

    /// <summary>The tags that its result has in any case: those of the caller who began it and, last, the key's.</summary>
    internal Tag[] DeclaredTags { get; }

    /// <summary>Where the node stood before the load began: its view and P0.</summary>
    internal LogPosition Start { get; }

    /// <summary>A lifetime counts from here, because the value may be as old as the start of its load.</summary>
    internal long StartedAt { get; }

    /// <summary>What it reads.</summary>
    internal ReadScope Reads { get; }

    /// <summary>How the result was read; set before the load is completed.</summary>
    internal ReadStamp? Stamp { get; set; }

    /// <summary>Whether the second level is asked first, and gets what is loaded.</summary>
    internal bool UsesRemoteStore { get; init; }

    /// <summary>Where the result was found fresh, if it came from the second level; null: it was loaded. Set before the load is completed.</summary>
    internal LogPosition? FoundAt { get; set; }

    internal CancellationToken Abandoned { get; }

    /// <summary>Callers that still want the result, whether or not they wait already.</summary>
    internal int Callers_NeedsLock { get; set; }

    /// <summary>Whether it may be joined and its result stored: until it ends, is abandoned, or its key is set.</summary>
    internal bool Listed_NeedsLock { get; set; }

    internal bool Ended_NeedsLock { get; set; }

    /// <summary>Completed when it no longer counts as running.</summary>
    internal Task Gone_NeedsLock => (_gone ??= new(TaskCreationOptions.RunContinuationsAsynchronously)).Task;

    internal void MarkGone_NeedsLock() => _gone?.TrySetResult();

    /// <summary>Cancels without running what is registered on the token here: its exceptions are not the leaving caller's.</summary>
    internal void Abandon() => _ = _abandon();
}

/// <summary>A load in flight with its result.</summary>
internal sealed class CacheLoad<T>(string key, CacheVariant variant, Tag[] declaredTags, LogPosition start, long startedAt, CacheCodec<T> codec)
    : CacheLoad(key, variant, declaredTags, start, startedAt)
{
    private readonly TaskCompletionSource _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private T _value = default!;
    private byte[]? _copy;

    internal CacheCodec<T> Codec => codec;

    internal Task Completion => _completion.Task;

    /// <summary>Gives the result to the callers. With more than one caller a mutable value is given as copies.</summary>
    internal void Succeed(T value, object? stored, int callers)
    {
        try
        {
            if (callers > 1 && !CacheCodec<T>.SharesInstances)
            {
                _copy = stored as byte[] ?? codec.Serialize(value);
            }
        }
        catch (Exception exception)
        {
            Fail(exception);
            throw;
        }

        _value = value;
        _completion.SetResult();
    }

    internal void Fail(Exception exception)
    {
        _completion.SetException(exception);

        // Observed here, because every caller may have left.
        _ = _completion.Task.Exception;
    }

    internal T Take() => _copy is null ? _value : codec.Deserialize(_copy);
}
