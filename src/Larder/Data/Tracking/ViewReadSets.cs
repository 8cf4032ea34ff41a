using System.Collections;
using System.Collections.Frozen;
using System.Diagnostics.CodeAnalysis;
using Larder.Freshness;
using Larder.SqlAnalysis;
using Larder.SqlAnalysis.Statements;

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

    private static async ValueTask PrepareAsync(TrackedSchema schema, string sql, CancellationToken cancellationToken)
    {
        var analyzer = await schema.GetAsync(cancellationToken).ConfigureAwait(false);
        if (analyzer.Analyze(sql).NamesUnknown)
        {
            await schema.DemandAsync(idle: null, cancellationToken).ConfigureAwait(false);
        }
    }

    private readonly struct NamedParameters(IReadOnlyList<KeyValuePair<string, object?>> parameters, SqlDialect dialect) : ISqlParameters
    {
        public bool TryGet(in SqlParameterReference parameter, out object? value)
        {
            foreach (var (name, bound) in parameters)
            {
                if (parameter.Name.Length == name.Length + 1 && parameter.Name.AsSpan(1).SequenceEqual(name))
                {
                    value = bound;
                    return IsSentAsItIs(bound, dialect);
                }
            }

            value = null;
            return false;
        }

        // What a driver sends as another type than a column's may be rounded on its way.
        private static bool IsSentAsItIs(object? value, SqlDialect dialect) => value
            is null or DBNull or string or bool or Guid or byte or sbyte or short or ushort or int or uint or long
            || (value is ICollection && dialect == SqlDialect.PostgreSql);
    }
}
