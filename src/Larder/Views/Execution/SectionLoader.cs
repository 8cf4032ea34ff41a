using System.Collections.Frozen;
using Larder.Caching;
using Larder.Data;
using Larder.Freshness;
using Larder.Views.Sources;
using Microsoft.Extensions.DependencyInjection;

namespace Larder.Views.Execution;

/// <summary>Reads sections from their sources: the SQL sections of a database together, HTTP and code beside them.</summary>
internal sealed class SectionLoader(
    IEnumerable<SqlDatabase> databases, HttpSectionLoader http, IServiceScopeFactory scopes, LarderCache cache, IReadSetSource? readSets, TimeProvider time,
    ISlowStatementListener? slow = null)
{
    private readonly FrozenDictionary<string, SqlSectionLoader> _databases = ByName(databases)
        .ToFrozenDictionary(database => database.Key, database => new SqlSectionLoader(database.Value, time, slow), StringComparer.Ordinal);

    public bool HasDatabase(string name) => _databases.ContainsKey(name);

    public bool HasHttpSource(string name) => http.Has(name);

    /// <summary>Completes every load; ends when all are completed.</summary>
    public async Task LoadAsync(IReadOnlyList<SectionLoad> loads, bool inSnapshot)
    {
        if (loads.Count == 0)
        {
            return;
        }

        // What waits for a network starts first: an embedded database runs on this very thread.
        var tasks = new List<Task>();
        foreach (var load in loads)
        {
            try
            {
                await DeclareReadsAsync(load).ConfigureAwait(false);
            }
            catch (Exception exception)
            {
                // The section can be read all the same; what it depends on is not known.
                load.Reads.MarkNotStorable($"its statement could not be analysed: {exception.Message}");
            }
        }

        foreach (var load in loads.Where(load => load.Section.Source is not SqlSource))
        {
            tasks.Add(GuardAsync([load], () => load.Section.Source is HttpSource ? http.LoadAsync(load) : RunCodeAsync(load)));
        }

        foreach (var group in loads.Where(load => load.Section.Source is SqlSource).GroupBy(load => load.Sql.DatabaseName, StringComparer.Ordinal))
        {
            var members = group.ToArray();
            tasks.Add(GuardAsync(members, () => LoadSqlAsync(_databases[group.Key], members, inSnapshot)));
        }

        await Task.WhenAll(tasks).ConfigureAwait(false);
    }

    /// <summary>Runs what is only computed from its inputs.</summary>
    public static async ValueTask ComputeAsync(SectionLoad load)
    {
        try
        {
            var context = new CodeContext(load.Inputs, NoServices.Instance);
            load.Succeed(await ((CodeSource)load.Section.Source).RunAsync(context, CancellationToken.None).ConfigureAwait(false));
        }
        catch (Exception exception) when (!load.IsDone)
        {
            load.Fail(SectionFailure.Of(exception, isTimedOut: false));
        }
    }

    private static Dictionary<string, SqlDatabase> ByName(IEnumerable<SqlDatabase> databases)
    {
        var byName = new Dictionary<string, SqlDatabase>(StringComparer.Ordinal);
        foreach (var database in databases)
        {
            // A frozen dictionary would keep the last one without a word.
            if (!byName.TryAdd(database.Name, database))
            {
                throw new InvalidOperationException($"Two databases are registered by the name '{database.Name}'.");
            }
        }

        return byName;
    }

    /// <summary>Says what a section will have read, before it does. Code says it by itself, through the scope it runs in.</summary>
    private async ValueTask DeclareReadsAsync(SectionLoad load)
    {
        if (load.Section.Source is HttpSource)
        {
            load.Reads.MarkTimed();
        }
        else if (load.Section.Source is SqlSource source)
        {
            if (readSets is null)
            {
                load.Reads.MarkTimed();
                return;
            }

            await readSets.PrepareAsync(source.DatabaseName, source.Text, load.Abandoned).ConfigureAwait(false);
            var parameters = _databases[source.DatabaseName].ParametersOf(load);
            if (readSets.TryGetTags(source.DatabaseName, source.Text, parameters, out var tags, out var reason))
            {
                var statement = new ReadStatement(source.DatabaseName, source.Text, parameters, tags);
                if (load is { Policy: { } policy, Reads.Start: { } start } && readSets.FindLookups(source.DatabaseName, source.Text, parameters) is { } lookups)
                {
                    load.Lookups = new SectionLookups(lookups, statement, cache, policy, start);
                }
                else
                {
                    load.Reads.Report(statement);
                }
            }
            else if (reason is null)
            {
                load.Reads.MarkTimed();
            }
            else
            {
                load.Reads.MarkNotStorable(reason);
            }
        }
    }

    private static async Task LoadSqlAsync(SqlSectionLoader loader, SectionLoad[] loads, bool inSnapshot)
    {
        using var abandonment = new SharedAbandonment(loads);
        await loader.LoadAsync(loads, inSnapshot, abandonment.Token).ConfigureAwait(false);
    }

    private async Task RunCodeAsync(SectionLoad load)
    {
        using var timer = new CancellationTokenSource(load.Timeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timer.Token, load.Abandoned);
        await using var scope = scopes.CreateAsyncScope();
        try
        {
            var context = new CodeContext(load.Inputs, scope.ServiceProvider);
            FreshnessFlow.Enter(load.Reads);
            // On a thread of its own: code that blocks before it first awaits would hold up the other sections and its own time limit.
            var running = Task.Run(() => ((CodeSource)load.Section.Source).RunAsync(context, either.Token).AsTask(), either.Token);
            load.Succeed(await running.WaitAsync(either.Token).ConfigureAwait(false));
        }
        catch (Exception exception) when (!load.IsDone)
        {
            load.Fail(SectionFailure.Of(exception, timer.IsCancellationRequested));
        }
    }

    /// <summary>Whatever is thrown, nobody waits for ever.</summary>
    private static async Task GuardAsync(IReadOnlyList<SectionLoad> loads, Func<Task> run)
    {
        SectionFailure failure;
        try
        {
            await run().ConfigureAwait(false);
            failure = new SectionFailure(SectionFailureKind.Error);
        }
        catch (Exception exception)
        {
            failure = SectionFailure.Of(exception, isTimedOut: false);
        }

        foreach (var load in loads.Where(load => !load.IsDone))
        {
            load.Fail(failure);
        }
    }

    private sealed class NoServices : IServiceProvider
    {
        public static readonly NoServices Instance = new();

        public object? GetService(Type serviceType) => null;
    }
}
