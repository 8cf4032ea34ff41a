using Larder.Caching;
using Larder.Diagnostics;
using Larder.Freshness;
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

    /// <summary>Checks a view against the host: the policies, databases and HTTP sources that it names exist, and its JSON has each member once.</summary>
    /// <exception cref="InvalidOperationException">Something does not; the message names it.</exception>
    internal void Check(View view)
    {
        foreach (var policy in view.Sections.Select(section => section.Policy ?? view.Policy).Distinct(StringComparer.Ordinal))
        {
            if (!_cache.TryGetPolicy(policy, out _))
            {
                throw new InvalidOperationException($"View '{view.Name}' names the cache policy '{policy}', which is not configured.");
            }
        }

        foreach (var section in view.Sections)
        {
            if (section.Source is SqlSource sql && !_loader.HasDatabase(sql.DatabaseName))
            {
                throw new InvalidOperationException($"View '{view.Name}' reads the database '{sql.DatabaseName}': register a SqlDatabase of that name.");
            }

            if (section.Source is HttpSource http && !_loader.HasHttpSource(http.Client))
            {
                throw new InvalidOperationException($"View '{view.Name}' reads the HTTP source '{http.Client}': add it with AddHttpSource.");
            }
        }

        ViewMembers.Check(view, _options.Json);
    }

    /// <summary>Answers one call.</summary>
    /// <param name="arguments">The checked arguments, which know their view.</param>
    /// <param name="cancellationToken">Ends this caller's wait; a load that others wait for goes on.</param>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public async ValueTask<ViewResult> ExecuteAsync(ViewArguments arguments, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(arguments);
        cancellationToken.ThrowIfCancellationRequested();
        var view = arguments.View;
        using var activity = LarderActivities.StartView(view);
        var runs = new SectionRun[view.Sections.Length];
        foreach (var planned in view.Plan.Sections)
        {
            runs[planned.Index] = new SectionRun(planned);
        }

        var call = new ViewCall(arguments, runs)
        {
            Token = FreshnessContext.Token,
            IsPastTheCache = await IsPastTheCacheAsync(cancellationToken).ConfigureAwait(false),
        };
        var sections = new LevelSections(call, _cache, _loader, _options, _time, _logger);
        foreach (var level in view.Plan.Levels)
        {
            await sections.FindInputsAsync(level).ConfigureAwait(false);
            await RunLevelAsync(view, sections, cancellationToken).ConfigureAwait(false);
            if (level.Any(planned => planned.Section.IsRequired && runs[planned.Index].Failure is not null))
            {
                break;
            }
        }

        var result = new ViewResult(view, runs, _time.GetUtcNow());
        LarderActivities.End(activity, result);
        if (ReadScope.Current is { } outer)
        {
            result.ReportTo(outer);
        }

        return result;
    }

    /// <summary>In a transaction, and for a caller whose token this node does not reach in time, nothing is taken from the cache or put into it.</summary>
    private async ValueTask<bool> IsPastTheCacheAsync(CancellationToken cancellationToken)
    {
        var flow = FreshnessFlow.Current;
        if (!FreshnessFlow.IsInTransaction(flow))
        {
            return flow is { Token.IsNone: false }
                && !await _cache.Engine.Node.WaitForAsync(flow.Token, CacheReader.TokenPatience, cancellationToken).ConfigureAwait(false);
        }

        flow?.Scope?.MarkPrivate("a view was read inside of a transaction");
        return true;
    }

    private async Task RunLevelAsync(View view, LevelSections sections, CancellationToken cancellationToken)
    {
        sections.Begin(cancellationToken);
        await LoadAllAsync(view, sections, cancellationToken).ConfigureAwait(false);
        if (sections.IsOfSeveralSnapshots)
        {
            // What others were reading when this call came turned out to be of several snapshots: read it together after all.
            sections.Begin(cancellationToken);
            await LoadAllAsync(view, sections, cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task LoadAllAsync(View view, LevelSections sections, CancellationToken cancellationToken)
    {
        do
        {
            await LoadAsync(view, sections, cancellationToken).ConfigureAwait(false);
        }
        while (sections.BeginAgain(cancellationToken));
    }

    private async Task LoadAsync(View view, LevelSections sections, CancellationToken cancellationToken)
    {
        // From here on this caller can leave, even while an embedded database keeps this very thread.
        using var leaving = sections.LeaveOn(cancellationToken);
        await sections.TakeRemoteAsync().ConfigureAwait(false);
        var loading = _loader.LoadAsync(sections.Loads, view.IsSnapshot);

        // It waits for its whole load and then for the flights, of which only others' are still in the air: woken by each flight in turn,
        // it would change threads once a section, and ask for the next connection before this load has given its own back.
        await loading.WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await sections.WaitAsync(cancellationToken).ConfigureAwait(false);
        cancellationToken.ThrowIfCancellationRequested();
    }
}
