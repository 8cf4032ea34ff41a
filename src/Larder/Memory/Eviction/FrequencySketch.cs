using System.Numerics;

namespace Larder.Memory.Eviction;

/// <summary>
/// About how often each hash was seen lately: a count-min sketch (Cormode, Muthukrishnan, J. Algorithms 2005) of four rows of 4-bit counters,
/// halved when as many additions as <see cref="SampleFactor"/> times the entries were made (Einziger, Friedman, Manes, "TinyLFU", ACM ToS 2017).
/// It takes 8 to 16 bytes an entry; half of it costs two points where there are many keys of nearly equal popularity.
/// </summary>
internal sealed class FrequencySketch
{
    internal const int MaxCount = 15;

    // The window of the past. Ten, as in the paper, cannot tell the keys of a loop of ten times the capacity from any other.
    private const int SampleFactor = 40;
    private const int Rows = 4;
    private const ulong HighBitsOfCounters = 0x7777_7777_7777_7777;
    private const ulong Golden = 0x9E37_79B9_7F4A_7C15;

    private readonly ulong[] _counters;
    private readonly long _sample;
    private long _additions;

    internal FrequencySketch(int entries)
    {
        _counters = new ulong[Math.Max(16, (int)BitOperations.RoundUpToPowerOf2((uint)entries))];
        _sample = (long)SampleFactor * Math.Max(entries, 1);
    }

    internal int Estimate(uint hash)
    {
        var (place, step) = Spread(hash);
        var least = MaxCount;
        for (var row = 0; row < Rows; row++, place += step)
        {
            least = Math.Min(least, (int)(_counters[IndexOf(place)] >> ShiftOf(place)) & MaxCount);
        }

        return least;
    }

    internal void Add(uint hash)
    {
        var (place, step) = Spread(hash);
        var hasAdded = false;
        for (var row = 0; row < Rows; row++, place += step)
        {
            ref var counters = ref _counters[IndexOf(place)];
            var shift = ShiftOf(place);
            if (((counters >> shift) & MaxCount) < MaxCount)
            {
                counters += 1UL << shift;
                hasAdded = true;
            }
        }

        if (hasAdded && ++_additions >= _sample)
        {
            Halve();
        }
    }

    private void Halve()
    {
        foreach (ref var counters in _counters.AsSpan())
        {
            counters = (counters >> 1) & HighBitsOfCounters;
        }

        _additions /= 2;
    }

    private static (ulong Place, ulong Step) Spread(uint hash)
    {
        var place = (hash + 1UL) * Golden;
        place = (place ^ (place >> 32)) * Golden;
        return (place, ((place ^ (place >> 29)) * Golden) | 1);
    }

    private int IndexOf(ulong place) => (int)(place >> 36) & (_counters.Length - 1);

    private static int ShiftOf(ulong place) => (int)(place >> 28) & 0x3C;
}
