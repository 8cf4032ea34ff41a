using Larder.Caching;
using Larder.Freshness;

namespace Larder.Views.Execution;

/// <summary>One section in one call of a view.</summary>
internal sealed class SectionRun(PlannedSection planned)
{
    public PlannedSection Planned { get; } = planned;

    public Section Section => Planned.Section;

    public SectionOutcome Outcome { get; private set; } = SectionOutcome.NotAsked;

    public SectionFragment? Fragment { get; private set; }

    public SectionFailure? Failure { get; private set; }

    public TimeSpan Elapsed { get; private set; }

    public SectionInputs? Inputs { get; set; }

    /// <summary>When this call looked it up.</summary>
    public long StartedAt { get; private set; }

    /// <summary>Null when it is not cached.</summary>
    public string? CacheKey { get; set; }

    /// <summary>The load this call waits for; null when the section was found, is not cached, or is not asked for.</summary>
    public CacheFlight<SectionFragment>? Flight { get; set; }

    /// <summary>How long its source took, where this call asked it.</summary>
    public TimeSpan? LoadElapsed { get; set; }

    /// <summary>How it was read; null when it failed or is not cached.</summary>
    public ReadStamp? Part { get; private set; }

    /// <summary>The position at which it was found fresh in this call; null: it counts at its P0.</summary>
    public LogPosition? CheckedAt { get; private set; }

    /// <summary>Why nothing that contains it may be stored.</summary>
    public string? NotStorable { get; private set; }

    public bool IsAsked => Outcome != SectionOutcome.NotAsked && Section.Source.IsAsked;

    /// <summary>Back to the state before the lookup.</summary>
    public void Reset(long startedAt)
    {
        StartedAt = startedAt;
        Outcome = SectionOutcome.NotAsked;
        Fragment = null;
        Flight = null;
        LoadElapsed = null;
        Part = null;
        CheckedAt = null;
        NotStorable = null;
    }

    public void Finish(SectionOutcome outcome, SectionFragment fragment, TimeSpan elapsed)
    {
        Outcome = outcome;
        Fragment = fragment;
        Elapsed = elapsed;
    }

    /// <summary>Takes a fragment that came through the cache. A required section without a row is one that failed, whoever found that out.</summary>
    public void Take(SectionOutcome outcome, CacheAnswer<SectionFragment> answer, TimeSpan elapsed)
    {
        Part = answer.Part;
        CheckedAt = answer.CheckedAt;
        NotStorable = answer.NotStorable;
        if (answer.Value.IsNull && Section.IsRequired)
        {
            Fail(new SectionFailure(SectionFailureKind.NotFound), elapsed);
        }
        else
        {
            Finish(answer.IsStale ? SectionOutcome.Stale : outcome, answer.Value, elapsed);
        }
    }

    public void Fail(SectionFailure failure, TimeSpan elapsed)
    {
        Outcome = SectionOutcome.Failed;
        Failure = failure;
        Elapsed = elapsed;
    }
}
