using Larder.Caching;
using Larder.Data;
using Larder.Data.Tracking;
using Larder.Freshness;
using Larder.Memory;
using Larder.SqlAnalysis.Statements;

namespace Larder.Explain;

/// <summary>
/// Answers an operator's questions: why is this entry served or not, what does it depend on, what would this statement drop, why is this query not cached
/// or dropped so often. It executes nothing and changes nothing; it may look at every entry.
/// </summary>
public sealed class CacheExplainer
{
    private const int MaxKeys = 1000;

    private readonly LarderCache _cache;
    private readonly TimeProvider _time;
    private readonly Dictionary<string, TrackedDatabase> _databases;

    internal CacheExplainer(LarderCache cache, IEnumerable<TrackedDatabase> databases, TimeProvider time)
    {
        _cache = cache;
        _time = time;
        _databases = databases.ToDictionary(database => database.Options.Name, StringComparer.Ordinal);
    }

    /// <summary>Explains what this node holds under a key.</summary>
    /// <param name="key">The key.</param>
    /// <returns>Null when nothing is held under it.</returns>
    public EntryExplanation? ExplainEntry(string key)
    {
        ArgumentException.ThrowIfNullOrEmpty(key);
        var now = _cache.Engine.Node.Now;
        if (!_cache.Engine.Store.TryGet(key, out var entry))
        {
            return null;
        }

        var timestamp = _time.GetTimestamp();
        var names = NamesOf(entry);
        var tags = entry.Tags.ToArray();
        var written = tags.Where(tag => now.View.LastWriteOf(tag) > entry.Position).ToHashSet();
        var isFresh = _cache.Engine.IsFresh(entry, now);
        return new EntryExplanation
        {
            Key = key,
            IsServed = isFresh && entry.ExpiresAt > timestamp,
            Because = isFresh ? WhyNot(entry, timestamp) : WhyStale(entry, now, written, names),
            Freshness = entry.Kind,
            Bytes = entry.Bytes,
            Age = _time.GetElapsedTime(entry.LoadedAt, timestamp),
            RemainingLife = entry.ExpiresAt < timestamp ? -_time.GetElapsedTime(entry.ExpiresAt, timestamp) : _time.GetElapsedTime(timestamp, entry.ExpiresAt),
            ReadAt = new WriteToken(entry.Epoch, entry.Position),
            Tags = [.. tags.Select(tag => new TagExplanation(names.Of(tag), written.Contains(tag), StatementsWith(entry, tag)))],
            Statements = [.. entry.Statements.Select(statement => new EntryStatement(
                statement.Database, statement.Text, statement.Parameters.ToDictionary(pair => pair.Key, pair => pair.Value, StringComparer.Ordinal)))],
        };
    }

    /// <summary>Explains a text of SQL as it would be run with some values. It need not be one that was run before.</summary>
    /// <param name="sql">One statement or several.</param>
    /// <param name="parameters">The values by the names the text uses, or in the order of <c>$1</c>, <c>$2</c>; a value that is missing counts as any.</param>
    /// <param name="database">The name of a tracked database.</param>
    /// <param name="cancellationToken">Stops the reading of the schema, where it is not known yet.</param>
    /// <exception cref="ArgumentException">The text is empty, or no tracked database has the name.</exception>
    public async ValueTask<StatementExplanation> ExplainStatementAsync(
        string sql,
        IReadOnlyList<KeyValuePair<string, object?>>? parameters = null,
        string database = SqlDatabase.DefaultName,
        CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(sql);
        if (!_databases.TryGetValue(database, out var tracked))
        {
            throw new ArgumentException($"No tracked database is named '{database}'.", nameof(database));
        }

        var analyzer = await tracked.Schema.GetAsync(cancellationToken).ConfigureAwait(false);
        return Explain(tracked, analyzer, analyzer.Analyze(sql), new NamedParameters(parameters ?? [], tracked.Dialect));
    }

