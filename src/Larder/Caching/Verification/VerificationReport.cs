namespace Larder.Caching.Verification;

/// <summary>What was found by comparing values in the cache with their sources, since the process started.</summary>
public sealed record VerificationReport
{
    /// <summary>Whether answers come from the cache at all.</summary>
    public required CacheMode Mode { get; init; }

    /// <summary>The share of hits that is compared, 0 to 1.</summary>
    public required double SampleRate { get; init; }

    /// <summary>In <see cref="CacheMode.Observe"/>: lookups, each answered from its source.</summary>
    public required long ObservedLookups { get; init; }

    /// <summary>In <see cref="CacheMode.Observe"/>: lookups that the cache would have answered.</summary>
    public required long WouldHaveHit { get; init; }

    /// <summary>Values that were held to be fresh while their source was read again, and compared with what it gave.</summary>
    public required long Compared { get; init; }

    /// <summary>Of these, values that differed because they were written meanwhile, which the log then said: no fault.</summary>
    public required long Overtaken { get; init; }

    /// <summary>Of these, values that differed though nothing they read was written: stale answers, or statements whose result depends on more than their tables.</summary>
    public required long Violations { get; init; }

    /// <summary>The newest violations, at most 100, the last one last.</summary>
    public required IReadOnlyList<CacheViolation> Recent { get; init; }

    /// <summary>Would-be hits as a percentage of observed lookups, 0 to 100 with two decimals; null before the first.</summary>
    public double? WouldHaveHitPercent =>
        ObservedLookups == 0 ? null : Math.Round(100.0 * WouldHaveHit / ObservedLookups, 2, MidpointRounding.AwayFromZero);
}

/// <summary>A value that was held to be fresh and was not what its source gives.</summary>
/// <param name="Key">Its key.</param>
/// <param name="LoadedAt">When the value was read.</param>
/// <param name="DetectedAt">When it was found to differ.</param>
/// <param name="Statements">The SQL it was read by, which is tracked by table from then on; empty where it was read by code.</param>
public sealed record CacheViolation(string Key, DateTimeOffset LoadedAt, DateTimeOffset DetectedAt, IReadOnlyList<string> Statements);
