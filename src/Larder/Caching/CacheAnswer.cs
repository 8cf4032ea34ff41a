using Larder.Freshness;

namespace Larder.Caching;

/// <summary>What waiting for a load came to.</summary>
/// <param name="Kind">Whether there is a value for this caller.</param>
/// <param name="Value">The value.</param>
/// <param name="Part">How the value was read.</param>
/// <param name="CheckedAt">The position at which it was found fresh just now; null: it counts at its P0.</param>
/// <param name="IsStale">Whether it is an old value for want of a new one, or has such a part.</param>
internal readonly record struct CacheAnswer<T>(CacheAnswerKind Kind, T Value, ReadStamp? Part, LogPosition? CheckedAt, bool IsStale)
{
    /// <summary>Why a value made from this one must not be stored; null: nothing is against it.</summary>
    internal string? NotStorable { get; init; }

    /// <summary>Whether it came from the second level, so that no source was asked.</summary>
    internal bool IsFromRemoteStore { get; init; }
}

/// <summary>Whether a caller can use what a load brought.</summary>
internal enum CacheAnswerKind
{
    Usable,

    /// <summary>The load began before the caller came, and something it read was written since; or two loads of the key were running.</summary>
    AskAgain,

    /// <summary>The load saw what only its own caller may see.</summary>
    LoadAlone,
}
