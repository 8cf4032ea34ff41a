namespace Larder.Freshness;

/// <summary>What one committed transaction, or one request to invalidate, changes: the content of a record before it has its place in the log.</summary>
internal sealed record WriteSet
{
    /// <summary>The most tags of one record; more of them are collapsed before, or count as everything.</summary>
    internal const int MaxTags = 4096;

    internal WriteSet(params Tag[] tags) => Tags = tags;

    internal static WriteSet Everything { get; } = new() { IsAll = true };

    internal Tag[] Tags { get; init; }

    /// <summary>
    /// What the record counts as, in addition, on a node with another schema: for every table of which it names values, the wildcard
    /// "some row". A tag is only a hash, so the receiver could not find these by itself.
    /// </summary>
    internal Tag[] Wildcards { get; init; } = [];

    /// <summary>The schema that the fine tags were derived from; 0 when they do not depend on one.</summary>
    internal ulong SchemaHash { get; init; }

    /// <summary>Whether anything may have changed.</summary>
    internal bool IsAll { get; init; }

    /// <summary>What it came of, for whoever counts; it is not part of the record.</summary>
    internal InvalidationCause Cause { get; init; }

    /// <summary>Whether no stale answer may be given across it.</summary>
    internal bool IsHard { get; init; }
}
