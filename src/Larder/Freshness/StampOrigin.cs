namespace Larder.Freshness;

/// <summary>The life of the log that a value was read in, and how its age is bounded: the same for many values.</summary>
internal class StampOrigin(ulong epoch, FreshnessKind kind)
{
    internal ulong Epoch => epoch;

    internal FreshnessKind Kind => kind;
}
