namespace Larder.Caching;

/// <summary>
/// Settings of the cache, read from configuration (see each property for its names), then from the delegate given to
/// <c>AddLarder</c>, and validated when the host starts. Where two configuration names set one property, the one under
/// <c>Larder:</c> wins.
/// </summary>
public sealed class LarderCacheOptions
{
    internal const long LeastMemoryLimitBytes = 64 * 1024;
    internal const int GreatestLoads = 100_000;
    internal const long GreatestMemoryLimitBytes = 1024L * 1024 * 1024 * 1024;

    /// <summary>
    /// Whether values are stored. When false every caller's load runs, shared only with callers at the same time.
    /// Default true. Configuration: <c>Larder:Enabled</c>, <c>CACHE_ENABLED</c> (true, false, 1 or 0).
    /// </summary>
    public bool Enabled { get; set; } = true;

    /// <summary>
    /// Whether answers and sections are counted and timed. Default true. Configuration: <c>Larder:MonitoringEnabled</c>,
    /// <c>CACHE_MONITORING_ENABLED</c> (true, false, 1 or 0).
    /// </summary>
    public bool MonitoringEnabled { get; set; } = true;

    /// <summary>
    /// Whether answers come from the cache, or only a report of what they would have been. Default <see cref="CacheMode.Serve"/>.
    /// Configuration: <c>Larder:Mode</c> (serve, observe).
    /// </summary>
    public CacheMode Mode { get; set; }

    /// <summary>
    /// The share of hits whose source is read again in the background and compared: 0 to 1; default 0, none; 0.001 is a good start. At most one
    /// comparison of a key each second. Configuration: <c>Larder:VerifySampleRate</c>.
    /// </summary>
    public double VerifySampleRate { get; set; }

    /// <summary>
    /// Lifetime of the policy "default": more than 0, at most 365 days; default 300 s.
    /// Configuration: <c>Larder:DefaultDuration</c>, <c>CACHE_DEFAULT_TTL</c> (seconds).
    /// </summary>
    public TimeSpan DefaultDuration { get; set; } = TimeSpan.FromSeconds(300);

    /// <summary>
    /// Lifetime of the built-in policy of the short tier, "customer": more than 0, at most 365 days; default 120 s.
    /// Configuration: <c>Larder:ShortDuration</c>, <c>CACHE_TTL_SHORT</c> (seconds).
    /// </summary>
    public TimeSpan ShortDuration { get; set; } = TimeSpan.FromSeconds(120);

    /// <summary>
    /// Lifetime of the built-in policies of the medium tier, "dashboard", "product", "home", "user-data" and "slots": more than
    /// 0, at most 365 days; default 300 s. Configuration: <c>Larder:MediumDuration</c>, <c>CACHE_TTL_MEDIUM</c> (seconds).
    /// </summary>
    public TimeSpan MediumDuration { get; set; } = TimeSpan.FromSeconds(300);

    /// <summary>
    /// Lifetime of the built-in policies of the long tier, "reports" and "business-intelligence": more than 0, at most 365
    /// days; default 900 s. Configuration: <c>Larder:LongDuration</c>, <c>CACHE_TTL_LONG</c> (seconds).
    /// </summary>
    public TimeSpan LongDuration { get; set; } = TimeSpan.FromSeconds(900);

    /// <summary>
    /// The most memory that entries, with their keys and bookkeeping, may take: 64 KiB to 1 TiB; default 256 MiB.
    /// Configuration: <c>Larder:MemoryLimitBytes</c>.
    /// </summary>
    public long MemoryLimitBytes { get; set; } = 256L * 1024 * 1024;

    /// <summary>
    /// How many loads of one view or cached endpoint run at once: 1 to 100,000; default 64. Callers of one key share one load, so this counts keys.
    /// Configuration: <c>Larder:MaxConcurrentLoads</c>.
    /// </summary>
    public int MaxConcurrentLoads { get; set; } = 64;

    /// <summary>
    /// How many more loads of one view or cached endpoint wait for their turn: 0 to 100,000; default 256. What comes on top is answered at once, with an
    /// old response where the policy allows it, otherwise with 503. Configuration: <c>Larder:MaxQueuedLoads</c>.
    /// </summary>
    public int MaxQueuedLoads { get; set; } = 256;

    /// <summary>
    /// Changes to named policies, stronger than the tiers. A name must be built in or added by <see cref="AddPolicy"/>.
    /// Configuration: <c>Larder:Policies:{name}:Duration|Jitter|MaxEntryBytes|NoStore|StaleWhileRevalidate|StaleIfError|
    /// StaleAfterInvalidation|EagerRefresh|NegativeDuration|IsStrict|ClientMaxAge|IsPublic|HonoursRequestDirectives|UsesRemoteStore</c>.
    /// </summary>
    public IDictionary<string, CachePolicyOptions> Policies { get; } =
        new Dictionary<string, CachePolicyOptions>(StringComparer.OrdinalIgnoreCase);

    internal Dictionary<string, CachePolicy> AddedPolicies { get; } = new(StringComparer.OrdinalIgnoreCase);

    internal List<string> ConfigurationErrors { get; } = [];

    /// <summary>Adds a policy of the application's own, which <see cref="Policies"/> and configuration may then change.</summary>
    /// <param name="policy">The policy; its name is neither built in nor added before.</param>
    /// <returns>These options.</returns>
    /// <exception cref="ArgumentException">There is a policy of this name.</exception>
    public LarderCacheOptions AddPolicy(CachePolicy policy)
    {
        ArgumentNullException.ThrowIfNull(policy);
        if (CachePolicies.BuiltInNames.Contains(policy.Name) || !AddedPolicies.TryAdd(policy.Name, policy))
        {
            throw new ArgumentException($"There is a policy named '{policy.Name}' already; change it through Policies.", nameof(policy));
        }

        return this;
    }

    internal Dictionary<string, CachePolicy> ResolvePolicies() =>
        CachePolicies.BuiltIn(this)
            .Concat(AddedPolicies.Values)
            .Select(policy => Policies.TryGetValue(policy.Name, out var changes) ? changes.ApplyTo(policy) : policy)
            .ToDictionary(policy => policy.Name, StringComparer.OrdinalIgnoreCase);
}
