using Larder.Freshness;

namespace Larder.Caching;

/// <summary>What one caller asks for.</summary>
/// <param name="Key">The key.</param>
/// <param name="Policy">How the value is stored, and how old it may be.</param>
/// <param name="Words">The tags of the caller; looked at only when a load begins.</param>
/// <param name="Variant">What it does with the store.</param>
/// <param name="Token">What the caller must see.</param>
/// <param name="Arrival">Where the node stood when the caller came. It stays when the caller asks again, so that any load that began later will do.</param>
internal readonly record struct CacheRequest(
    string Key, CachePolicy Policy, IReadOnlyCollection<string>? Words, CacheVariant Variant, WriteToken Token, LogPosition Arrival)
{
    /// <summary>Whether the value belongs with others that were read at one moment, so that it is never read anew by itself.</summary>
    internal bool IsOfASnapshot { get; init; }
}
