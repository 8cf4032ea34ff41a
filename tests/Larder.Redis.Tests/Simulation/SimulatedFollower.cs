using Larder.Freshness;
using Larder.Redis.Log;
using Larder.Redis.Resp;

namespace Larder.Redis.Tests.Simulation;

/// <summary>The product's follower, with the mistakes planted that a run must find.</summary>
internal sealed class SimulatedFollower(FreshnessNode node, LogDefect defect, bool replays) : LogFollower(node, replays)
{
    private readonly FreshnessNode _node = node;

    public override void Jump(LogTail tail, long askedAt)
    {
        var now = _node.Now;
        for (var seq = now.Applied + 1; defect == LogDefect.JumpWithoutFloor && now.View.Epoch == tail.Epoch && seq <= tail.Seq; seq++)
        {
            _node.Apply(new(tail.Epoch, seq, new WriteSet()));
        }

        base.Jump(tail, askedAt);
    }

    public override void Take(IReadOnlyList<StreamEntry> entries, object? began)
    {
        if (defect == LogDefect.ReplayedFromTheMiddle && entries.Count > 1 && _node.Now.View.Epoch == 0)
        {
            // The first one opens the view, at a position before those that are left out.
            entries = [entries[0], .. entries.Skip(2).Select((entry, i) => new StreamEntry(entry.Id, [.. entry.Fields.Take(3), entries[i + 1].Fields[3], .. entry.Fields.Skip(4)]))];
        }

        if (defect == LogDefect.GapNotSeen && entries.Count > 0)
        {
            foreach (var entry in entries)
            {
                _ = LogTail.TryParseEpoch(System.Text.Encoding.ASCII.GetString(entry.Fields[1]), out var epoch);
                var isNext = epoch == _node.Now.View.Epoch;
                base.Take(isNext ? [new(entry.Id, SimulatedRedis.Fields(epoch, _node.Now.Applied + 1, entry.Fields[5]))] : [entry], began);
            }

            return;
        }

        base.Take(entries, defect == LogDefect.LostRecordAwaited ? null : began);
    }

    protected override bool IsReached(LogTail tail) => defect == LogDefect.HeardBeforeApplied || base.IsReached(tail);
}
