using Larder.Caching;

namespace Larder.Freshness;

/// <summary>
/// The one rule, as its parts: every write yields tags, every entry records the tags it read, and an entry is fresh iff none of its tags was
/// written past P0, the position its node had applied before the entry's reads began. That is sound when
/// (A) a record enters the log only after its write is visible to new snapshots;
/// (B) P0 is taken before the snapshot of the load, on a server that has replayed everything up to P0;
/// (C) the node's tables are complete over (P0, applied];
/// (D) the tags of a write meet the tags of every read whose result it can change.
/// Apply and check are ordered against each other: the writer fills the slots and then publishes the position, the reader reads the
/// position and then the slots, both through <see cref="Volatile"/>, because the processor may otherwise exchange either pair (ARM does, x86
/// does not). Turning one of the two round serves stale values. Checked with SPIN, see tests/model.
/// </summary>
/// <remarks>Virtual so that the simulation can look in between the steps, and plant the mistakes it must find. There is one set in the product.</remarks>
internal class FreshnessRules
{
    internal static FreshnessRules Sound { get; } = new();

    /// <summary>Takes a record into the node. One caller at a time.</summary>
    internal virtual void Apply(FreshnessNode node, LogPosition now, LogRecord record)
    {
        if (After(node, now, record) is { } next)
        {
            if (ReferenceEquals(next.View, now.View))
            {
                WriteSlots(node, next, record);
            }

            node.Publish(next);
        }
    }

    /// <summary>
    /// The position after a record; null when it is already applied. Another epoch, a gap or a record of everything begins a fresh view,
    /// because what was read before cannot be judged any more.
    /// </summary>
    protected LogPosition? After(FreshnessNode node, LogPosition now, LogRecord record)
    {
        if (record.Epoch != now.View.Epoch)
        {
            return new(LogView.Create(record.Epoch, record.Seq, node.TableSizes), record.Seq, now.Bypass);
        }

        if (record.Seq <= now.Applied)
        {
            return null;
        }

        var isFresh = record.Seq != now.Applied + 1 || record.Writes.IsAll || (IsOfAnotherSchema(node, record) && !CanBeWidened(record));
        return new(isFresh ? now.View.StartingAt(record.Seq) : now.View, record.Seq, now.Bypass);
    }

    protected virtual void WriteSlots(FreshnessNode node, LogPosition next, LogRecord record)
    {
        WriteSlots(next.View, record.Writes.Tags, record);
        if (IsOfAnotherSchema(node, record))
        {
            WriteSlots(next.View, record.Writes.Wildcards, record);
        }
    }

    /// <summary>Whether the value is fresh at the position, which the caller read before anything else; if so it is remembered.</summary>
    internal virtual bool IsFresh(FreshnessNode node, ReadStamp stamp, LogPosition now)
    {
        var seen = stamp.ValidAt;
        return ReferenceEquals(seen, now)
            || (!ReferenceEquals(seen, LogPosition.Never) && IsKnown(stamp, now.View) && !IsWritten(stamp, now) && stamp.TryMark(seen, now));
    }

    /// <summary>Whether the view can judge the value at all.</summary>
    internal virtual bool IsKnown(ReadStamp stamp, LogView view) => stamp.Epoch == view.Epoch && stamp.Position >= view.Floor;

    /// <summary>
    /// Whether a caller may take part in a load in flight. In the same view, either it began at no earlier position than the caller arrived at
    /// and its token asks for; or no tag moves past its P0, of which only its end can tell, because only then its tags are known.
    /// </summary>
    internal virtual JoinVerdict Join(CacheLoad load, LogPosition arrival, WriteToken token)
    {
        if (!ReferenceEquals(load.Start.View, arrival.View))
        {
            return JoinVerdict.No;
        }

        if (load.Start.Applied >= arrival.Applied && load.Start.Applied >= token.Seq && ReferenceEquals(load.Start.Bypass, arrival.Bypass))
        {
            return JoinVerdict.Yes;
        }

        return IsWritten(load.DeclaredTags, load.Start.Applied, arrival) ? JoinVerdict.No : JoinVerdict.IfFreshAtItsEnd;
    }

    /// <summary>P0 of a whole: what its own load began at, or the least of its parts, where that is less.</summary>
    internal virtual long PositionOf(LogPosition start, long leastOfParts, LogPosition end) => Math.Min(start.Applied, leastOfParts);

    /// <summary>
    /// Whether an expired or invalidated value may still be used for want of a better one, as far as the log is concerned: it was fresh at a
    /// position that the view knows, no hard invalidation came since, and the caller has seen nothing newer.
    /// </summary>
    internal bool MayBeStale(ReadStamp stamp, LogPosition now, WriteToken token)
    {
        return stamp.ValidAt is { } validAt
            && ReferenceEquals(validAt.View, now.View)
            && token.Seq <= validAt.Applied
            && now.Bypass?.Contains(stamp.Tags) != true
            && !IsHardSince(stamp, now.View, validAt.Applied);
    }

    /// <summary>Whether a hard invalidation touched what the value was read from.</summary>
    internal virtual bool IsHardSince(ReadStamp stamp, LogView view, long position)
    {
        foreach (var tag in stamp.Tags)
        {
            if (view.LastHardWriteOf(tag) > position)
            {
                return true;
            }
        }

        return false;
    }

    protected virtual bool IsWritten(ReadStamp stamp, LogPosition now) => IsWritten(stamp.Tags, stamp.Position, now);

    private static bool IsWritten(ReadOnlySpan<Tag> tags, long since, LogPosition now)
    {
        foreach (var tag in tags)
        {
            if (now.View.LastWriteOf(tag) > since)
            {
                return true;
            }
        }

        return now.Bypass?.Contains(tags) == true;
    }

    private static bool IsOfAnotherSchema(FreshnessNode node, LogRecord record) =>
        record.Writes.SchemaHash != 0 && node.SchemaHash != 0 && record.Writes.SchemaHash != node.SchemaHash;

    // Fine tags of another schema mean something only through the wildcards of their tables.
    private static bool CanBeWidened(LogRecord record) => record.Writes.Wildcards.Length > 0 || record.Writes.Tags.All(tag => tag.IsCoarse);

    private static void WriteSlots(LogView view, Tag[] tags, LogRecord record)
    {
        foreach (var tag in tags)
        {
            view.Write(tag, record.Seq);
            if (record.Writes.IsHard)
            {
                view.WriteHard(tag, record.Seq);
            }
        }
    }
}

/// <summary>Whether a caller may take the result of a load that began before it came.</summary>
internal enum JoinVerdict
{
    No,

    /// <summary>Whatever it brings.</summary>
    Yes,

    /// <summary>If, at its end, none of its tags was written past its P0.</summary>
    IfFreshAtItsEnd,
}
