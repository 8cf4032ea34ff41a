namespace Larder.Remote;

/// <summary>What the second level did since the process started. Each figure is exact; they are read one after another.</summary>
public sealed record RemoteStoreStatistics
{
    /// <summary>What people know the store by; no secrets.</summary>
    public required string Name { get; init; }

    /// <summary>Whether it is used now. False after a failure, until it answers again.</summary>
    public required bool IsAvailable { get; init; }

    /// <summary>Loads answered from it.</summary>
    public required long Hits { get; init; }

    /// <summary>Loads it had nothing for.</summary>
    public required long Misses { get; init; }

    /// <summary>Values that were found and not served: expired, invalidated, or of another epoch of the invalidation log.</summary>
    public required long Stale { get; init; }

    /// <summary>Values that were found and could not be used: corrupt, of another version or definition, or too large.</summary>
    public required long Unusable { get; init; }

    /// <summary>Reads that failed, and writes and removals that failed.</summary>
    public required long Failures { get; init; }

    /// <summary>Loads that did not ask it, because it was away.</summary>
    public required long Skipped { get; init; }

    /// <summary>Values written to it.</summary>
    public required long Writes { get; init; }

    /// <summary>Values not written because it had a newer one.</summary>
    public required long Superseded { get; init; }

    /// <summary>Values and removals that were not sent, because the queue was full or the store was away.</summary>
    public required long Dropped { get; init; }

    /// <summary>Hits as a percentage of the loads that asked it, 0 to 100 with two decimals; null before the first.</summary>
    public double? HitRatePercent =>
        Hits + Misses + Stale + Unusable == 0 ? null : Math.Round(100.0 * Hits / (Hits + Misses + Stale + Unusable), 2, MidpointRounding.AwayFromZero);
}
