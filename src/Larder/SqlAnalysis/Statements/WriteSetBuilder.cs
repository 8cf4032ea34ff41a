using System.Collections.Immutable;
using Larder.Freshness;
using Larder.SqlAnalysis.Schema;

namespace Larder.SqlAnalysis.Statements;

/// <summary>What one execution of a write told about the rows it changed.</summary>
internal readonly record struct WriteObservation
{
    /// <summary>The rows that <see cref="StatementAnalysis.Capture"/> gave, with its columns; null where it was not run.</summary>
    public IReadOnlyList<object?[]>? Captured { get; init; }

    /// <summary>The rows that RETURNING gave.</summary>
    public IReadOnlyList<object?[]>? Returned { get; init; }

    /// <summary>The place of each column in <see cref="Returned"/>, by its name in the table.</summary>
    public IReadOnlyDictionary<string, int>? ReturnedOrdinals { get; init; }

    /// <summary>How many rows the statement itself changed; negative where that is not known.</summary>
    public long Affected { get; init; }
}

/// <summary>
/// Collects the tags of everything that one transaction writes. What grows too large becomes coarser: a column's values its wildcard, then a table's columns
/// the wildcard of its rows. Not for use by several threads at once.
/// </summary>
internal sealed class WriteSetBuilder(AnalyzerFaults faults = AnalyzerFaults.None)
{
    /// <summary>More values of one column than this, and the wildcard costs less than it drops.</summary>
    public const int MaxTagsOfColumn = 64;

    /// <summary>More fine tags than this in one transaction, and every column becomes its wildcard: a log record stays small.</summary>
    public const int MaxTags = 512;

    /// <summary>More facets of values than this in one transaction, and the tables that are left have any of their rows written.</summary>
    public const int MaxFacetTags = 2048;

    private readonly Dictionary<TrackedRelation, RelationTags> _relations = [];
    private int _fineTags;
    private bool _isCoarse;

    /// <summary>Why everything counts as written; null where the tags say it all.</summary>
    public string? WritesAnything { get; private set; }

    public bool IsEmpty => WritesAnything is null && _relations.Count == 0;

    /// <summary>Adds what a statement wrote.</summary>
    public void Add<TParameters>(StatementAnalysis statement, TParameters parameters, in WriteObservation observed)
        where TParameters : ISqlParameters
    {
        if (statement.WritesAnything is { } reason)
            WritesAnything ??= reason;
        var changedNothing = observed.Affected == 0 && statement.Writes is [{ IsAnyRow: false }] && ReferenceEquals(statement.Target, statement.Writes[0]);
        if (changedNothing)
            return;
        foreach (var write in statement.Writes)
        {
            var known = ReferenceEquals(write, statement.Target) ? observed : new WriteObservation { Affected = -1 };
            Add(write, statement, parameters, known);
        }
    }

    /// <summary>Everything counts as written.</summary>
    public void AddEverything(string reason) => WritesAnything ??= reason;

    /// <summary>Adds a row as it was before it was changed or deleted; columns that are missing count as unknown.</summary>
    public void AddOldRow(TrackedRelation relation, IReadOnlyDictionary<string, object?> values) => AddRow(relation, values);

    /// <summary>Adds a row as it was inserted or is after a change; columns that are missing count as unknown.</summary>
    public void AddNewRow(TrackedRelation relation, IReadOnlyDictionary<string, object?> values) => AddRow(relation, values);

    /// <summary>
    /// The queries for the parents of the written children, to be run in the same transaction once nothing else will be written, and their rows given to
    /// <see cref="AddParents"/>. Parents that were not found, or not asked for, count as any.
    /// </summary>
    public IEnumerable<ParentQuery> ParentQueries() => _relations.Values.SelectMany(tags => tags.ParentQueries()).ToList();

    /// <summary>Adds what a parent query gave: the key and then the columns of its paths.</summary>
    public void AddParents(ParentQuery query, IReadOnlyList<object?[]> rows)
    {
        if (_relations.TryGetValue(query.ForeignKey.Relation, out var tags))
            tags.AddParents(query, rows);
    }

    /// <summary>The tags so far.</summary>
    public Tag[] ToTags()
    {
        var (tags, budget) = (new List<Tag>(), MaxFacetTags);
        foreach (var (relation, written) in _relations)
        {
            tags.Add(relation.Table);
            written.CopyTo(tags, ref budget);
        }

        return [.. tags];
    }

