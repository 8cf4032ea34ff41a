using System.Collections.Immutable;

namespace Larder.Views;

/// <summary>One typed parameter of a view: part of its route or its query string, and of the keys of the sections that use it.</summary>
public sealed record ViewParameter
{
    internal ViewParameter(string name, Type type)
    {
        Name = name;
        Type = type;
    }

    /// <summary>The name in the route template or the query string, in snake_case.</summary>
    public string Name { get; }

    /// <summary>The CLR type without <see cref="Nullable{T}"/>: int, long, decimal, bool, string, <see cref="DateOnly"/> or <see cref="Guid"/>.</summary>
    public Type Type { get; }

    /// <summary>Whether a request without it is refused. False when it has a default or may be absent.</summary>
    public bool IsRequired { get; internal init; } = true;

    /// <summary>The value when it is absent: null, a constant, or one that depends on the day.</summary>
    internal Func<TimeProvider, object?> Default { get; init; } = static _ => null;

    /// <summary>The default as documentation shows it; null when there is none.</summary>
    public object? DocumentedDefault { get; internal init; }

    /// <summary>The least value, inclusive; for a string the least length. Null: no bound.</summary>
    public IComparable? Minimum { get; internal init; }

    /// <summary>The greatest value, inclusive; for a string the greatest length. Null: no bound, 256 characters for a string.</summary>
    public IComparable? Maximum { get; internal init; }

    /// <summary>The words that are allowed; empty: any.</summary>
    public ImmutableArray<string> AllowedValues { get; internal init; } = [];

    /// <summary>What it means, for documentation.</summary>
    public string? Description { get; internal init; }
}
