using System.Collections.Frozen;
using System.Diagnostics.CodeAnalysis;
using Larder.Data.QueryCaching;
using Larder.Freshness;

namespace Larder.Data.Tracking;

/// <summary>The read sets of SQL sections, which are read through the databases' own data sources and not through the tracked ones.</summary>
internal sealed class ViewReadSets(IEnumerable<TrackedDatabase> databases) : IReadSetSource
{
    private readonly FrozenDictionary<string, TrackedDatabase> _databases = databases
        .Where(database => database.Options.IsTracked)
        .ToFrozenDictionary(database => database.Options.Name, StringComparer.Ordinal);

    public ValueTask PrepareAsync(string database, string sql, CancellationToken cancellationToken)
    {
        if (!_databases.TryGetValue(database, out var tracked))
        {
            return default;
        }

        return tracked.Schema.IsReady && !tracked.Schema.Last!.Analyze(sql).NamesUnknown ? default : PrepareAsync(tracked.Schema, sql, cancellationToken);
    }

    public bool TryGetTags(
        string database, string sql, IReadOnlyList<KeyValuePair<string, object?>> parameters, [NotNullWhen(true)] out Tag[]? tags, out string? reason)
    {
        (tags, reason) = (null, null);
        if (!_databases.TryGetValue(database, out var tracked))
        {
            return false;
        }

        reason = tracked.Taint;
        if (reason is not null || tracked.Schema.Current is not { } analyzer)
        {
            reason ??= "the schema has just changed";
            return false;
        }

        var text = analyzer.Analyze(sql);
        if (!text.IsCacheable)
        {
            reason = text.NotCacheable ?? "it is not understood";
            return false;
        }

        var values = new NamedParameters(parameters, tracked.Dialect);
        tags = text.Statements is [var only]
            ? tracked.TagsOf(only, values)
            : [.. text.Statements.SelectMany(statement => tracked.TagsOf(statement, values)).Distinct()];
        return true;
    }

    public ReadLookups? FindLookups(string database, string sql, IReadOnlyList<KeyValuePair<string, object?>> parameters)
    {
        if (!_databases.TryGetValue(database, out var tracked) || tracked.Schema.Current?.Analyze(sql) is not { Statements: [var only] }
            || only.ReadTemplate.Probes.IsEmpty || !tracked.LooksUp(only))
        {
            return null;
        }

        var values = new NamedParameters(parameters, tracked.Dialect);
        return new ReadLookups(
            only.ReadTemplate.Probes,
            only.ReadTemplate.Told,
            probe => ReadsOf(tracked, probe, parameters),
            found => tracked.TagsOf(only, values, found),
            () => tracked.StopLookups(only));
    }

    public void Degrade(ReadStatement statement)
    {
        if (_databases.TryGetValue(statement.Database, out var tracked))
        {
            tracked.Degrade(statement.Text);
        }
    }

    // A probe is a query like any other; no probe tells what it reads.
    private static (string Key, ReadStatement Statement)? ReadsOf(TrackedDatabase tracked, ReadProbe probe, IReadOnlyList<KeyValuePair<string, object?>> parameters) =>
        tracked.Taint is null
            && tracked.Schema.Current?.Analyze(probe.Text) is { IsCacheable: true, Statements: [var only] }
            && QueryKey.Of(tracked.Options.Name, probe, parameters) is { } key
            ? (key, new ReadStatement(tracked.Options.Name, probe.Text, parameters, tracked.TagsOf(only, new NamedParameters(parameters, tracked.Dialect))))
            : null;

    private static async ValueTask PrepareAsync(TrackedSchema schema, string sql, CancellationToken cancellationToken)
    {
        var analyzer = await schema.GetAsync(cancellationToken).ConfigureAwait(false);
        if (analyzer.Analyze(sql).NamesUnknown)
        {
            await schema.DemandAsync(idle: null, cancellationToken).ConfigureAwait(false);
        }
    }
}