    private void Add<TParameters>(TableWrite write, StatementAnalysis statement, TParameters parameters, in WriteObservation observed)
        where TParameters : ISqlParameters
    {
        var tags = TagsOf(write.Relation);
        if (write.IsAnyRow)
        {
            tags.IsAnyRow = true;
            return;
        }

        tags.AddFacets(RowFacets.Of(write, faults));
        foreach (var column in write.Columns)
        {
            var captured = statement.Capture is { } capture ? Values(observed.Captured, capture.Columns.IndexOf(column.Column), observed.Affected) : null;
            var returned = observed.ReturnedOrdinals is { } ordinals && ordinals.TryGetValue(column.Column.Name, out var ordinal)
                ? Values(observed.Returned, ordinal, observed.Affected)
                : null;
            var old = column.IsOldKnown ? Bind(column.Old, parameters, isNullMadeUp: false) : captured ?? (column.IsKept ? returned : null);
            var made = column.IsNewKnown ? Bind(column.New, parameters, column.IsNullMadeUp) : returned;
            AddValues(tags, column.Column, old);
            if ((faults & AnalyzerFaults.OldParentForgotten) != AnalyzerFaults.None)
                tags.ForgetParents(column.Column);
            AddValues(tags, column.Column, made);
            if (RowFacets.MayChange(write, column.Column, faults))
                tags.AddFacets(Change(column.Column, old, made));
        }
    }

    // The values that a statement names; null where one is not known.
    private static List<object?>? Bind<TParameters>(ImmutableArray<ValueSource> sources, TParameters parameters, bool isNullMadeUp)
        where TParameters : ISqlParameters
    {
        var values = new List<object?>(sources.Length);
        foreach (var source in sources)
        {
            var value = source.Constant;
            if (source.IsParameter && !parameters.TryGet(source.Parameter, out value))
                return null;
            if (source.IsArray && value is System.Collections.ICollection elements)
                values.AddRange(elements.Cast<object?>());
            else if (isNullMadeUp && value is null or DBNull)
                return null;
            else
                values.Add(value);
        }

        return values;
    }

    // Where every row keeps the one value it had, nothing has changed; else it does from the old values to the new ones.
    private IEnumerable<Tag> Change(TrackedColumn column, List<object?>? old, List<object?>? made)
    {
        if (TagsOf(column, old) is not { } from || TagsOf(column, made) is not { } to)
            return [column.Changed, column.AnyValue];
        if (from.Count <= 1 && from.SetEquals(to))
            return [];
        return (faults & AnalyzerFaults.OldTestForgotten) != AnalyzerFaults.None ? [column.Changed, .. to] : [column.Changed, .. from, .. to];
    }

    // Null where they are not known, or too many to tell.
    private static HashSet<Tag>? TagsOf(TrackedColumn column, List<object?>? values)
    {
        var tags = new HashSet<Tag>();
        foreach (var value in values ?? [])
        {
            if (!CanonicalValue.TryTag(column, value, out var tag))
                return null;
            tags.Add(tag);
        }

        return values is null || tags.Count > RowFacets.MaxFacets ? null : tags;
    }

    // Null where the rows are not all there: one that was inserted in between was changed too.
    private List<object?>? Values(IReadOnlyList<object?[]>? rows, int ordinal, long affected)
    {
        var isComplete = affected >= 0 && rows?.Count >= affected;
        return rows is null || ordinal < 0 || (!isComplete && (faults & AnalyzerFaults.CaptureTrustedBlindly) == AnalyzerFaults.None) ? null : [.. rows.Select(row => row[ordinal])];
    }

    private void AddRow(TrackedRelation relation, IReadOnlyDictionary<string, object?> values)
    {
        var tags = TagsOf(relation);
        if (RowFacets.AreToldOf(relation))
            tags.AddFacets([RowFacets.Existence, .. RowFacets.AllOf(relation)]);
        foreach (var column in relation.Eligible)
        {
            if (values.TryGetValue(column.Name, out var value))
                AddValue(tags, column, value);
            else
                AddAnyValue(tags, column);
        }
    }

    private void AddValues(RelationTags tags, TrackedColumn column, List<object?>? values)
    {
        if (values is null)
            AddAnyValue(tags, column);
        foreach (var value in values ?? [])
            AddValue(tags, column, value);
    }

    private void AddValue(RelationTags tags, TrackedColumn column, object? value)
    {
        if (_isCoarse || !CanonicalValue.TryTag(column, value, out var tag, (faults & AnalyzerFaults.AffinityIgnored) != AnalyzerFaults.None))
        {
            AddAnyValue(tags, column);
            return;
        }

        _fineTags += tags.Add(column, tag, value);
        if (_fineTags <= MaxTags)
            return;
        _isCoarse = true;
        foreach (var relation in _relations.Values)
            relation.MakeCoarse();
    }

    private void AddAnyValue(RelationTags tags, TrackedColumn column) => _fineTags -= tags.AddAnyValue(column);

    private RelationTags TagsOf(TrackedRelation relation)
    {
        if (_relations.TryGetValue(relation, out var tags))
            return tags;
        if (_relations.Count == MaxTags)
            WritesAnything ??= "too many tables are written in one transaction";
        return _relations[relation] = new RelationTags(relation, (faults & AnalyzerFaults.ParentPathForgotten) != AnalyzerFaults.None);
    }
}
