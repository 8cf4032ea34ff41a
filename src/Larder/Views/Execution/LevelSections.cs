using Larder.Caching;
using Larder.Freshness;
using Larder.Views.Sources;
using Microsoft.Extensions.Logging;

namespace Larder.Views.Execution;

/// <summary>
/// The sections of one level of a call: which were found, which others are reading, and which this call has to read. Whatever is thrown
/// here, no flight that this call leads stays in the air, because others wait for it.
/// </summary>
internal sealed class LevelSections(ViewCall call, LarderCache cache, SectionLoader loader, ViewOptions options, TimeProvider time, ILogger logger)
{
    private readonly List<SectionRun> _ready = [];
    private readonly List<SectionRun> _waits = [];
    private readonly List<SectionLoad> _loads = [];
    private readonly List<(SectionRun Run, CacheAnswerKind Kind)> _unanswered = [];

    /// <summary>What this call has to read.</summary>
    public IReadOnlyList<SectionLoad> Loads => _loads;

    /// <summary>Whether a snapshot view has all its SQL sections, and they are not of one snapshot.</summary>
    public bool IsOfSeveralSnapshots => call.View.IsSnapshot
        && SnapshotRuns() is { Length: > 0 } runs
        && runs.All(run => run.Fragment is not null && run.Outcome != SectionOutcome.Loaded)
        && SnapshotIdOf(runs) == 0;

    /// <summary>Finds what each section is read for, and computes those that ask nothing.</summary>
    public async ValueTask FindInputsAsync(IReadOnlyList<PlannedSection> level)
    {
        _ready.Clear();
        foreach (var planned in level)
        {
            var run = call.Runs[planned.Index];
            if (!call.IsSwitchedOn(planned) || !TryFindInputs(run))
            {
                continue;
            }

            if (planned.Section.Source.IsAsked)
            {
                _ready.Add(run);
            }
            else
            {
                await SectionLoader.ComputeAsync(NewLoad(
                    run, new ReadScope(), (load, fragment, failure) => End(run, SectionOutcome.Computed, load, fragment, failure), CancellationToken.None)).ConfigureAwait(false);
            }
        }
    }

    /// <summary>Finds every section, joins the load that is under way, or adds one.</summary>
    public void Begin(CancellationToken cancellationToken)
    {
        _waits.Clear();
        _loads.Clear();
        var snapshotRuns = call.View.IsSnapshot ? SnapshotRuns() : [];
        foreach (var run in _ready.Except(snapshotRuns).Where(run => run.Fragment is null && run.Failure is null))
        {
            Begin(run, snapshotKey: null, cancellationToken);
        }

        if (snapshotRuns.Length > 0)
        {
            // One call at a time, so that two never lead half of the sections each.
            lock (call.View.Plan.SnapshotGate)
            {
                BeginTogether_NeedsLock(snapshotRuns, cancellationToken);
            }
        }
    }

    /// <summary>
    /// Looks again for the sections that others were reading before this call came, and of which something was written meanwhile. False: there is
    /// none.
    /// </summary>
    public bool BeginAgain(CancellationToken cancellationToken)
    {
        _waits.Clear();
        _loads.Clear();
        foreach (var (run, kind) in _unanswered)
        {
            if (kind == CacheAnswerKind.LoadAlone)
            {
                _loads.Add(LoadAlone(run, cancellationToken));
            }
            else
            {
                Take(run, cache.BeginLoadAgain<SectionFragment>(run.Flight!.Request));
            }
        }

        var isAny = _unanswered.Count > 0;
        _unanswered.Clear();
        return isAny;
    }

    /// <summary>Asks the second level for all that this call has to read, at once; what it has need not be read. It throws nothing.</summary>
    public async ValueTask TakeRemoteAsync()
    {
        if (cache.Engine.Remote is null || _loads.Count == 0)
        {
            return;
        }

        var leading = _waits.Where(run => run.Flight!.IsLeader).ToArray();
        var found = await Task.WhenAll(leading.Select(run => run.Flight!.TryTakeRemoteAsync().AsTask())).ConfigureAwait(false);
        for (var i = 0; i < leading.Length; i++)
        {
            if (found[i])
            {
                _loads.RemoveAll(load => ReferenceEquals(load.Planned, leading[i].Planned));
            }
        }
    }

