using System.Diagnostics;
using System.Text.Json;
using Larder.Caching;
using Larder.Freshness;
using Larder.Views.Sources;

namespace Larder.Views.Execution;

/// <summary>One section that is being read from its source, and the call that hands over what came of it.</summary>
internal sealed class SectionLoad(PlannedSection planned, SectionInputs inputs, TimeSpan timeout, JsonSerializerOptions json, TimeProvider time)
{
    private long _startedAt = time.GetTimestamp();

    /// <summary>Receives the fragment or the failure, once.</summary>
    public required Action<SectionLoad, SectionFragment?, SectionFailure?> Completed { private get; init; }

    /// <summary>Cancelled when nobody waits for it any more.</summary>
    public required CancellationToken Abandoned { get; init; }

    /// <summary>Collects what it reads. Explicit, because the sections of a batch are read in one flow.</summary>
    public required ReadScope Reads { get; init; }

    /// <summary>How what it reads is stored; null: it is not.</summary>
    public CachePolicy? Policy { get; init; }

    /// <summary>What is run before its statement; null: nothing. Its reads are then reported when it is completed.</summary>
    public SectionLookups? Lookups { get; set; }

    public Section Section => Planned.Section;

    public PlannedSection Planned { get; } = planned;

    /// <summary>The source of a section that is read by SQL.</summary>
    public SqlSource Sql => (SqlSource)Section.Source;

    public SectionInputs Inputs { get; } = inputs;

    public TimeSpan Timeout { get; } = timeout;

    public bool IsDone { get; private set; }

    public TimeSpan Elapsed { get; private set; }

    /// <summary>Its own time begins here: it was not the one being read before.</summary>
    public void Start() => _startedAt = time.GetTimestamp();

    /// <summary>Takes what the source returned; null: it has none.</summary>
    public void Succeed(object? value, long snapshotId = 0)
    {
        if (value is null && Section.IsRequired)
        {
            Fail(new SectionFailure(SectionFailureKind.NotFound));
            return;
        }

        var fragment = value is null ? SectionFragment.Null : JsonSerializer.SerializeToUtf8Bytes(value, Section.Source.ResultType, json);
        Finish(new SectionFragment(fragment, time.GetUtcNow(), snapshotId), failure: null);
    }

    public void Fail(SectionFailure failure) => Finish(fragment: null, failure);

    private void Finish(SectionFragment? fragment, SectionFailure? failure)
    {
        Debug.Assert(!IsDone, "a section is completed once");
        IsDone = true;
        Elapsed = time.GetElapsedTime(_startedAt);
        if (Lookups is not null)
        {
            Reads.Report(Lookups.ToStatement());
        }

        Completed(this, fragment, failure);
    }
}
