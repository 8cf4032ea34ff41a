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

    /// <summary>How long after its expiry a value is served while it is made anew: 0 to 30 days.</summary>
    public TimeSpan? StaleWhileRevalidate { get; set; }

    /// <summary>How long after its expiry a value is served when making a new one fails: 0 to 30 days.</summary>
    public TimeSpan? StaleIfError { get; set; }

    /// <summary>How long after it was last known to be fresh an invalidated value is served: 0 to 30 days.</summary>
    public TimeSpan? StaleAfterInvalidation { get; set; }

    /// <summary>The part of its life after which a hit makes the value anew: 0.05 to 0.95.</summary>
    public double? EagerRefresh { get; set; }

    /// <summary>The longest lifetime of a result that says there is nothing: 0 to 365 days.</summary>
    public TimeSpan? NegativeDuration { get; set; }

    /// <summary>Whether the cache is passed by while this node may be too far behind.</summary>
    public bool? IsStrict { get; set; }

    /// <summary>How long an HTTP client may use a response without asking: 0 to 365 days.</summary>
    public TimeSpan? ClientMaxAge { get; set; }

    /// <summary>Whether shared HTTP caches may store responses to authenticated requests.</summary>
    public bool? IsPublic { get; set; }

    /// <summary>Whether the Cache-Control of an HTTP request counts.</summary>
    public bool? HonoursRequestDirectives { get; set; }

    /// <summary>Whether values are also kept in the second level.</summary>
    public bool? UsesRemoteStore { get; set; }

    internal CachePolicy ApplyTo(CachePolicy policy) => policy with
    {
        Duration = Duration ?? policy.Duration,
        Jitter = Jitter ?? policy.Jitter,
        MaxEntryBytes = MaxEntryBytes ?? policy.MaxEntryBytes,
        NoStore = NoStore ?? policy.NoStore,
        StaleWhileRevalidate = StaleWhileRevalidate ?? policy.StaleWhileRevalidate,
        StaleIfError = StaleIfError ?? policy.StaleIfError,
        StaleAfterInvalidation = StaleAfterInvalidation ?? policy.StaleAfterInvalidation,
        EagerRefresh = EagerRefresh ?? policy.EagerRefresh,
        NegativeDuration = NegativeDuration ?? policy.NegativeDuration,
        IsStrict = IsStrict ?? policy.IsStrict,
        ClientMaxAge = ClientMaxAge ?? policy.ClientMaxAge,
        IsPublic = IsPublic ?? policy.IsPublic,
        HonoursRequestDirectives = HonoursRequestDirectives ?? policy.HonoursRequestDirectives,
        UsesRemoteStore = UsesRemoteStore ?? policy.UsesRemoteStore,
    };
}
