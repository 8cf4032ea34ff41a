using System.Diagnostics.CodeAnalysis;
using Larder.Freshness;

namespace Larder.Caching;

/// <summary>What a lookup found: the value, or a flight that will bring it.</summary>
internal readonly struct CacheLookup<T>
{
    private readonly T _value;

    internal CacheLookup(T value, ReadStamp part, LogPosition? checkedAt, CacheFlight<T>? refresh = null, bool isStale = false)
    {
        _value = value;
        Part = part;
        CheckedAt = checkedAt;
        Refresh = refresh;
        IsStale = isStale;
    }

    internal CacheLookup(CacheFlight<T> flight)
    {
        _value = default!;
        Flight = flight;
    }

    [MemberNotNullWhen(false, nameof(Flight))]
    [MemberNotNullWhen(true, nameof(Part))]
    internal bool IsHit => Flight is null;

    /// <summary>The value of a hit.</summary>
    internal T Value => IsHit ? _value : throw new InvalidOperationException("A lookup that missed has no value; await its flight.");

    /// <summary>How the value of a hit was read.</summary>
    internal ReadStamp? Part { get; }

    /// <summary>The position at which the hit was found fresh; null for a stale one.</summary>
    internal LogPosition? CheckedAt { get; }

    /// <summary>Whether the hit is expired or invalidated and served because the policy allows it.</summary>
    internal bool IsStale { get; }

    /// <summary>A load that whoever got the hit is to run in the background, and nobody waits for; null: none.</summary>
    internal CacheFlight<T>? Refresh { get; }

    internal CacheFlight<T>? Flight { get; }
}
