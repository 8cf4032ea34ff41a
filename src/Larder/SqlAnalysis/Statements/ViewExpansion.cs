using Larder.SqlAnalysis.Schema;
using Larder.SqlAnalysis.Tokenizer;

namespace Larder.SqlAnalysis.Statements;

/// <summary>Judges the queries of views once for a schema: a view reads its base tables as a whole, and whatever its functions do, reading it does.</summary>
internal sealed class ViewExpansion(SchemaModel schema, AnalyzerFaults faults)
{
    private const int MaxDepth = 32;

    private readonly HashSet<TrackedRelation> _pending = [];

    public void Expand(TrackedRelation view)
    {
        if (view.View is not null || view.Definition.Query is not { } query || _pending.Count > MaxDepth || !_pending.Add(view))
            return;
        var tokens = SqlTokens.Read(query, schema.Dialect);
        ExpandMentioned(tokens);
        var to = tokens.Count > 0 && tokens.Kind(tokens.Count - 1) == SqlTokenKind.Semicolon ? tokens.Count - 1 : tokens.Count;
        if (tokens.IsBalanced)
        {
            var analysis = StatementAnalyzer.Analyze(tokens, 0, to, schema, faults);
            var bases = analysis.Reads.Select(read => read.Relation).Concat(Dependencies(view)).Distinct();
            var write = analysis.WritesAnything ?? (analysis.Writes.IsEmpty ? null : "it writes");
            view.View = new ViewReads([.. bases], analysis.NotCacheable, write);
        }

        _pending.Remove(view);
    }

    // The views inside come first. A name that is none of them is no harm here.
    private void ExpandMentioned(SqlTokens tokens)
    {
        for (var at = 0; at < tokens.Count; at++)
        {
            if (tokens.Kind(at) is not (SqlTokenKind.Word or SqlTokenKind.QuotedName or SqlTokenKind.Text))
                continue;
            var schemaName = tokens.Kind(at - 1) == SqlTokenKind.Dot ? tokens.Name(at - 2) : null;
            if (schema.Find(schemaName, tokens.Name(at)) is { Kind: RelationKind.View, View: null } inner)
                Expand(inner);
        }
    }

    private IEnumerable<TrackedRelation> Dependencies(TrackedRelation view)
    {
        foreach (var name in view.Definition.DependsOn)
        {
            if (schema.Find(name) is not { } relation || relation == view)
                continue;
            if (relation.Kind == RelationKind.View)
                Expand(relation);
            if (relation.Kind != RelationKind.View)
                yield return relation;
            foreach (var inner in relation.View?.Bases ?? [])
                yield return inner;
        }
    }
}
