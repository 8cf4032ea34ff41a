using System.Text.Json;
using Larder.Caching;
using Larder.Views.Execution;
using Larder.Views.Sources;
using Microsoft.Extensions.Logging;

namespace Larder.Views;

/// <summary>
/// Runs views. One call, level by level: (1) find the inputs of each section; (2) look its fragment up, or take part in the load that is
/// already under way; (3) read what nobody is reading, the SQL sections of a database together; (4) wait for all of it.
/// </summary>
public sealed class ViewExecutor
{
    private readonly LarderCache _cache;
    private readonly ViewOptions _options;
    private readonly SectionLoader _loader;
    private readonly TimeProvider _time;
    private readonly ILogger<ViewExecutor> _logger;

    internal ViewExecutor(LarderCache cache, ViewOptions options, SectionLoader loader, TimeProvider time, ILogger<ViewExecutor> logger)
    {
        _cache = cache;
        _options = options;
        _options.Json.MakeReadOnly(populateMissingResolver: true);
        _loader = loader;
        _time = time;
        _logger = logger;
    }

    internal ViewOptions Options => _options;

    internal TimeProvider Time => _time;

    /// <summary>Checks that the policies and databases a view names exist.</summary>
    /// <exception cref="InvalidOperationException">One does not; the message names it.</exception>
    internal void Check(View view)
    {
        foreach (var policy in view.Sections.Select(section => section.Policy ?? view.Policy).Distinct(StringComparer.Ordinal))
        {
            if (!_cache.TryGetPolicy(policy, out _))
            {
                throw new InvalidOperationException($"View '{view.Name}' names the cache policy '{policy}', which is not configured.");
            }
        }

        foreach (var source in view.Sections.Select(section => section.Source).OfType<SqlSource>())
        {
            if (!_loader.HasDatabase(source.DatabaseName))
            {
                throw new InvalidOperationException($"View '{view.Name}' reads the database '{source.DatabaseName}': register a SqlDatabase of that name.");
            }
        }
    }

    /// <summary>Answers one call.</summary>
    /// <param name="arguments">The checked arguments, which know their view.</param>
    /// <param name="cancellationToken">Ends this caller's wait; a load that others wait for goes on.</param>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public async ValueTask<ViewResult> ExecuteAsync(ViewArguments arguments, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(arguments);
        var view = arguments.View;
        var runs = new SectionRun[view.Sections.Length];
        foreach (var planned in view.Plan.Sections)
        {
            runs[planned.Index] = new SectionRun(planned);
        }

        foreach (var level in view.Plan.Levels)
        {
            await RunLevelAsync(new ViewCall(arguments, runs), level, cancellationToken).ConfigureAwait(false);
            if (level.Any(planned => planned.Section.IsRequired && runs[planned.Index].Failure is not null))
            {
                break;
            }
        }

