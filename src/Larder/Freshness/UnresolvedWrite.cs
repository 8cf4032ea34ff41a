namespace Larder.Freshness;

/// <summary>A write of which it is not known whether it happened. Its tags are bypassed until somebody finds out.</summary>
internal sealed class UnresolvedWrite
{
    private readonly InvalidationPublisher _publisher;
    private readonly WriteSet _writes;
    private int _isResolved;

    internal UnresolvedWrite(InvalidationPublisher publisher, WriteSet writes)
    {
        _publisher = publisher;
        _writes = writes;
        publisher.Node.Bypass(writes);
    }

    /// <summary>Publishes the write if it happened, and puts the tags back into service. A second call does nothing.</summary>
    /// <returns>The token of the write; none if it did not happen.</returns>
    internal async ValueTask<WriteToken> ResolveAsync(bool isCommitted)
    {
        if (Interlocked.Exchange(ref _isResolved, 1) != 0)
        {
            return default;
        }

        // In this order: when the bypass ends, the record is applied here.
        var token = isCommitted ? await _publisher.PublishAsync(_writes with { }) : default;
        _publisher.Node.EndBypass(_writes);
        return token;
    }
}
