namespace Larder.Bench.Hits;

/// <summary>Caches that do not know of each other, so that none is larger than what is read from it.</summary>
internal sealed class HitBeds : IDisposable
{
    private readonly List<HitBed> _beds = [];

    public HitBed New(long memoryLimitBytes = 4L << 30)
    {
        var bed = new HitBed(memoryLimitBytes);
        _beds.Add(bed);
        return bed;
    }

    public void Dispose() => _beds.ForEach(bed => bed.Dispose());
}
