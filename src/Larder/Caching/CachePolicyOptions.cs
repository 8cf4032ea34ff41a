namespace Larder.Caching;

/// <summary>What configuration or code changes about one named policy; null leaves the policy's own value.</summary>
public sealed class CachePolicyOptions
{
    /// <summary>The longest lifetime: more than 0, at most 365 days. In configuration a whole number of seconds or hh:mm:ss.</summary>
    public TimeSpan? Duration { get; set; }

    /// <summary>The fraction of the lifetime taken off at random: 0 to 0.5.</summary>
    public double? Jitter { get; set; }

    /// <summary>The largest entry stored, in bytes: 1 to 1 GiB.</summary>
    public long? MaxEntryBytes { get; set; }

    /// <summary>Whether nothing is stored. The policy "cart" cannot be made to store.</summary>
    public bool? NoStore { get; set; }

    internal CachePolicy ApplyTo(CachePolicy policy) => policy with
    {
        Duration = Duration ?? policy.Duration,
        Jitter = Jitter ?? policy.Jitter,
        MaxEntryBytes = MaxEntryBytes ?? policy.MaxEntryBytes,
        NoStore = NoStore ?? policy.NoStore,
    };
}
