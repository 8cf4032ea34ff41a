using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using Larder.SqlAnalysis.Schema;

namespace Larder.SqlAnalysis.Statements;

/// <summary>
/// Reads the columns of the parents that written children belong to, for their path tags. It runs in the transaction of the write, before its commit, and on
/// PostgreSQL locks the parents until then: without the lock somebody may change a parent's column in between, commit, and have others read the child's
/// new surroundings without the child, whose tags would name the parent's old value only.
/// </summary>
/// <param name="Text">The query. Its first column is the parent's key, the others those of <paramref name="Paths"/>.</param>
/// <param name="Paths">All of one foreign key.</param>
/// <param name="Parameters">The parameters <c>@parent0</c>, <c>@parent1</c> and so on: the keys.</param>
internal sealed record ParentQuery(string Text, ImmutableArray<TrackedPath> Paths, ImmutableArray<KeyValuePair<string, object>> Parameters)
{
    public TrackedColumn ForeignKey => Paths[0].ForeignKey;

    public static ParentQuery Create(ImmutableArray<TrackedPath> paths, IReadOnlyList<object> keys)
    {
        var (parent, key) = (paths[0].Parent.Definition, paths[0].Key);
        var text = new StringBuilder("SELECT ").Append(CaptureQuery.Quote(key.Name));
        foreach (var path in paths)
            text.Append(", ").Append(CaptureQuery.Quote(path.ParentColumn.Name));
        text.Append(" FROM ").Append(parent.Schema is null ? "" : CaptureQuery.Quote(parent.Schema) + ".").Append(CaptureQuery.Quote(parent.Name));
        var parameters = keys.Select((value, i) => KeyValuePair.Create(string.Create(CultureInfo.InvariantCulture, $"@parent{i}"), value)).ToImmutableArray();
        text.Append(" WHERE ").Append(CaptureQuery.Quote(key.Name)).Append(" IN (").AppendJoin(", ", parameters.Select(parameter => parameter.Key)).Append(')');
        if (parent.Schema is not null)
            text.Append(" FOR SHARE");
        return new ParentQuery(text.ToString(), paths, parameters);
    }
}
