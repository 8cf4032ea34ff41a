using Larder.Freshness;
using Larder.SqlAnalysis.Schema;

namespace Larder.SqlAnalysis.Statements;

/// <summary>What one transaction writes of one relation.</summary>
internal sealed class RelationTags(TrackedRelation relation, bool forgetsPaths)
{
    // Null: nothing of the column; empty: its wildcard.
    private readonly HashSet<Tag>?[] _values = new HashSet<Tag>?[relation.Eligible.Length];

    // Of all that the transaction did to rows of the relation, whichever it was to which row.
    private readonly HashSet<Tag> _facets = [];

    // By the tag of a foreign key's value: the value, and the paths' tags once its parent was read.
    private readonly Dictionary<Tag, (TrackedColumn ForeignKey, object? Value, Tag[]? Paths)> _parents = [];

    public bool IsAnyRow { get; set; }

    /// <summary>Returns by how many tags the set grew.</summary>
    public int Add(TrackedColumn column, Tag tag, object? value)
    {
        var values = _values[column.EligibleIndex];
        if (values is { Count: 0 })
            return 0;
        values ??= _values[column.EligibleIndex] = [];
        if (!values.Add(tag))
            return 0;
        if (values.Count > WriteSetBuilder.MaxTagsOfColumn)
        {
            values.Clear();
            return -WriteSetBuilder.MaxTagsOfColumn;
        }

        // A row without a parent is joined with none.
        if (tag != column.Null && relation.Paths.Any(path => path.ForeignKey == column))
            _parents[tag] = (column, value, null);
        return 1;
    }

    public void AddFacets(IEnumerable<Tag> facets) => _facets.UnionWith(facets);

    /// <summary>Returns how many tags the wildcard replaced.</summary>
    public int AddAnyValue(TrackedColumn column)
    {
        var replaced = _values[column.EligibleIndex]?.Count ?? 0;
        _values[column.EligibleIndex] = [];
        return replaced;
    }

    public void MakeCoarse()
    {
        foreach (var values in _values)
            values?.Clear();
    }

    /// <summary>The queries for the parents that are not read yet.</summary>
    public IEnumerable<ParentQuery> ParentQueries()
    {
        if (IsAnyRow)
            yield break;
        foreach (var paths in relation.Paths.GroupBy(path => path.ForeignKey))
        {
            if (_values[paths.Key.EligibleIndex] is not { Count: > 0 })
                continue;
            var unread = _parents.Values.Where(parent => parent.ForeignKey == paths.Key && parent.Paths is null).Select(parent => parent.Value!).ToList();
            if (unread.Count > 0)
                yield return ParentQuery.Create([.. paths], unread);
        }
    }

    /// <summary>Adds the rows of a parent query. A value without a canonical form leaves its parent unread.</summary>
    public void AddParents(ParentQuery query, IReadOnlyList<object?[]> rows)
    {
        foreach (var row in rows)
        {
            if (!CanonicalValue.TryTag(query.ForeignKey, row[0], out var key) || !_parents.TryGetValue(key, out var parent))
                continue;
            var tags = new Tag[query.Paths.Length];
            var areKnown = true;
            for (var i = 0; i < tags.Length; i++)
                areKnown &= CanonicalValue.TryTag(query.Paths[i].Column, row[i + 1], out tags[i]);
            if (areKnown)
                _parents[key] = parent with { Paths = tags };
        }
    }

    /// <summary>A bug that tests plant: what is known of parents so far is lost.</summary>
    public void ForgetParents(TrackedColumn column)
    {
        foreach (var (key, _) in _parents.Where(parent => parent.Value.ForeignKey == column).ToList())
            _parents.Remove(key);
    }

    /// <summary>Adds its tags, but for those of the table.</summary>
    /// <param name="tags">Where to.</param>
    /// <param name="budget">How many tags of facets there may still be in the transaction.</param>
    public void CopyTo(List<Tag> tags, ref int budget)
    {
        if (IsAnyRow)
        {
            tags.Add(relation.AnyRow);
            return;
        }

        var first = tags.Count;
        foreach (var column in relation.Eligible)
        {
            if (_values[column.EligibleIndex] is not { } values)
                continue;
            if (values.Count == 0)
                tags.Add(column.AnyValue);
            tags.AddRange(values);
        }

        if (!relation.Paths.IsEmpty && !forgetsPaths)
            CopyPathsTo(tags);
        CopyFacetsTo(tags, first, ref budget);
    }

    // The facets of the table and of every value; a wildcard stands for all facets.
    private void CopyFacetsTo(List<Tag> tags, int first, ref int budget)
    {
        var values = tags[first..].FindAll(tag => !tag.IsCoarse);
        foreach (var facet in _facets)
            tags.Add(relation.Table.Of(facet));
        budget -= values.Count * _facets.Count;
        if (budget < 0)
        {
            tags.RemoveRange(first, tags.Count - first);
            tags.Add(relation.AnyRow);
            return;
        }

        foreach (var value in values)
        {
            foreach (var facet in _facets)
                tags.Add(value.Of(facet));
        }
    }

    private void CopyPathsTo(List<Tag> tags)
    {
        foreach (var paths in relation.Paths.GroupBy(path => path.ForeignKey))
        {
            if (_values[paths.Key.EligibleIndex] is not { } keys)
                continue;
            var parents = _parents.Values.Where(parent => parent.ForeignKey == paths.Key).ToList();
            if (keys.Count == 0 || parents.Exists(parent => parent.Paths is null))
                tags.AddRange(paths.Select(path => path.Column.AnyValue));
            else
                tags.AddRange(parents.SelectMany(parent => parent.Paths!).Distinct());
        }
    }
}
