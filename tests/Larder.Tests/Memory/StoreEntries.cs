using Larder.Freshness;
using Larder.Memory;

namespace Larder.Tests.Memory;

/// <summary>Makes entries of a chosen size and life.</summary>
internal static class StoreEntries
{
    internal const int Bytes = 1_000;

    private static readonly EntryKind Kind = new EntryKind<string>(holdsInstance: true, epoch: 1, FreshnessKind.Timed, default);

    internal static MemoryEntry Make(string key, int bytes = Bytes, long expiresAt = long.MaxValue, object? value = null)
    {
        var stamp = new ReadStamp([], epoch: 1, position: 0, expiresAt, FreshnessKind.Timed);
        var own = new MemoryEntry(key, null, stamp, valueBytes: 0, loadedAt: 0, Kind).Bytes;
        return new MemoryEntry(key, value ?? key, stamp, bytes - own, loadedAt: 0, Kind);
    }

    internal static string[] Present(MemoryStore store, params string[] keys) => [.. keys.Where(key => store.TryGet(key, out _))];
}
