namespace Larder.Freshness;

/// <summary>
/// What a value remembers of how it was read: the tags, the epoch and the position P0 before its reads began, and the position at which it
/// was last found fresh. P0 is what it was loaded with and never changes.
/// </summary>
internal class ReadStamp
{
    // The tags, and behind them whatever else a stored value keeps in the same array.
    private readonly Tag[] _words;
    private readonly ushort _tagCount;
    private LogPosition? _validAt;

    internal ReadStamp(Tag[] tags, ulong epoch, long position, long expiresAt, FreshnessKind kind, ReadStatement[]? statements = null)
    {
        _words = tags;
        _tagCount = checked((ushort)tags.Length);
        Origin = new(epoch, kind, statements ?? []);
        Position = position;
        ExpiresAt = expiresAt;
    }

    /// <summary>The same stamp for a value that is stored.</summary>
    /// <param name="stamp">The stamp.</param>
    /// <param name="words">An array that begins with the stamp's tags.</param>
    /// <param name="origin">Of the stamp's epoch and kind.</param>
    protected ReadStamp(ReadStamp stamp, Tag[] words, StampOrigin origin)
    {
        _words = words;
        _tagCount = stamp._tagCount;
        Origin = origin;
        Position = stamp.Position;
        ExpiresAt = stamp.ExpiresAt;
    }

    internal ReadOnlySpan<Tag> Tags => _words.AsSpan(0, _tagCount);

    internal ulong Epoch => Origin.Epoch;

    /// <summary>P0.</summary>
    internal long Position { get; }

    /// <summary>A timestamp of the cache's TimeProvider.</summary>
    internal long ExpiresAt { get; }

    internal FreshnessKind Kind => Origin.Kind;

    /// <summary>What it was read by, for whoever asks why; not all of it where that is much.</summary>
    internal ReadStatement[] Statements => Origin.Statements;

    /// <summary>Where it was last found fresh; null: nowhere yet.</summary>
    internal LogPosition? ValidAt => Volatile.Read(ref _validAt);

    /// <summary>Remembers a successful check. False: it was voided meanwhile.</summary>
    /// <param name="seen">What <see cref="ValidAt"/> was before the check.</param>
    /// <param name="at">The position that was read before the check.</param>
    internal bool TryMark(LogPosition? seen, LogPosition at) =>
        Interlocked.CompareExchange(ref _validAt, at, seen) is var found && (ReferenceEquals(found, seen) || !ReferenceEquals(found, LogPosition.Never));

    /// <summary>Makes it stale for good: something read through its scope after the load had ended.</summary>
    internal void Void() => Interlocked.Exchange(ref _validAt, LogPosition.Never);

    protected StampOrigin Origin { get; }

    protected ReadOnlySpan<Tag> BehindTags => _words.AsSpan(_tagCount);
}
