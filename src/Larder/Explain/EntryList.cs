using Larder.Freshness;

namespace Larder.Explain;

/// <summary>Entries of this node.</summary>
/// <param name="Matching">How many match the pattern.</param>
/// <param name="IsComplete">Whether all entries were looked at.</param>
/// <param name="Entries">The first of them.</param>
internal sealed record EntryList(int Matching, bool IsComplete, IReadOnlyList<EntrySummary> Entries);

/// <summary>An entry, as a list shows it; see <see cref="EntryExplanation"/>.</summary>
internal sealed record EntrySummary(
    string Key, string? Policy, bool IsServed, FreshnessKind Freshness, TimeSpan Age, TimeSpan RemainingLife, long Bytes, int TagCount, int RecentHits);

/// <summary>Which entries come first.</summary>
internal enum EntryOrder
{
    /// <summary>Those hit most since eviction last looked at them, the newest first.</summary>
    Hits,

    /// <summary>The largest.</summary>
    Size,

    /// <summary>The oldest.</summary>
    Age,
}
