namespace Larder.Freshness;

/// <summary>
/// A transaction that the data layer tracks and that flows with its callers: while it is active the cache neither serves, joins nor stores,
/// and what is invalidated by hand is kept here, for the data layer to publish after the commit.
/// </summary>
/// <remarks>
/// An AsyncLocal set inside an async method is gone when the method returns. So <see cref="Enter"/> is to be called by a method that is not
/// async itself, such as an override that returns another method's task. Its end is a mark on the object, which every flow sees.
/// </remarks>
internal sealed class AmbientTransaction
{
    private readonly Lock _adding = new();
    private readonly List<WriteSet> _writes = [];
    private volatile bool _isOver;

    internal bool IsActive => !_isOver;

    internal static AmbientTransaction Enter()
    {
        var transaction = new AmbientTransaction();
        FreshnessFlow.Enter(transaction);
        return transaction;
    }

    /// <summary>Keeps the write set for the commit. False: there is no transaction here.</summary>
    internal static bool TryDefer(WriteSet writes, Action<WriteSet> publish)
    {
        if (FreshnessFlow.Current?.Transaction is { } tracked && tracked.TryAdd(writes))
        {
            return true;
        }

        // Whatever its outcome: what was not committed is dropped once too often, never once too seldom.
        return SystemTransactions.TryFollow(() => publish(writes));
    }

    /// <summary>Ends it. What was invalidated by hand in it is to be published if it was committed, or may have been.</summary>
    internal IReadOnlyList<WriteSet> End()
    {
        lock (_adding)
        {
            _isOver = true;
            return _writes;
        }
    }

    private bool TryAdd(WriteSet writes)
    {
        lock (_adding)
        {
            if (_isOver)
            {
                return false;
            }

            if (_writes.Count == WriteSet.MaxTags)
            {
                _writes.Clear();
                _writes.Add(WriteSet.Everything);
            }

            _writes.Add(writes);
            return true;
        }
    }
}
