using Larder.Caching;
using Larder.Data;
using Larder.Data.Tracking;
using Larder.Freshness;
using Larder.Memory;
using Larder.SqlAnalysis.Schema;
using Larder.SqlAnalysis.Statements;

namespace Larder.Explain;

/// <summary>
/// Answers an operator's questions: why is this entry served or not, what does it depend on, what would this statement drop, why is this query not cached
/// or dropped so often. It executes nothing and changes nothing; it may look at every entry.
/// </summary>
public sealed class CacheExplainer
{
    private const int MaxKeys = 1000;

    // A list is made while others wait for the processor: it looks at no more entries than this.
    private const int MaxLooked = 1_000_000;

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
            Policy = entry.Policy,
            RecentHits = entry.State.Uses,
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

    /// <summary>Says why a caller of the key gets nothing from this node, where nothing is held under it.</summary>
    internal string WhyAbsent(string key) =>
        !_cache.GetStatistics().Available ? "the cache is off: Larder:Enabled is false"
        : _cache.Engine.Loads.IsLoading(key) ? "it is being loaded just now; callers share the load"
        : "nothing is held under it: it was not asked for, could not be stored, has expired, was evicted "
            + $"({_cache.GetStatistics().Evictions} evictions since the start), or was taken out after what it depends on was written; which of them is not remembered";

    /// <summary>Lists entries of this node, the best of them by the order.</summary>
    /// <param name="pattern">Over keys; null: all.</param>
    /// <param name="order">Which come first.</param>
    /// <param name="limit">The most that are listed.</param>
    internal EntryList List(CachePattern? pattern, EntryOrder order, int limit)
    {
        var (timestamp, now) = (_time.GetTimestamp(), _cache.Engine.Node.Now);
        var best = new PriorityQueue<MemoryEntry, (long, long)>();
        var (looked, matching) = (0, 0);
        foreach (var entry in _cache.Engine.Store.Entries())
        {
            if (++looked > MaxLooked)
            {
                break;
            }

            if (pattern is not null && !pattern.Matches(entry.Key))
            {
                continue;
            }

            matching++;
            var rank = order switch
            {
                EntryOrder.Size => (entry.Bytes, entry.LoadedAt),
                EntryOrder.Age => (-entry.LoadedAt, 0),
                _ => ((long)entry.State.Uses, entry.LoadedAt),
            };
            if (best.Count < limit)
            {
                best.Enqueue(entry, rank);
            }
            else
            {
                best.EnqueueDequeue(entry, rank);
            }
        }

        var entries = new EntrySummary[best.Count];
        for (var i = entries.Length - 1; i >= 0; i--)
        {
            entries[i] = Summary(best.Dequeue(), now, timestamp);
        }

        return new(matching, looked <= MaxLooked, entries);
    }

    /// <summary>What is stored under a key, as it is stored. False: nothing is.</summary>
    internal bool TryGetValue(string key, out object? value)
    {
        value = _cache.Engine.Store.TryGet(key, out var entry) ? entry.Value : null;
        return entry is not null;
    }

    /// <summary>Explains what depends on a row of a table: what would be dropped if anything about it changed.</summary>
    /// <param name="table">The table, in PostgreSQL with its schema where that is not public.</param>
    /// <param name="values">The row's values by their columns. What is not given counts as any value, so that more may be named than depends on the row.</param>
    /// <param name="database">The name of a tracked database.</param>
    /// <param name="cancellationToken">Stops the reading of the schema, where it is not known yet.</param>
    /// <exception cref="ArgumentException">No tracked database, table or column has the name, or the table's rows are not told apart by the column.</exception>
    public async ValueTask<RowExplanation> ExplainRowAsync(
        string table, IReadOnlyDictionary<string, object?> values, string database = SqlDatabase.DefaultName, CancellationToken cancellationToken = default)
    {
        var row = await FindRowAsync(table, values, database, cancellationToken).ConfigureAwait(false);
        var names = new TagNames();
        names.Add(row.Analyzer.Schema);
        foreach (var column in row.Relation.Eligible.Where(column => values.ContainsKey(column.Name)))
        {
            names.Add(column, values[column.Name]);
        }

        var dropped = Dropped(row.Writes);
        return new RowExplanation
        {
            Table = row.Relation.Definition.FullName,
            WriteTags = [.. row.Writes.Tags.Select(names.Of).Order(StringComparer.Ordinal)],
            Drops = [.. dropped.Take(MaxKeys)],
            DropCount = dropped.Count,
        };
    }

