namespace Larder.Freshness;

/// <summary>What to run before a statement, and what its rows make of its tags.</summary>
/// <param name="Probes">At least one.</param>
/// <param name="Told">Of each of them, the column of the statement's own result that gives the same, so that it need not be run; null: none does.</param>
/// <param name="ReadsOf">The key under which what a probe gives is remembered, and what the probe reads; null where it must not be remembered.</param>
/// <param name="TagsOf">The tags of the statement, from what each of the probes gave.</param>
/// <param name="Failed">Says that one of the probes failed, so that nobody tries again.</param>
internal sealed record ReadLookups(
    IReadOnlyList<ReadProbe> Probes,
    IReadOnlyList<ResultColumn?> Told,
    Func<ReadProbe, (string Key, ReadStatement Statement)?> ReadsOf,
    Func<IReadOnlyList<IReadOnlyList<object?>?>, Tag[]> TagsOf,
    Action Failed);
