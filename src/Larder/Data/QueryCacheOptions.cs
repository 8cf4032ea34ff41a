using Larder.Caching;

namespace Larder.Data;

/// <summary>What is kept of query results, see <see cref="TrackedDataSource.WithQueryCache"/>.</summary>
public sealed record QueryCacheOptions
{
    /// <summary>The name of the policy that results are stored under. Default <see cref="CachePolicies.Default"/>; its size limit holds as well.</summary>
    public string Policy { get; init; } = CachePolicies.Default;

    /// <summary>The most rows a result that is stored may have; larger ones are read from the database each time. Default 1,000; 1 to 1,000,000.</summary>
    public int MaxRows { get; init; } = 1000;

    /// <summary>The most memory, in bytes, that the values of a result that is stored may take. Default 1 MiB; 1 KiB to 1 GiB.</summary>
    public long MaxBytes { get; init; } = 1024 * 1024;

    /// <summary>
    /// How many distinct statements have figures of their own; those that come after share one line. Default 500; 1 to 100,000.
    /// </summary>
    public int MaxMeasuredStatements { get; init; } = 500;

    /// <summary>What is out of its bounds; null: nothing.</summary>
    internal string? Problem() =>
        string.IsNullOrWhiteSpace(Policy) ? "QueryCacheOptions.Policy is empty: it names a policy."
        : MaxRows is < 1 or > 1_000_000 ? $"QueryCacheOptions.MaxRows is {MaxRows}: it is between 1 and 1,000,000."
        : MaxBytes is < 1024 or > 1024L * 1024 * 1024 ? $"QueryCacheOptions.MaxBytes is {MaxBytes}: it is between 1 KiB and 1 GiB."
        : MaxMeasuredStatements is < 1 or > 100_000 ? $"QueryCacheOptions.MaxMeasuredStatements is {MaxMeasuredStatements}: it is between 1 and 100,000."
        : null;
}
