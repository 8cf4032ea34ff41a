namespace Larder.Freshness;

/// <summary>
/// What a value remembers of how it was read: the tags, the epoch and the position P0 before its reads began, and the position at which it
/// was last found fresh. P0 is what it was loaded with and never changes.
/// </summary>
internal class ReadStamp
{
    private LogPosition? _validAt;

    internal ReadStamp(Tag[] tags, ulong epoch, long position, long expiresAt, FreshnessKind kind)
    {
        Tags = tags;
        Epoch = epoch;
        Position = position;
        ExpiresAt = expiresAt;
        Kind = kind;
    }

    protected ReadStamp(ReadStamp stamp)
        : this(stamp.Tags, stamp.Epoch, stamp.Position, stamp.ExpiresAt, stamp.Kind) => Statements = stamp.Statements;

    internal Tag[] Tags { get; }

    internal ulong Epoch { get; }

    /// <summary>P0.</summary>
    internal long Position { get; }

    /// <summary>A timestamp of the cache's TimeProvider.</summary>
    internal long ExpiresAt { get; }

    internal FreshnessKind Kind { get; }

    /// <summary>What it was read by, for whoever asks why; not all of it where that is much.</summary>
    internal ReadStatement[] Statements { get; init; } = [];

    /// <summary>Where it was last found fresh; null: nowhere yet.</summary>
    internal LogPosition? ValidAt => Volatile.Read(ref _validAt);

    /// <summary>Remembers a successful check. False: it was voided meanwhile.</summary>
    /// <param name="seen">What <see cref="ValidAt"/> was before the check.</param>
    /// <param name="at">The position that was read before the check.</param>
    internal bool TryMark(LogPosition? seen, LogPosition at) =>
        Interlocked.CompareExchange(ref _validAt, at, seen) is var found && (ReferenceEquals(found, seen) || !ReferenceEquals(found, LogPosition.Never));

    /// <summary>Makes it stale for good: something read through its scope after the load had ended.</summary>
    internal void Void() => Interlocked.Exchange(ref _validAt, LogPosition.Never);
}
