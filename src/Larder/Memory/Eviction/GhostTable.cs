using System.Numerics;

namespace Larder.Memory.Eviction;

/// <summary>
/// Which keys were evicted lately: within as many evictions as there are entries. Sets of four places hold 20 bits of a hash and 12 of the
/// time; the oldest of a set makes room. It takes 4 to 8 bytes an entry, and takes one key for another about once in 250,000 questions.
/// </summary>
internal sealed class GhostTable
{
    private const int Ways = 4;
    private const int TimeBits = 12;
    private const uint TimeMask = (1 << TimeBits) - 1;

    /// <summary>Steps of the clock in one lifetime; a quarter of its turn, so that what is long out of date is not taken for young.</summary>
    private const int StepsOfLifetime = 1 << (TimeBits - 2);

    private readonly uint[] _places;
    private readonly long _lifetime;
    private long _evictions;

    internal GhostTable(int entries)
    {
        _places = new uint[Math.Max(Ways * 4, (int)BitOperations.RoundUpToPowerOf2((uint)entries))];
        _lifetime = Math.Max(entries, 1);
    }

    private uint Now => (uint)(_evictions * StepsOfLifetime / _lifetime) & TimeMask;

    internal void Add(uint hash)
    {
        _evictions++;
        var now = Now;
        var set = SetOf(hash);
        ref var chosen = ref set[0];
        foreach (ref var place in set)
        {
            if (place == 0 || IsOf(place, hash))
            {
                chosen = ref place;
                break;
            }

            if (AgeOf(place, now) > AgeOf(chosen, now))
            {
                chosen = ref place;
            }
        }

        // The lowest bit of the hash part is always set, so that no ghost looks like an empty place.
        chosen = MarkOf(hash) | now;
    }

    /// <summary>Whether the key was evicted lately; if so it is forgotten.</summary>
    internal bool Take(uint hash)
    {
        foreach (ref var place in SetOf(hash))
        {
            if (IsOf(place, hash))
            {
                var isYoung = AgeOf(place, Now) < StepsOfLifetime;
                place = 0;
                return isYoung;
            }
        }

        return false;
    }

    private Span<uint> SetOf(uint hash)
    {
        var set = (int)(BitOperations.RotateLeft(hash * 0x9E37_79B1, 16) & (uint)((_places.Length / Ways) - 1));
        return _places.AsSpan(set * Ways, Ways);
    }

    private static uint MarkOf(uint hash) => ((hash * 0x85EB_CA6B) & ~TimeMask) | (1 << TimeBits);

    private static bool IsOf(uint place, uint hash) => (place & ~TimeMask) == MarkOf(hash);

    private static uint AgeOf(uint place, uint now) => (now - place) & TimeMask;
}
