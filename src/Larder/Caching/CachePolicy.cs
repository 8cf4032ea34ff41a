namespace Larder.Caching;

/// <summary>
/// How long and how large a value may be stored, and when an old one may be used. Policies are named, immutable and checked when made. What
/// the log says is not a matter of policy: unless a policy opts in, an invalidated value is never served.
/// </summary>
public sealed record CachePolicy
{
    internal const long DefaultMaxEntryBytes = 1024 * 1024;
    internal const long GreatestMaxEntryBytes = 1024L * 1024 * 1024;
    internal const double DefaultJitter = 0.1;
    internal const double GreatestJitter = 0.5;
    internal const double LeastEagerRefresh = 0.05;
    internal const double GreatestEagerRefresh = 0.95;
    internal static readonly TimeSpan GreatestDuration = TimeSpan.FromDays(365);
    internal static readonly TimeSpan GreatestStaleness = TimeSpan.FromDays(30);

    /// <summary>Makes a policy.</summary>
    /// <param name="name">The name it is looked up by: 1 to 100 characters, compared without case.</param>
    /// <param name="duration">The longest lifetime of an entry: 0 to 365 days; 0 stores nothing.</param>
    /// <exception cref="ArgumentException">The name is empty or longer than 100 characters.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The duration is negative or longer than 365 days.</exception>
    public CachePolicy(string name, TimeSpan duration)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        if (name.Length > 100)
        {
            throw new ArgumentException("The name of a policy has at most 100 characters.", nameof(name));
        }

        Name = name;
        Duration = duration;
    }

    /// <summary>The name it is looked up by.</summary>
    public string Name { get; }

    /// <summary>The longest lifetime of an entry, counted from the start of its load: 0 to 365 days; 0 stores nothing.</summary>
    public TimeSpan Duration
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, TimeSpan.Zero);
            ArgumentOutOfRangeException.ThrowIfGreaterThan(value, GreatestDuration);
            field = value;
        }
    }

    /// <summary>
    /// The fraction of <see cref="Duration"/> by which a lifetime may be shortened at random, so that entries made together do
    /// not expire together: 0 to 0.5, default 0.1.
    /// </summary>
    public double Jitter
    {
        get;
        init
        {
            if (!(value >= 0 && value <= GreatestJitter))
            {
                throw new ArgumentOutOfRangeException(nameof(value), value, "Jitter is a fraction between 0 and 0.5.");
            }

            field = value;
        }
    } = DefaultJitter;

    /// <summary>The largest entry stored, in bytes: 1 to 1 GiB, default 1 MiB. A larger value is returned and not stored.</summary>
    public long MaxEntryBytes
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, 1);
            ArgumentOutOfRangeException.ThrowIfGreaterThan(value, GreatestMaxEntryBytes);
            field = value;
        }
    } = DefaultMaxEntryBytes;

    /// <summary>Whether values are never stored (nor read from the store). Callers at one time still share one load. Default false.</summary>
    public bool NoStore { get; init; }

    /// <summary>
    /// How long after its expiry a value is still served while one caller's request makes a new one in the background: 0 to 30 days; default 0,
    /// never. The whole age of a value served is then at most <see cref="Duration"/> and this.
    /// </summary>
    public TimeSpan StaleWhileRevalidate
    {
        get;
        init => field = Staleness(value);
    }

    /// <summary>How long after its expiry a value is served when making a new one fails: 0 to 30 days; default 0, never.</summary>
    public TimeSpan StaleIfError
    {
        get;
        init => field = Staleness(value);
    }

    /// <summary>
    /// How long after it was last known to be fresh an <em>invalidated</em> value is still served, while it is made anew in the background or
    /// when that fails: 0 to 30 days; default 0, never. For screens that may lag a little rather than be rebuilt at every write. Never across an
    /// invalidation marked hard, never to a caller whose write token is newer, and never past <see cref="Duration"/>.
    /// </summary>
    public TimeSpan StaleAfterInvalidation
    {
        get;
        init => field = Staleness(value);
    }

    /// <summary>
    /// The part of its life after which a hit makes the value anew in the background, before it expires: 0.05 to 0.95; default null, never.
    /// </summary>
    public double? EagerRefresh
    {
        get;
        init
        {
            if (value is { } part && !(part >= LeastEagerRefresh && part <= GreatestEagerRefresh))
            {
                throw new ArgumentOutOfRangeException(nameof(value), value, "The threshold of eager refresh is a fraction between 0.05 and 0.95.");
            }

            field = value;
        }
    }

    /// <summary>
    /// The longest lifetime of a result that says there is nothing (null): 0 to 365 days, where 0 stores none; default null, as other results.
    /// It never exceeds <see cref="Duration"/>.
    /// </summary>
    public TimeSpan? NegativeDuration
    {
        get;
        init => field = value is null || (value >= TimeSpan.Zero && value <= GreatestDuration)
            ? value
            : throw new ArgumentOutOfRangeException(nameof(value), value, "A negative duration is between 0 and 365 days.");
    }

    /// <summary>
    /// What happens when this node cannot be sure that it hears of invalidations in time: true goes past the cache, false, the default, serves from
    /// it. Of no effect with a log in the process.
    /// </summary>
    public bool IsStrict { get; init; }

    /// <summary>
    /// How long an HTTP client may use a response without asking again (<c>Cache-Control: max-age</c>): 0 to 365 days. Default null: <c>no-cache</c>, so
    /// that it keeps the response and asks each time, for which a 304 is nearly free. Nothing reaches a client that does not ask, so with an age a
    /// write may be seen that much later.
    /// </summary>
    public TimeSpan? ClientMaxAge
    {
        get;
        init => field = value is null || (value >= TimeSpan.Zero && value <= GreatestDuration)
            ? value
            : throw new ArgumentOutOfRangeException(nameof(value), value, "An age is between 0 and 365 days.");
    }

    /// <summary>
    /// Whether shared HTTP caches may store a response although its request was authenticated (<c>Cache-Control: public</c>). Default false. Of no
    /// effect where the response varies by the user: it is <c>private</c>.
    /// </summary>
    public bool IsPublic { get; init; }

    /// <summary>
    /// Whether the <c>Cache-Control</c> of an HTTP request counts: no-cache and max-age go past what is stored, no-store keeps the response from being
    /// stored, only-if-cached is answered with 504 where nothing is. Default false: whoever can send a header could load the sources at will, and what is
    /// stored is known to be current anyway.
    /// </summary>
    public bool HonoursRequestDirectives { get; init; }

    /// <summary>
    /// Whether values are also kept in the second level, where the host has one: true, the default, or false for what is cheaper to make than to fetch, or must not leave the
    /// process. Of no effect without a second level.
    /// </summary>
    public bool UsesRemoteStore { get; init; } = true;

    internal bool Stores => !NoStore && Duration > TimeSpan.Zero;

    private static TimeSpan Staleness(TimeSpan value) => value >= TimeSpan.Zero && value <= GreatestStaleness
        ? value
        : throw new ArgumentOutOfRangeException(nameof(value), value, "A bound of staleness is between 0 and 30 days.");
}
