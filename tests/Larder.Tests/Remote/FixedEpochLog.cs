using Larder.Freshness;

namespace Larder.Tests.Remote;

/// <summary>One log that the caches of a test share. Who appends has applied at once; the others when the test delivers, or at once too.</summary>
internal sealed class FixedEpochLog(ulong epoch = 7)
{
    private readonly List<LogRecord> _records = [];
    private readonly List<FreshnessNode> _nodes = [];

    /// <summary>Whether records reach the other nodes by themselves.</summary>
    internal bool Delivers { get; set; } = true;

    /// <summary>Joins at the end of the log, as a node that starts does.</summary>
    internal IInvalidationLog Join(FreshnessNode node)
    {
        lock (_records)
        {
            node.Open(epoch, _records.Count);
            _nodes.Add(node);
        }

        return new Member(this, node);
    }

    internal void Deliver()
    {
        lock (_records)
        {
            foreach (var node in _nodes)
            {
                Deliver(node);
            }
        }
    }

    private void Deliver(FreshnessNode node)
    {
        foreach (var record in _records)
        {
            node.Apply(record);
        }
    }

    private sealed class Member(FixedEpochLog log, FreshnessNode node) : IInvalidationLog
    {
        public ValueTask<WriteToken> AppendAsync(WriteSet writes)
        {
            lock (log._records)
            {
                var record = new LogRecord(log.Epoch, log._records.Count + 1, writes);
                log._records.Add(record);
                log.Deliver(node);
                if (log.Delivers)
                {
                    log.Deliver();
                }

                return new(new WriteToken(record.Epoch, record.Seq));
            }
        }
    }

    private ulong Epoch => epoch;
}
