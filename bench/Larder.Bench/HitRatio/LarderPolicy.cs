using Larder.Freshness;
using Larder.Memory;

namespace Larder.Bench.HitRatio;

/// <summary>The product's own store, with entries of one size.</summary>
internal sealed class LarderPolicy : IReplacementPolicy
{
    private const int KeyLength = 8;

    private static readonly EntryKind Kind = new EntryKind<object>(holdsInstance: true, 0, FreshnessKind.Timed, default);
    private static readonly ReadStamp Stamp = new([], 0, 0, long.MaxValue, FreshnessKind.Timed);

    private readonly MemoryStore _store;

    public LarderPolicy(int capacity) =>
        _store = new(Entry("00000000").Bytes * (long)capacity, TimeProvider.System, static _ => false);

    public bool Use(int key)
    {
        Span<char> text = stackalloc char[KeyLength];
        key.TryFormat(text, out _, "x8");
        if (_store.TryGet(text, 0, out _))
        {
            return true;
        }

        _store.Set(Entry(text));
        return false;
    }

    private static MemoryEntry Entry(ReadOnlySpan<char> key) => new(key, null, Stamp, valueBytes: 0, loadedAt: 0, Kind);
}
