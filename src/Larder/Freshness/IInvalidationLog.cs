namespace Larder.Freshness;

/// <summary>
/// The ordered log of invalidations. It appends what this node writes and gives this node's <see cref="FreshnessNode"/> every record of
/// every node, in order, one at a time. Its records are dense in an epoch, and a new epoch begins whenever positions might be used twice.
/// </summary>
internal interface IInvalidationLog
{
    /// <summary>
    /// Appends a record. It ends when the record is in the log <em>and this node has applied it</em>, so that no request which starts after
    /// that is answered from before it. The write that it reports must be visible to new snapshots by now.
    /// </summary>
    /// <returns>The record's place.</returns>
    /// <exception cref="Exception">It is not known to be in the log. The caller bypasses the tags and appends again.</exception>
    ValueTask<WriteToken> AppendAsync(WriteSet writes);
}