    /// <summary>Takes this caller out of every flight when the token is cancelled, whether or not it waits by then.</summary>
    public CancellationTokenRegistration LeaveOn(CancellationToken cancellationToken) =>
        cancellationToken.UnsafeRegister(static sections => ((LevelSections)sections!).Leave(), this);

    /// <summary>Ends when each section that is read under a flight has ended, or this caller leaves. It throws nothing.</summary>
    public async Task WaitAsync(CancellationToken cancellationToken)
    {
        foreach (var run in _waits)
        {
            await WaitAsync(run, cancellationToken).ConfigureAwait(false);
        }
    }

    private void Leave()
    {
        foreach (var run in _waits)
        {
            run.Flight!.Leave();
        }
    }

    private bool TryFindInputs(SectionRun run)
    {
        try
        {
            run.Inputs = call.InputsOf(run.Planned, options.Json);
            return true;
        }
        catch (SectionFailedException exception)
        {
            run.Fail(exception.Failure, TimeSpan.Zero);
        }
        catch (Exception exception)
        {
            FailUnread(run, exception);
        }

        return false;
    }

    /// <summary>
    /// SQL sections of a snapshot view are all found, all being read, or all read anew by this call: whoever has to read one of them
    /// reads them all, and what was found of different snapshots is read again.
    /// </summary>
    private void BeginTogether_NeedsLock(SectionRun[] runs, CancellationToken cancellationToken)
    {
        var snapshotKey = call.SnapshotKeyOf(runs);
        foreach (var run in runs)
        {
            Begin(run, snapshotKey, cancellationToken);
        }

        var isLeading = runs.Any(run => run.Flight is { IsLeader: true } || run is { CacheKey: null, Failure: null });
        var isStale = runs.All(run => run.Outcome == SectionOutcome.Hit) && SnapshotIdOf(runs) == 0;
        if (!isLeading && !isStale)
        {
            return;
        }

        foreach (var run in runs.Where(run => run.Failure is null && run.Flight is not { IsLeader: true } && run.CacheKey is not null))
        {
            cache.Engine.Loads.Drop(run.CacheKey!);
            run.Flight?.Dispose();
            _waits.Remove(run);
            Begin(run, snapshotKey, cancellationToken);
        }
    }

    private void Begin(SectionRun run, string? snapshotKey, CancellationToken cancellationToken)
    {
        run.Reset(time.GetTimestamp());
        try
        {
            var policy = cache.GetPolicy(run.Section.Policy ?? call.View.Policy);
            if (policy.Stores && !call.IsPastTheCache)
            {
                BeginCached(run, policy, snapshotKey);
                return;
            }

            _loads.Add(LoadAlone(run, cancellationToken));
        }
        catch (Exception exception)
        {
            FailUnread(run, exception);
        }
    }

    private void BeginCached(SectionRun run, CachePolicy policy, string? snapshotKey)
    {
        run.CacheKey = call.KeyOf(run, options.Application, snapshotKey);
        if (snapshotKey is not null && (policy.EagerRefresh is not null || policy.StaleWhileRevalidate + policy.StaleAfterInvalidation > TimeSpan.Zero))
        {
            // A section that is read anew by itself would not be of the snapshot of the others.
            policy = policy with { EagerRefresh = null, StaleWhileRevalidate = TimeSpan.Zero, StaleAfterInvalidation = TimeSpan.Zero };
        }

        Take(run, cache.BeginLoad<SectionFragment>(run.CacheKey, call.TagsOf(run), policy, call.Token, snapshotKey is not null));
    }

    private void Take(SectionRun run, CacheLookup<SectionFragment> lookup)
    {
        if (lookup.Refresh is { } refresh)
        {
            RefreshInBackground(run, refresh);
        }

        if (lookup.IsHit)
        {
            run.Take(
                SectionOutcome.Hit,
                new(CacheAnswerKind.Usable, lookup.Value, lookup.Part, lookup.CheckedAt, lookup.IsStale),
                time.GetElapsedTime(run.StartedAt));
            return;
        }

        run.Flight = lookup.Flight;
        _waits.Add(run);
        if (lookup.Flight.IsLeader)
        {
            _loads.Add(Lead(run, lookup.Flight));
        }
    }

    private SectionLoad Lead(SectionRun run, CacheFlight<SectionFragment> flight) =>
        NewLoad(run, flight.Reads, (load, fragment, failure) => EndFlight(run, flight, load, fragment, failure), flight.Abandoned, flight.Request.Policy);

