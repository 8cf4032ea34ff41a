namespace Larder.Memory.Eviction;

/// <summary>
/// Finds the mode that suits the requests as they are now: one shadow for each mode sees the same sample of the keys, at a capacity as much smaller
/// as the sample (Waldspurger, Saemundsson, Ahmad, Park, "Cache modeling and optimization using miniature simulations", USENIX ATC 2017), and the
/// one with the most hits of late wins.
/// </summary>
internal sealed class ModeChoice
{
    private const int MaxShadowEntries = 512;
    private const int ModeCount = 3;

    // The past counts for ten turnovers of the shadow, and for no less than lets a small one see a whole phase of what goes on.
    private const double Turnovers = 10;
    private const double LeastMemory = 5_000;

    // A change of mode costs the hits of what has to move; a difference that may be chance is not worth it.
    private const double WorthwhileGain = 0.003;
    private const int UsesBetweenChoices = 16;

    private readonly ShadowCache[] _shadows;
    private readonly double[] _hits = new double[ModeCount];
    private readonly double _fading;
    private double _uses;
    private int _sinceChoice;

    /// <summary>Begins with empty shadows.</summary>
    /// <param name="entries">How many entries the store holds when it is full.</param>
    /// <param name="countOfSample">
    /// How many of them have a hash that begins with so many zeros. Their number, and not the share that they should be, is the capacity of the shadows:
    /// whether a loop of about the capacity fits in is decided by a few keys.
    /// </param>
    /// <param name="mode">What to begin with.</param>
    internal ModeChoice(int entries, Func<int, int> countOfSample, EvictionMode mode)
    {
        SizedFor = entries;
        Mode = mode;
        var zeros = 0;
        while (entries >> zeros > MaxShadowEntries)
        {
            zeros++;
        }

        SampleBelow = uint.MaxValue >> zeros;
        var capacity = Math.Max(1, countOfSample(zeros));
        _fading = 1 - (1 / Math.Max(LeastMemory, Turnovers * capacity));
        _shadows = [.. Enum.GetValues<EvictionMode>().Select(each => new ShadowCache(capacity, each))];
    }

    internal EvictionMode Mode { get; private set; }

    /// <summary>The number of entries of the store whose sample the shadows hold.</summary>
    internal int SizedFor { get; }

    /// <summary>Hashes below this one, or equal, are the sample.</summary>
    internal uint SampleBelow { get; }

    internal void Use(uint hash)
    {
        if (hash > SampleBelow)
        {
            return;
        }

        _uses = (_uses * _fading) + 1;
        for (var mode = 0; mode < ModeCount; mode++)
        {
            _hits[mode] = (_hits[mode] * _fading) + (_shadows[mode].Use(hash) ? 1 : 0);
        }

        if (++_sinceChoice >= UsesBetweenChoices)
        {
            _sinceChoice = 0;
            Choose();
        }
    }

    private void Choose()
    {
        var best = (int)Mode;
        for (var mode = 0; mode < ModeCount; mode++)
        {
            if (_hits[mode] > _hits[best] + (WorthwhileGain * _uses))
            {
                best = mode;
            }
        }

        Mode = (EvictionMode)best;
    }
}
