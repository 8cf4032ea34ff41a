using Larder.Remote;

namespace Larder.Caching;

/// <summary>What the cache did since the process started, and what it holds now.</summary>
public sealed record CacheStatistics
{
    /// <summary>Whether values are stored (<see cref="LarderCacheOptions.Enabled"/>).</summary>
    public required bool Available { get; init; }

    /// <summary>Entries held, those expired and not yet swept included.</summary>
    public required long TotalKeys { get; init; }

    /// <summary>Bytes the entries take, with their keys and bookkeeping.</summary>
    public required long MemoryUsedBytes { get; init; }

    /// <summary>Lookups answered from the store.</summary>
    public required long Hits { get; init; }

    /// <summary>Lookups not answered from the store, those that joined a load in flight included.</summary>
    public required long Misses { get; init; }

    /// <summary>Entries removed to make room; expiry and removal are not evictions.</summary>
    public required long Evictions { get; init; }

    /// <summary>The second level, whose hits are among <see cref="Misses"/>; null: there is none.</summary>
    public RemoteStoreStatistics? RemoteStore { get; init; }

    /// <summary>Hits as a percentage of lookups, 0 to 100 with two decimals; null before the first lookup.</summary>
    public double? HitRatePercent =>
        Hits + Misses == 0 ? null : Math.Round(100.0 * Hits / (Hits + Misses), 2, MidpointRounding.AwayFromZero);
}
