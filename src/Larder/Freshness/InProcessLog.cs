using System.Security.Cryptography;
using Microsoft.Extensions.Logging;

namespace Larder.Freshness;

/// <summary>
/// A log in this process's memory. It needs nothing and is sound under one condition: <em>this process is the only one that writes to the
/// database</em>; what another writes is not seen before lifetimes end. Appending and applying are one step inside the caller's commit, so
/// that no request which starts after a write was acknowledged sees what the write replaced.
/// </summary>
internal sealed class InProcessLog : IInvalidationLog
{
    private readonly Lock _appending = new();
    private readonly FreshnessNode _node;
    private readonly ulong _epoch;
    private long _last;

    internal InProcessLog(FreshnessNode node, ILogger logger)
    {
        _node = node;

        // Random, so that the token of an earlier process is never taken for one of this log.
        _epoch = BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(sizeof(ulong))) | 1;
        node.Open(_epoch, last: 0);
        Log.SoleWriterAssumed(logger);
    }

    public ValueTask<WriteToken> AppendAsync(WriteSet writes)
    {
        lock (_appending)
        {
            var record = new LogRecord(_epoch, _last + 1, writes);
            _node.Apply(record);
            _last = record.Seq;
            return new(new WriteToken(_epoch, record.Seq));
        }
    }
}
