using Larder.Caching;
using Larder.Freshness;

namespace Larder.Tests.Simulation;

/// <summary>The rules of the product, with a look in between their steps, and at most one mistake.</summary>
internal sealed class SimulationRules(SimulationWorld world) : FreshnessRules
{
    internal override void Apply(FreshnessNode node, LogPosition now, LogRecord record)
    {
        if (world.Defect == SimulationDefect.AppliedBeforeSlot && After(node, now, record) is { } next)
        {
            node.Publish(next);
            world.InterleaveReads();
            base.WriteSlots(node, next, record);
            return;
        }

        base.Apply(node, now, record);
    }

    protected override void WriteSlots(FreshnessNode node, LogPosition next, LogRecord record)
    {
        base.WriteSlots(node, next, record);
        world.InterleaveReads();
    }

    internal override bool IsFresh(FreshnessNode node, ReadStamp stamp, LogPosition now)
    {
        if (world.Defect != SimulationDefect.SlotReadBeforeApplied)
        {
            return base.IsFresh(node, stamp, now);
        }

        var seen = stamp.ValidAt;
        var isFresh = IsKnown(stamp, now.View) && !base.IsWritten(stamp, now);
        world.InterleaveWrites();
        now = node.Now;
        return ReferenceEquals(seen, now) || (isFresh && stamp.Epoch == now.View.Epoch && stamp.TryMark(seen, now));
    }

    protected override bool IsWritten(ReadStamp stamp, LogPosition now)
    {
        world.InterleaveWrites();
        return world.Defect == SimulationDefect.BypassForgotten
            ? base.IsWritten(stamp, new(now.View, now.Applied, bypass: null))
            : base.IsWritten(stamp, now);
    }

    internal override bool IsKnown(ReadStamp stamp, LogView view) =>
        world.Defect == SimulationDefect.NoFloor ? stamp.Epoch == view.Epoch : base.IsKnown(stamp, view);

    internal override JoinVerdict Join(CacheLoad load, LogPosition arrival, WriteToken token) =>
        world.Defect == SimulationDefect.JoinWithoutTheRule ? JoinVerdict.Yes : base.Join(load, arrival, token);

    internal override long PositionOf(LogPosition start, long leastOfParts, LogPosition end) =>
        world.Defect == SimulationDefect.CompositeP0FromAfterItsParts && leastOfParts != long.MaxValue
            ? end.Applied
            : base.PositionOf(start, leastOfParts, end);

    internal override bool IsHardSince(ReadStamp stamp, LogView view, long position) =>
        world.Defect != SimulationDefect.StaleAcrossHard && base.IsHardSince(stamp, view, position);
}