    private SectionLoad LoadAlone(SectionRun run, CancellationToken cancellationToken) =>
        NewLoad(run, new ReadScope(), (load, fragment, failure) => End(run, SectionOutcome.Loaded, load, fragment, failure), cancellationToken);

    private void RefreshInBackground(SectionRun run, CacheFlight<SectionFragment> refresh)
    {
        var load = Lead(run, refresh);
        DetachedWork.Start(async () =>
        {
            using (refresh)
            {
                await loader.LoadAsync([load], inSnapshot: false).ConfigureAwait(false);
            }
        });
    }

    private async ValueTask WaitAsync(SectionRun run, CancellationToken cancellationToken)
    {
        var flight = run.Flight!;
        try
        {
            var answer = await flight.AnswerAsync(cancellationToken).ConfigureAwait(false);
            if (answer.Kind == CacheAnswerKind.Usable)
            {
                run.Take(answer.IsFromRemoteStore ? SectionOutcome.Hit : flight.IsLeader ? SectionOutcome.Loaded : SectionOutcome.Collapsed, answer, ElapsedOf(run));
            }
            else
            {
                _unanswered.Add((run, answer.Kind));
            }
        }
        catch (SectionFailedException exception)
        {
            run.Fail(exception.Failure, ElapsedOf(run));
        }
        catch (Exception exception)
        {
            // This caller has left: the executor throws the cancellation once all flights are left.
            run.Fail(SectionFailure.Of(exception, isTimedOut: false), ElapsedOf(run));
        }
    }

    private TimeSpan ElapsedOf(SectionRun run) => run.LoadElapsed ?? time.GetElapsedTime(run.StartedAt);

    private void EndFlight(SectionRun run, CacheFlight<SectionFragment> flight, SectionLoad load, SectionFragment? fragment, SectionFailure? failure)
    {
        var policy = flight.Request.Policy;
        if (!flight.IsRefresh)
        {
            run.LoadElapsed = load.Elapsed;
        }

        if (fragment is not null)
        {
            flight.Complete(fragment, policy);
        }
        else if (failure is not { Kind: SectionFailureKind.NotFound })
        {
            flight.Fail(new SectionFailedException(failure!));
        }
        else if (policy.NegativeDuration is null)
        {
            flight.CompleteWithoutStoring(new SectionFragment(SectionFragment.Null, time.GetUtcNow(), 0));
        }
        else
        {
            // That there is nothing is an answer too, and no reason to serve an old one.
            flight.Complete(new SectionFragment(SectionFragment.Null, time.GetUtcNow(), 0), policy);
        }

        LogEnd(load, failure);
    }

    private void End(SectionRun run, SectionOutcome outcome, SectionLoad load, SectionFragment? fragment, SectionFailure? failure)
    {
        if (fragment is null)
        {
            run.Fail(failure!, load.Elapsed);
        }
        else
        {
            run.Finish(outcome, fragment, load.Elapsed);
        }

        LogEnd(load, failure);
    }

    private void FailUnread(SectionRun run, Exception exception)
    {
        var failure = new SectionFailure(SectionFailureKind.Error, exception);
        run.Fail(failure, TimeSpan.Zero);
        Log.SectionFailed(logger, call.View.Name, run.Section.Name, failure.Reason, exception);
    }

    private void LogEnd(SectionLoad load, SectionFailure? failure)
    {
        // That a thing does not exist is no event, and what nobody waits for any more was stopped on purpose.
        if (failure is { Kind: not SectionFailureKind.NotFound } && !load.Abandoned.IsCancellationRequested)
        {
            Log.SectionFailed(logger, call.View.Name, load.Section.Name, failure.Reason, failure.Exception);
        }
    }

    private SectionLoad NewLoad(
        SectionRun run, ReadScope reads, Action<SectionLoad, SectionFragment?, SectionFailure?> completed, CancellationToken abandoned, CachePolicy? policy = null) =>
        new(run.Planned, run.Inputs!, run.Section.Timeout ?? options.SectionTimeout, options.Json, time)
        {
            Completed = completed,
            Abandoned = abandoned,
            Reads = reads,
            Policy = policy,
        };

    private SectionRun[] SnapshotRuns() => [.. _ready.Where(run => run.Section.Source is SqlSource)];

    /// <summary>The snapshot that all are of; 0: none.</summary>
    private static long SnapshotIdOf(SectionRun[] runs) =>
        runs.Select(run => run.Fragment?.SnapshotId ?? 0).Distinct().ToArray() is [var only] ? only : 0;
}
