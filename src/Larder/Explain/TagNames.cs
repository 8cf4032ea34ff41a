using System.Collections;
using Larder.Freshness;
using Larder.SqlAnalysis.Schema;
using Larder.SqlAnalysis.Statements;

namespace Larder.Explain;

/// <summary>Names for tags, which are only hashes: those of a schema, and those that a statement brings with the values it is run with.</summary>
internal sealed class TagNames
{
    private readonly Dictionary<Tag, string> _names = [];

    private readonly List<(Tag Facet, string Name)> _facets = [(RowFacets.Existence, "rows that come or go")];

    private Dictionary<Tag, string>? _facetNames;

    public string Of(Tag tag) => _names.TryGetValue(tag, out var name) || FacetNames.TryGetValue(tag, out name) ? name : $"{(tag.IsCoarse ? "table" : "word, key or value")} {tag}";

    // Of a tag and a facet only a hash is left, so every pair is hashed once.
    private Dictionary<Tag, string> FacetNames
    {
        get
        {
            if (_facetNames is null)
            {
                _facetNames = [];
                foreach (var (tag, name) in _names)
                {
                    foreach (var (facet, change) in _facets)
                    {
                        _facetNames.TryAdd(tag.Of(facet), $"{name}: {change}");
                    }
                }
            }

            return _facetNames;
        }
    }

    public void Add(Tag tag, string name)
    {
        _names.TryAdd(tag, name);
        _facetNames = null;
    }

    public void Add(SchemaModel schema)
    {
        foreach (var relation in schema.Relations)
        {
            var name = relation.Definition.FullName;
            Add(relation.Table, name);
            Add(relation.AnyRow, $"some row of {name}");
            foreach (var column in relation.Eligible)
            {
                Add(column.AnyValue, $"some value of {name}.{column.Name}");
                Add(column.Null, $"{name}.{column.Name} is null");
                _facets.Add((column.AnyValue, $"{column.Name} changes in some way"));
                _facets.Add((column.Null, $"{column.Name} becomes null or stops being it"));
            }

            _facets.AddRange(relation.Columns.Select(column => (column.Changed, $"{column.Name} changes")));
        }
    }

    /// <summary>Names a value of a column, where it has a tag.</summary>
    public void Add(TrackedColumn column, object? value)
    {
        if (CanonicalValue.TryTag(column, value, out var tag))
        {
            _facets.Add((tag, $"{column.Name} becomes {value} or stops being it"));
            Add(tag, $"{column.Relation.Definition.FullName}.{column.Name} = {value}");
        }
    }

    /// <summary>Names the values that the statement names.</summary>
    public void Add<TParameters>(StatementAnalysis statement, TParameters parameters)
        where TParameters : ISqlParameters
    {
        foreach (var pin in statement.Reads.Select(read => read.Pin).OfType<Pin>())
        {
            Add(pin.Column, pin.Values, parameters);
        }

        foreach (var column in statement.Writes.SelectMany(write => write.Columns))
        {
            Add(column.Column, column.Old, parameters);
            Add(column.Column, column.New, parameters);
        }
    }

    private void Add<TParameters>(TrackedColumn column, IEnumerable<ValueSource> sources, TParameters parameters)
        where TParameters : ISqlParameters
    {
        foreach (var source in sources)
        {
            var value = source.Constant;
            if (source.IsParameter && !parameters.TryGet(source.Parameter, out value))
            {
                continue;
            }

            foreach (var element in source.IsArray && value is ICollection elements ? elements : new[] { value })
            {
                Add(column, element);
            }
        }
    }
}
