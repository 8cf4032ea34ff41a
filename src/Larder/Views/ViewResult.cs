using Larder.Freshness;
using Larder.Views.Execution;

namespace Larder.Views;

/// <summary>What came of one call of a view.</summary>
public sealed class ViewResult
{
    internal ViewResult(View view, IReadOnlyList<SectionRun> runs, DateTimeOffset now)
    {
        View = view;
        Runs = runs;
        Failure = FailureOf(runs);
        DataSources = runs.Count(run => run.IsAsked);
        IsCached = runs.All(run => !run.IsAsked || run.Outcome is SectionOutcome.Hit or SectionOutcome.Stale);
        IsComplete = runs.All(run => run.Outcome != SectionOutcome.Failed);
        GeneratedAt = runs.Where(run => run.Fragment is not null).Select(run => run.Fragment!.GeneratedAt).DefaultIfEmpty(now).Min();
        IsSnapshot = view.IsSnapshot && IsOneSnapshot(runs);
    }

    /// <summary>The view that was asked for.</summary>
    public View View { get; }

    /// <summary>Why the view has no answer: a required section failed, or everything that was asked for. Null: it has one.</summary>
    public SectionFailure? Failure { get; }

    /// <summary>The number of sections whose source is asked, or was when they were cached; sections switched off or only computed do not count.</summary>
    public int DataSources { get; }

    /// <summary>Whether no source was asked for this call.</summary>
    public bool IsCached { get; }

    /// <summary>Whether no section failed.</summary>
    public bool IsComplete { get; }

    /// <summary>When the oldest part was read.</summary>
    public DateTimeOffset GeneratedAt { get; }

    /// <summary>Whether all SQL sections of a snapshot view come from one snapshot of the database.</summary>
    public bool IsSnapshot { get; }

    internal IReadOnlyList<SectionRun> Runs { get; }

    /// <summary>How a section came about.</summary>
    /// <exception cref="ArgumentException">The view has no such section.</exception>
    public SectionOutcome OutcomeOf(string section) => Run(section).Outcome;

    /// <summary>The section's JSON; null when it has none because it failed or was not asked for.</summary>
    /// <exception cref="ArgumentException">The view has no such section.</exception>
    public ReadOnlyMemory<byte>? JsonOf(string section) => Run(section).Fragment?.Json;

    /// <summary>Says to the scope around it what the whole depends on.</summary>
    internal void ReportTo(ReadScope outer)
    {
        foreach (var run in Runs.Where(run => run.IsAsked))
        {
            if (run.Part is { } part)
            {
                outer.AddPart(part, run.CheckedAt, run.Outcome == SectionOutcome.Stale);
            }

            if (run.Part is null || run.NotStorable is not null)
            {
                outer.MarkNotStorable(run.NotStorable ?? $"section '{run.Section.Name}' failed or is not cached");
            }
        }
    }

    private SectionRun Run(string section) =>
        Runs.FirstOrDefault(run => run.Section.Name == section) ?? throw new ArgumentException($"View '{View.Name}' has no section '{section}'.", nameof(section));

    private static SectionFailure? FailureOf(IReadOnlyList<SectionRun> runs)
    {
        // The kinds stand in order: that a thing does not exist says more than that another source was slow.
        var failed = runs.Where(run => run.Failure is not null).OrderBy(run => run.Failure!.Kind).ToArray();
        if (failed.FirstOrDefault(run => run.Section.IsRequired)?.Failure is { } failure)
        {
            // A section that only waited for another says nothing about the source.
            return failure.Kind == SectionFailureKind.Dependency ? failed[0].Failure : failure;
        }

        var shown = runs.Where(run => run.IsAsked && run.Section.Placement != SectionPlacement.Hidden).ToArray();
        return shown.Length > 0 && shown.All(run => run.Failure is not null) ? failed[0].Failure : null;
    }

    private static bool IsOneSnapshot(IReadOnlyList<SectionRun> runs)
    {
        var ids = runs.Where(run => run.Section.Source is Sources.SqlSource && run.Outcome != SectionOutcome.NotAsked).Select(run => run.Fragment?.SnapshotId ?? 0).Distinct().ToArray();
        return ids is [not 0];
    }
}
