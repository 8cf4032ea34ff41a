using Larder.Freshness;

namespace Larder.Memory;

/// <summary>
/// What many entries have in common; one instance serves them all, so that it costs an entry one reference. An entry that was read by statements has one of its own.
/// </summary>
internal sealed class EntryKind(Type valueType, ulong epoch, FreshnessKind freshness, EntryRules rules, ReadStatement[]? statements = null)
    : StampOrigin(epoch, freshness, statements ?? [])
{
    internal Type ValueType => valueType;

    internal EntryRules Rules => rules;
}

/// <summary>What the policy says of an entry once it is stored.</summary>
/// <param name="Staleness">How long it is kept past its expiry to be served stale, in the clock's units.</param>
/// <param name="RefreshPart">The part of its life after which a hit makes it anew, 0 to 1; null: none.</param>
/// <param name="OutlivesInvalidation">Whether it may be served after an invalidation, and so is worth keeping.</param>
internal readonly record struct EntryRules(long Staleness = 0, double? RefreshPart = null, bool OutlivesInvalidation = false);
