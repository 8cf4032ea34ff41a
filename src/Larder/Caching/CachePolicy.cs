namespace Larder.Caching;

/// <summary>How long and how large a value may be stored. Policies are named, immutable and checked when made.</summary>
public sealed record CachePolicy
{
    internal const long DefaultMaxEntryBytes = 1024 * 1024;
    internal const long GreatestMaxEntryBytes = 1024L * 1024 * 1024;
    internal const double DefaultJitter = 0.1;
    internal const double GreatestJitter = 0.5;
    internal static readonly TimeSpan GreatestDuration = TimeSpan.FromDays(365);

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

    internal bool Stores => !NoStore && Duration > TimeSpan.Zero;
}
