using System.Diagnostics.CodeAnalysis;

namespace Larder.Caching;

/// <summary>What a lookup found: the value, or a flight that will bring it.</summary>
internal readonly struct CacheLookup<T>
{
    private readonly T _value;

    internal CacheLookup(T value)
    {
        _value = value;
        Flight = null;
    }

    internal CacheLookup(CacheFlight<T> flight)
    {
        _value = default!;
        Flight = flight;
    }

    [MemberNotNullWhen(false, nameof(Flight))]
    internal bool IsHit => Flight is null;

    /// <summary>The value of a hit.</summary>
    internal T Value => IsHit ? _value : throw new InvalidOperationException("A lookup that missed has no value; await its flight.");

    internal CacheFlight<T>? Flight { get; }
}
