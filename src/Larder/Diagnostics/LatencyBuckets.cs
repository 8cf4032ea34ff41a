using System.Numerics;

namespace Larder.Diagnostics;

/// <summary>
/// The buckets of every latency histogram, log-linear as in HdrHistogram (Tene): each power of two is cut into 64 equal parts, so half a
/// bucket is at most 1/128 of the value in it, and the middle of a bucket is within 0.8 % of everything counted there. The unit is 16 ns;
/// below 1 µs buckets are one unit wide, within 8 ns. The last bucket also takes what is above 137 s.
/// </summary>
internal static class LatencyBuckets
{
    internal const int Count = (LargestShift + 2) * PartsOfAnOctave;
    internal const int UnitNanoseconds = 16;

    private const int PartBits = 6;
    private const int PartsOfAnOctave = 1 << PartBits;
    private const int LargestShift = 26;

    /// <summary>The bucket of a duration in units.</summary>
    internal static int IndexOf(ulong units)
    {
        if (units < PartsOfAnOctave)
        {
            return (int)units;
        }

        var shift = BitOperations.Log2(units) - PartBits;
        return shift > LargestShift ? Count - 1 : (shift << PartBits) + (int)(units >> shift);
    }

    /// <summary>The smallest duration in the bucket, in units. That of the bucket after the last one is where the last one ends.</summary>
    internal static ulong LowerBound(int index)
    {
        if (index < PartsOfAnOctave)
        {
            return (ulong)index;
        }

        var shift = (index >> PartBits) - 1;
        return (ulong)((index & (PartsOfAnOctave - 1)) | PartsOfAnOctave) << shift;
    }

    /// <summary>The middle of the bucket, in units.</summary>
    internal static double Middle(int index) => (LowerBound(index) + LowerBound(index + 1)) / 2.0;
}
