namespace Larder.Freshness;

/// <summary>The life of the log that a value was read in, how its age is bounded, and what it was read by: the same for many values, where no statement is known.</summary>
internal class StampOrigin(ulong epoch, FreshnessKind kind, ReadStatement[] statements)
{
    internal ulong Epoch => epoch;

    internal FreshnessKind Kind => kind;

    internal ReadStatement[] Statements => statements;
}