    private StatementExplanation Explain(TrackedDatabase database, SqlAnalyzer analyzer, AnalyzedText text, NamedParameters parameters)
    {
        var names = new TagNames();
        names.Add(analyzer.Schema);
        var writes = new WriteSetBuilder();
        var reads = new HashSet<Tag>();
        foreach (var statement in text.Statements)
        {
            names.Add(statement, parameters);
            writes.Add(statement, parameters, new WriteObservation { Affected = -1 });
            reads.UnionWith(database.TagsOf(statement, parameters));
        }

        var dropped = Dropped(writes);
        return new StatementExplanation
        {
            Text = text.Text,
            IsCacheable = text.IsCacheable,
            NotCacheable = text.IsCacheable ? null : text.NotCacheable,
            WritesAnything = writes.WritesAnything,
            IsDegraded = text.Statements.Any(database.IsDegraded),
            Reads = [.. text.Statements.SelectMany(statement => statement.Reads).Select(read => new TableReadExplanation(
                read.Relation.Definition.FullName, read.Alias, read.Level.ToString().ToLowerInvariant(), read.Because))],
            Writes = [.. text.Statements.SelectMany(statement => statement.Writes).Select(write => new TableWriteExplanation(
                write.Relation.Definition.FullName, write.Events.ToString().ToLowerInvariant(), write.IsAnyRow, write.Because))],
            UnknownRelations = [.. text.Statements.SelectMany(statement => statement.UnknownRelations).Distinct(StringComparer.Ordinal)],
            ReadTags = [.. reads.Select(names.Of).Order(StringComparer.Ordinal)],
            WriteTags = writes.WritesAnything is not null ? ["everything"] : [.. writes.ToTags().Select(names.Of).Order(StringComparer.Ordinal)],
            Drops = [.. dropped.Take(MaxKeys)],
            DropCount = dropped.Count,
        };
    }

    private List<string> Dropped(WriteSetBuilder writes)
    {
        List<string> keys = [];
        if (!writes.IsEmpty)
        {
            var (everything, tags, now) = (writes.WritesAnything is not null, writes.ToTags().ToHashSet(), _cache.Engine.Node.Now);
            foreach (var entry in _cache.Engine.Store.Entries())
            {
                if ((everything || entry.Tags.ToArray().Any(tags.Contains)) && _cache.Engine.IsFresh(entry, now))
                {
                    keys.Add(entry.Key);
                }
            }
        }

        keys.Sort(StringComparer.Ordinal);
        return keys;
    }

    private TagNames NamesOf(MemoryEntry entry)
    {
        var names = new TagNames();
        names.Add(HandTags.Key(entry.Key), "its own key");
        foreach (var statement in entry.Statements)
        {
            if (_databases.TryGetValue(statement.Database, out var database) && database.Schema.Current is { } analyzer)
            {
                names.Add(analyzer.Schema);
                var parameters = new NamedParameters(statement.Parameters, database.Dialect);
                foreach (var analysis in analyzer.Analyze(statement.Text).Statements)
                {
                    names.Add(analysis, parameters);
                }
            }
        }

        return names;
    }

    private static int[] StatementsWith(MemoryEntry entry, Tag tag) =>
        [.. Enumerable.Range(0, entry.Statements.Length).Where(index => entry.Statements[index].Tags.Contains(tag))];

    private static string? WhyNot(MemoryEntry entry, long timestamp) =>
        entry.ExpiresAt <= timestamp ? "it has expired, and is kept for the case that its policy lets it be served stale"
        : entry.RefreshAt <= timestamp ? "it is served, and the next caller has it made anew in the background"
        : null;

    private static string WhyStale(MemoryEntry entry, LogPosition now, HashSet<Tag> written, TagNames names) =>
        entry.Epoch != now.View.Epoch || entry.Position < now.View.Floor ? "the invalidation log began anew since it was read"
        : written.Count > 0 ? $"written since it was read: {string.Join(", ", written.Select(names.Of).Order(StringComparer.Ordinal))}"
        : now.Bypass?.Contains(entry.Tags) == true ? "it depends on a write that may have happened and is not in the log yet"
        : "something was read through its scope after its load had ended";
}
