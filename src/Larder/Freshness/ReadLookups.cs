namespace Larder.Freshness;

/// <summary>What to run before a statement, and what its rows make of its tags.</summary>
/// <param name="Probes">At least one.</param>
/// <param name="TagsOf">The tags of the statement, from what each of the probes gave.</param>
/// <param name="Failed">Says that one of the probes failed, so that nobody tries again.</param>
internal sealed record ReadLookups(IReadOnlyList<ReadProbe> Probes, Func<IReadOnlyList<IReadOnlyList<object?>?>, Tag[]> TagsOf, Action Failed);
