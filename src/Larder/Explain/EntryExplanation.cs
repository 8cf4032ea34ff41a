using Larder.Freshness;

namespace Larder.Explain;

/// <summary>Why an entry of the cache is, or is not, what the next caller gets.</summary>
public sealed record EntryExplanation
{
    /// <summary>Its key.</summary>
    public required string Key { get; init; }

    /// <summary>The name of the policy it is kept under; null where there is none.</summary>
    public string? Policy { get; init; }

    /// <summary>Whether the next caller gets it.</summary>
    public required bool IsServed { get; init; }

    /// <summary>Why the next caller does not get it, or gets it while it is made anew; null where it is simply served.</summary>
    public string? Because { get; init; }

    /// <summary>How far its freshness is known.</summary>
    public required FreshnessKind Freshness { get; init; }

    /// <summary>The memory it takes with its key and bookkeeping.</summary>
    public required long Bytes { get; init; }

    /// <summary>How long ago its load began.</summary>
    public required TimeSpan Age { get; init; }

    /// <summary>How long it will live if nothing it depends on is written; negative where it has expired and is kept to be served stale.</summary>
    public required TimeSpan RemainingLife { get; init; }

    /// <summary>Hits since eviction last looked at it, 0 to 3: more are not told apart, because counting them would cost each hit a write.</summary>
    public int RecentHits { get; init; }

    /// <summary>The position of the invalidation log before its reads began.</summary>
    public required WriteToken ReadAt { get; init; }

    /// <summary>What it depends on.</summary>
    public required IReadOnlyList<TagExplanation> Tags { get; init; }

    /// <summary>What it was read by; at most 32 of them are remembered.</summary>
    public required IReadOnlyList<EntryStatement> Statements { get; init; }
}

/// <summary>A statement that an entry was read by.</summary>
/// <param name="Database">The name of the database.</param>
/// <param name="Text">The statement.</param>
/// <param name="Parameters">What it was run with.</param>
public sealed record EntryStatement(string Database, string Text, IReadOnlyDictionary<string, object?> Parameters);

/// <summary>A tag of an entry.</summary>
/// <param name="Name">What it stands for: <c>products.id = 5</c>, <c>some row of products</c>; a word of the application or a key by its hash alone.</param>
/// <param name="IsWrittenSince">Whether it was written since the entry was read, which is what made the entry stale.</param>
/// <param name="Statements">The places in <see cref="EntryExplanation.Statements"/> of the statements that brought it.</param>
public sealed record TagExplanation(string Name, bool IsWrittenSince, IReadOnlyList<int> Statements);