    /// <summary>Drops what depends on a row of a table, on every node, as <see cref="ExplainRowAsync"/> names it.</summary>
    /// <returns>How many entries of this node that were.</returns>
    internal async ValueTask<int> InvalidateRowAsync(string table, IReadOnlyDictionary<string, object?> values, string database, CancellationToken cancellationToken)
    {
        var row = await FindRowAsync(table, values, database, cancellationToken).ConfigureAwait(false);
        var dropped = Dropped(row.Writes).Count;
        await row.Database.PublishAsync(row.Writes with { IsHard = true, Cause = InvalidationCause.Application }).ConfigureAwait(false);
        return dropped;
    }

    /// <summary>How many entries of this node a removal of the key would drop: its own, and what was composed of it.</summary>
    internal int CountByKey(string key) => Dropped(new WriteSet(HandTags.Key(key))).Count;

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
        var tracked = Find(database);
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

        var dropped = Dropped(writes.WritesAnything is not null ? WriteSet.Everything : new WriteSet(writes.ToTags()));
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

    private TrackedDatabase Find(string database) => _databases.TryGetValue(database, out var tracked)
        ? tracked
        : throw new ArgumentException($"No tracked database is named '{database}'.", nameof(database));

    private async ValueTask<RowWrites> FindRowAsync(string table, IReadOnlyDictionary<string, object?> values, string database, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(table);
        ArgumentNullException.ThrowIfNull(values);
        var tracked = Find(database);
        var analyzer = await tracked.Schema.GetAsync(cancellationToken).ConfigureAwait(false);
        var dot = table.IndexOf('.', StringComparison.Ordinal);
        var relation = dot < 0 ? analyzer.Schema.Find(null, table) : analyzer.Schema.Find(table[..dot], table[(dot + 1)..]);
        if (relation is not { Kind: RelationKind.Table })
        {
            throw new ArgumentException($"The database '{database}' has no table '{table}'.", nameof(table));
        }

        if (values.Keys.FirstOrDefault(name => relation.Column(name) is not { EligibleIndex: >= 0 }) is { } unknown)
        {
            throw new ArgumentException(
                $"Reads of {table} are not told apart by '{unknown}'; they are by {string.Join(", ", relation.Eligible.Select(column => column.Name))}.", nameof(values));
        }

        var pending = new PendingWrites();
        pending.AddRow(analyzer, relation, values);
        return new(tracked, analyzer, relation, pending.ToWriteSet(analyzer));
    }

    private EntrySummary Summary(MemoryEntry entry, LogPosition now, long timestamp) => new(
        entry.Key,
        entry.Policy,
        entry.ExpiresAt > timestamp && _cache.Engine.IsFresh(entry, now),
        entry.Kind,
        _time.GetElapsedTime(entry.LoadedAt, timestamp),
        _time.GetElapsedTime(timestamp, entry.ExpiresAt),
        entry.Bytes,
        entry.Tags.Length,
        entry.State.Uses);

    private List<string> Dropped(WriteSet writes)
    {
        List<string> keys = [];
        var (tags, now) = (writes.Tags.ToHashSet(), _cache.Engine.Node.Now);
        if (!writes.IsAll && tags.Count == 0)
        {
            return keys;
        }

        foreach (var entry in _cache.Engine.Store.Entries())
        {
            if ((writes.IsAll || entry.Tags.ToArray().Any(tags.Contains)) && _cache.Engine.IsFresh(entry, now))
            {
                keys.Add(entry.Key);
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

    private sealed record RowWrites(TrackedDatabase Database, SqlAnalyzer Analyzer, TrackedRelation Relation, WriteSet Writes);
}
