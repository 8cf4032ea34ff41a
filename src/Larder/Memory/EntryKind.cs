using Larder.Freshness;

namespace Larder.Memory;

/// <summary>
/// What many entries have in common; one instance serves them all, so that it costs an entry one reference. An entry that was read by statements has one of its own.
/// </summary>
internal abstract class EntryKind(bool holdsInstance, ulong epoch, FreshnessKind freshness, EntryRules rules, ReadStatement[]? statements)
    : StampOrigin(epoch, freshness, statements ?? [])
{
    /// <summary>Whether the value is the instance that readers get, and not bytes to make one of.</summary>
    internal bool HoldsInstance { get; } = holdsInstance;

    /// <summary>Whether a hit may make it anew before it expires.</summary>
    internal bool IsRefreshedEarly { get; } = rules.RefreshPart is not null;

    internal EntryRules Rules => rules;
}

/// <summary>The kind of entries that were stored as a type: comparing the type of a kind is all a hit has to do to know that of its value.</summary>
internal sealed class EntryKind<T>(bool holdsInstance, ulong epoch, FreshnessKind freshness, EntryRules rules, ReadStatement[]? statements = null)
    : EntryKind(holdsInstance, epoch, freshness, rules, statements);

/// <summary>What the policy says of an entry once it is stored.</summary>
/// <param name="Staleness">How long it is kept past its expiry to be served stale, in the clock's units.</param>
/// <param name="RefreshPart">The part of its life after which a hit makes it anew, 0 to 1; null: none.</param>
/// <param name="OutlivesInvalidation">Whether it may be served after an invalidation, and so is worth keeping.</param>
/// <param name="Policy">The name of the policy, for whoever asks about the entry.</param>
internal readonly record struct EntryRules(long Staleness = 0, double? RefreshPart = null, bool OutlivesInvalidation = false, string? Policy = null);
