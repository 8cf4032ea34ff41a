using Microsoft.Extensions.Logging;

namespace Larder.Freshness;

/// <summary>
/// Puts what was written into the log. It is called after the commit, so it never throws: the write happened. If the log does not take the
/// record, this node bypasses the tags and tries again until it does, and the writer's client gets a poison token.
/// </summary>
internal sealed class InvalidationPublisher(FreshnessNode node, IInvalidationLog log, TimeProvider time, ILogger logger)
{
    private const int MaxPending = 1024;
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(1);

    private readonly Lock _changing = new();
    private readonly Queue<WriteSet> _pending = [];
    private readonly long[] _counts = new long[Enum.GetValues<InvalidationCause>().Length];
    private bool _isRetrying;

    internal FreshnessNode Node => node;

    /// <summary>Records that the log has not taken yet.</summary>
    internal int Pending
    {
        get
        {
            lock (_changing)
            {
                return _pending.Count;
            }
        }
    }

    /// <summary>How many write sets this node has published of a cause, those the log has not taken yet included.</summary>
    internal long CountOf(InvalidationCause cause) => Interlocked.Read(ref _counts[(int)cause]);

    /// <summary>Publishes a committed write set.</summary>
    /// <returns>Its place in the log, applied on this node; poison when the log did not take it.</returns>
    internal ValueTask<WriteToken> PublishAsync(WriteSet writes)
    {
        if (writes is { IsAll: false, Tags.Length: > WriteSet.MaxTags })
        {
            writes = WriteSet.Everything with { IsHard = writes.IsHard, Cause = writes.Cause };
        }

        Interlocked.Increment(ref _counts[(int)writes.Cause]);
        var written = FreshnessFlow.Current?.Written;
        ValueTask<WriteToken> appended;
        try
        {
            appended = log.AppendAsync(writes);
        }
        catch (Exception exception)
        {
            written?.Note(WriteToken.Poison);
            return new(Keep(writes, exception));
        }

        if (!appended.IsCompletedSuccessfully)
        {
            written?.Begin();
            return AwaitAsync(appended, writes, written);
        }

        var token = appended.GetAwaiter().GetResult();
        written?.Note(token);
        return new(token);
    }

    /// <summary>
    /// Takes the tags out of service at once, for a commit that ended in an error and may have happened, and for callers who cannot wait for
    /// the log.
    /// </summary>
    internal UnresolvedWrite BypassUntilResolved(WriteSet writes)
    {
        FreshnessFlow.Current?.Written?.Note(WriteToken.Poison);
        return new(this, writes);
    }

    /// <summary>Takes the tags out of service until what publishes them is done.</summary>
    internal void BypassWhile(Task<WriteToken> publishing, WriteSet writes)
    {
        node.Bypass(writes);
        _ = EndAsync();

        async Task EndAsync()
        {
            await publishing;
            node.EndBypass(writes);
        }
    }

    private async ValueTask<WriteToken> AwaitAsync(ValueTask<WriteToken> appended, WriteSet writes, WrittenTokens? written)
    {
        var token = WriteToken.Poison;
        try
        {
            token = await appended;
        }
        catch (Exception exception)
        {
            Keep(writes, exception);
        }

        written?.End(token);
        return token;
    }

    private WriteToken Keep(WriteSet writes, Exception exception)
    {
        lock (_changing)
        {
            if (_pending.Count >= MaxPending)
            {
                DropToEverything_NeedsLock();
            }
            else
            {
                node.Bypass(writes);
                _pending.Enqueue(writes);
            }

            if (!_isRetrying)
            {
                _isRetrying = true;
                Log.PublishingFailed(logger, exception);
                DetachedWork.Start(RetryAsync);
            }
        }

        return WriteToken.Poison;
    }

    // Too many to remember apart: everything is bypassed, and one record of everything will stand for them all.
    private void DropToEverything_NeedsLock()
    {
        var everything = WriteSet.Everything with { IsHard = true };
        node.Bypass(everything);
        while (_pending.TryDequeue(out var dropped))
        {
            node.EndBypass(dropped);
        }

        _pending.Enqueue(everything);
    }

    private async Task RetryAsync()
    {
        var pause = FirstPause;
        while (true)
        {
            await Task.Delay(pause, time);
            pause = pause * 2 < LongestPause ? pause * 2 : LongestPause;
            while (Next() is { } writes)
            {
                try
                {
                    await log.AppendAsync(writes);
                }
                catch (Exception)
                {
                    break;
                }

                pause = FirstPause;
                if (Done(writes))
                {
                    Log.PublishingResumed(logger);
                    return;
                }
            }
        }
    }

    private WriteSet? Next()
    {
        lock (_changing)
        {
            return _pending.TryPeek(out var writes) ? writes : null;
        }
    }

    private bool Done(WriteSet writes)
    {
        lock (_changing)
        {
            // It may have been dropped for a record of everything meanwhile.
            if (_pending.TryPeek(out var first) && ReferenceEquals(first, writes))
            {
                _pending.Dequeue();
                node.EndBypass(writes);
            }

            _isRetrying = _pending.Count > 0;
            return !_isRetrying;
        }
    }
}
