using System.Collections;
using Larder.Freshness;
using Larder.SqlAnalysis.Schema;
using Larder.SqlAnalysis.Statements;

namespace Larder.Explain;

/// <summary>Names for tags, which are only hashes: those of a schema, and those that a statement brings with the values it is run with.</summary>
internal sealed class TagNames
{
    private readonly Dictionary<Tag, string> _names = [];

    public string Of(Tag tag) => _names.TryGetValue(tag, out var name) ? name : $"{(tag.IsCoarse ? "table" : "word, key or value")} {tag}";

    public void Add(Tag tag, string name) => _names.TryAdd(tag, name);

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
            }
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
                if (CanonicalValue.TryTag(column, element, out var tag))
                {
                    Add(tag, $"{column.Relation.Definition.FullName}.{column.Name} = {element}");
                }
            }
        }
    }
}
