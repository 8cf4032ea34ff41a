namespace Larder.Data;

/// <summary>What one statement did since the process started, through a data source that caches query results.</summary>
/// <param name="Query">The statement; null for all that came after as many had figures of their own as may.</param>
public sealed record QueryStatistics(string? Query)
{
    /// <summary>How often it was run, whoever answered.</summary>
    public required long ExecutionCount { get; init; }

    /// <summary>Executions answered from the cache.</summary>
    public required long CacheHits { get; init; }

    /// <summary>Executions answered by the database.</summary>
    public required long CacheMisses { get; init; }

    /// <summary>Hits as a percentage of executions, 0 to 100 with two decimals; null before the first.</summary>
    public double? HitRate => Percent(CacheHits, ExecutionCount);

    /// <summary>The mean time that the database took, reading included, in milliseconds; null before the first.</summary>
    public required double? AvgDbTimeMs { get; init; }

    /// <summary>The mean time that a hit took, in milliseconds; null before the first.</summary>
    public required double? AvgCacheTimeMs { get; init; }

    /// <summary>How many times as long as the cache the database takes; null until both were asked.</summary>
    public double? SpeedupFactor => AvgDbTimeMs is { } database && AvgCacheTimeMs is > 0 and { } cache ? Math.Round(database / cache, 2) : null;

    /// <summary>When it was last run.</summary>
    public required DateTimeOffset LastExecuted { get; init; }

    private static double? Percent(long part, long whole) =>
        whole == 0 ? null : Math.Round(100.0 * part / whole, 2, MidpointRounding.AwayFromZero);
}
