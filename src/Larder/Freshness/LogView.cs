namespace Larder.Freshness;

/// <summary>
/// What one node knows of one life of the log from a floor on: for every tag the last position at which it was written. Replaced as a
/// whole when something was missed. The applied position belongs to it and stands in <see cref="LogPosition"/>, so that the two are read
/// with one load.
/// </summary>
internal sealed class LogView
{
    private readonly LogTables _tables;

    private LogView(ulong epoch, long floor, LogTables tables)
    {
        Epoch = epoch;
        Floor = floor;
        _tables = tables;
    }

    internal ulong Epoch { get; }

    /// <summary>Where the node's knowledge begins: of what was read before, it cannot say that it is fresh.</summary>
    internal long Floor { get; }

    internal static LogView Create(ulong epoch, long floor, LogTableSizes sizes) => new(epoch, floor, new LogTables(sizes));

    /// <summary>
    /// A fresh view of the same life. It takes the tables over: what stands in them is not above the new floor and so decides nothing, and
    /// a reader who still holds the old view can only take a value for stale that was not.
    /// </summary>
    internal LogView StartingAt(long floor) => new(Epoch, floor, _tables);

    internal void Write(Tag tag, long seq)
    {
        if (!tag.IsCoarse || !_tables.Coarse.TrySet(tag, seq))
        {
            _tables.Fine.Set(tag, seq);
        }
    }

    internal void WriteHard(Tag tag, long seq) => Volatile.Write(ref _tables.Hard[HardIndex(tag)], seq);

    /// <summary>
    /// The last position at which the tag was written, or one that is not below it. Whoever read the applied position before finds here every
    /// write up to it: the writer's release of the position orders the slots before it, the reader's acquire orders them after it.
    /// </summary>
    internal long LastWriteOf(Tag tag) =>
        tag.IsCoarse && _tables.Coarse.TryGet(tag, out var seq) ? seq
        // A coarse tag without a place in its table was never written, or only after the table was full.
        : _tables.Fine.Get(tag);

    internal long LastHardWriteOf(Tag tag) => Volatile.Read(ref _tables.Hard[HardIndex(tag)]);

    private int HardIndex(Tag tag) => (int)(tag.Bits >> 40) & (_tables.Hard.Length - 1);

    private sealed class LogTables(LogTableSizes sizes)
    {
        internal FineTable Fine { get; } = new(sizes.FineBits);

        internal CoarseTable Coarse { get; } = new(sizes.CoarseBits);

        internal long[] Hard { get; } = new long[1 << sizes.HardBits];
    }
}

/// <summary>The sizes of a view's tables as powers of two. The default is 4.3 MB, for the 458,752 fine tags written latest.</summary>
internal sealed record LogTableSizes(int FineBits = 19, int CoarseBits = 14, int HardBits = 12);
