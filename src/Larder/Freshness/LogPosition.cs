namespace Larder.Freshness;

/// <summary>
/// Where a node stands: its view, the position applied in it, and what it bypasses. Immutable but for the mark of its end, and replaced as a
/// whole by every record, so that one comparison of references says whether anything happened since an entry was last found fresh. It is
/// the pair (validView, validAt) of the design, and as one object it cannot tear.
/// </summary>
internal sealed class LogPosition(LogView view, long applied, BypassedTags? bypass)
{
    private long _endedAt = long.MaxValue;

    /// <summary>The mark of an entry that must never be found fresh again.</summary>
    internal static LogPosition Never { get; } = new(LogView.Create(0, 0, new LogTableSizes(0, 2, 0)), -1, null);

    internal LogView View { get; } = view;

    internal long Applied { get; } = applied;

    /// <summary>Tags of writes whose outcome or position is not known; null: none.</summary>
    internal BypassedTags? Bypass { get; } = bypass;

    /// <summary>The timestamp at which another position took its place: until then, what was fresh here is known to have been.</summary>
    internal long EndedAt
    {
        get => Volatile.Read(ref _endedAt);
        set => Volatile.Write(ref _endedAt, value);
    }
}