        return new ViewResult(view, runs, _time.GetUtcNow());
    }

    private async Task RunLevelAsync(ViewCall call, IReadOnlyList<PlannedSection> level, CancellationToken cancellationToken)
    {
        var loads = new List<SectionLoad>();
        var waits = new List<SectionRun>();
        foreach (var planned in level)
        {
            var run = call.Runs[planned.Index];
            if (!call.IsSwitchedOn(planned) || !TryFindInputs(call, run))
            {
                continue;
            }

            if (planned.Section.Source.IsAsked)
            {
                Begin(call, run, loads, waits, cancellationToken);
            }
            else
            {
                await SectionLoader.ComputeAsync(NewLoad(
                    run, (load, fragment, failure) => Finish(call.View, run, SectionOutcome.Computed, load, fragment, failure), CancellationToken.None)).ConfigureAwait(false);
            }
        }

        if (call.View.IsSnapshot)
        {
            ReloadTogether(call, level, loads, waits, cancellationToken);
        }

        var loading = _loader.LoadAsync(loads, call.View.IsSnapshot);
        foreach (var run in waits)
        {
            await WaitAsync(run, cancellationToken).ConfigureAwait(false);
        }

        cancellationToken.ThrowIfCancellationRequested();
        if (loads.Exists(load => !load.IsDone))
        {
            // Sections that are never cached have no flight to wait for.
            await loading.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    private bool TryFindInputs(ViewCall call, SectionRun run)
    {
        try
        {
            run.Inputs = call.InputsOf(run.Planned, _options.Json);
            return true;
        }
        catch (SectionFailedException exception)
        {
            run.Fail(exception.Failure, TimeSpan.Zero);
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            Log.SectionFailed(_logger, call.View.Name, run.Section.Name, "error", exception);
            run.Fail(new SectionFailure(SectionFailureKind.Error, exception), TimeSpan.Zero);
        }

        return false;
    }

    /// <summary>Finds the section, joins the load that is under way, or adds one.</summary>
    private void Begin(ViewCall call, SectionRun run, List<SectionLoad> loads, List<SectionRun> waits, CancellationToken cancellationToken)
    {
        var policy = _cache.GetPolicy(run.Section.Policy ?? call.View.Policy);
        if (policy.NoStore)
        {
            loads.Add(NewLoad(run, (load, fragment, failure) => Finish(call.View, run, SectionOutcome.Loaded, load, fragment, failure), cancellationToken));
            return;
        }

        var startedAt = _time.GetTimestamp();
        var lookup = _cache.BeginLoad<SectionFragment>(call.KeyOf(run, _options.Application), call.TagsOf(run));
        if (lookup.IsHit)
        {
            run.Finish(SectionOutcome.Hit, lookup.Value, _time.GetElapsedTime(startedAt));
            return;
        }

        run.Flight = lookup.Flight;
        waits.Add(run);
        if (lookup.Flight.IsLeader)
        {
            loads.Add(NewLoad(run, (load, fragment, failure) => EndFlight(call, lookup.Flight, policy, load, fragment, failure), lookup.Flight.Abandoned));
        }
    }

    /// <summary>In a snapshot view, what was found in the cache is read again with the rest unless all of it is there and of one snapshot.</summary>
    private void ReloadTogether(
        ViewCall call, IReadOnlyList<PlannedSection> level, List<SectionLoad> loads, List<SectionRun> waits, CancellationToken cancellationToken)
    {
        var found = level.Select(planned => call.Runs[planned.Index]).Where(run => run is { Outcome: SectionOutcome.Hit, Section.Source: SqlSource }).ToArray();
        var isComplete = !loads.Exists(load => load.Section.Source is SqlSource) && !waits.Exists(run => run.Section.Source is SqlSource);
        if (isComplete && found.Select(run => run.Fragment!.SnapshotId).Distinct().Count() <= 1)
        {
            return;
        }

        foreach (var run in found)
        {
            _cache.Remove(call.KeyOf(run, _options.Application));
            Begin(call, run, loads, waits, cancellationToken);
        }
    }

    private async ValueTask WaitAsync(SectionRun run, CancellationToken cancellationToken)
    {
        var flight = run.Flight!;
        var startedAt = _time.GetTimestamp();
        try
        {
            var fragment = await flight.WaitAsync(cancellationToken).ConfigureAwait(false);
            run.Finish(flight.IsLeader ? SectionOutcome.Loaded : SectionOutcome.Collapsed, fragment, _time.GetElapsedTime(startedAt));
        }
        catch (SectionFailedException exception)
        {
            run.Fail(exception.Failure, _time.GetElapsedTime(startedAt));
        }
        catch (Exception exception)
        {
            // When this caller has left, the flights after this one are left too before the cancellation is thrown.
            run.Fail(SectionFailure.Of(exception, isTimedOut: false), _time.GetElapsedTime(startedAt));
        }
    }

    private void EndFlight(ViewCall call, CacheFlight<SectionFragment> flight, CachePolicy policy, SectionLoad load, SectionFragment? fragment, SectionFailure? failure)
    {
        LogEnd(call.View, load, failure);
        if (fragment is null)
        {
            flight.Fail(new SectionFailedException(failure!));
        }
        else
        {
            flight.Complete(fragment, policy);
        }
    }

    private void Finish(View view, SectionRun run, SectionOutcome outcome, SectionLoad load, SectionFragment? fragment, SectionFailure? failure)
    {
        LogEnd(view, load, failure);
        if (fragment is null)
        {
            run.Fail(failure!, load.Elapsed);
        }
        else
        {
            run.Finish(outcome, fragment, load.Elapsed);
        }
    }

    private void LogEnd(View view, SectionLoad load, SectionFailure? failure)
    {
        if (failure is { Kind: not SectionFailureKind.NotFound })
        {
            Log.SectionFailed(_logger, view.Name, load.Section.Name, failure.Reason, failure.Exception);
        }
    }

    private SectionLoad NewLoad(SectionRun run, Action<SectionLoad, SectionFragment?, SectionFailure?> completed, CancellationToken abandoned) =>
        new(run.Planned, run.Inputs!, run.Section.Timeout ?? _options.SectionTimeout, _options.Json, _time) { Completed = completed, Abandoned = abandoned };
}
