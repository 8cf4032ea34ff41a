using System.Collections.Immutable;
using Larder.SqlAnalysis.Schema;
using Larder.SqlAnalysis.Tokenizer;

namespace Larder.SqlAnalysis.Statements;

/// <summary>Finds what a trigger changes: what the host declared, or what the statements of its body write (SQLite).</summary>
internal static class TriggerEffects
{
    public static TriggerSchema Resolve(SchemaModel schema, TriggerSchema trigger, AnalyzerFaults faults)
    {
        var declared = schema.Declarations.TriggerEffects;
        if (declared.TryGetValue(trigger.Name, out var relations) || (trigger.Function is { } function && declared.TryGetValue(function, out relations)))
            return trigger with { Effects = [.. relations.Select(relation => new RelationEffect(relation, RowEvents.All))] };
        return trigger.Effects.IsDefault && trigger.Body is { } body ? trigger with { Effects = Read(schema, body, faults) } : trigger;
    }

    private static ImmutableArray<RelationEffect> Read(SchemaModel schema, string body, AnalyzerFaults faults)
    {
        var tokens = SqlTokens.Read(body, schema.Dialect);
        if (!tokens.IsBalanced)
            return default;
        var effects = new HashSet<RelationEffect>();
        var start = 0;
        for (var at = 0; at < tokens.Count; at++)
        {
            if (tokens.Kind(at) != SqlTokenKind.Semicolon)
                continue;
            if (at > start)
            {
                if (StatementAnalyzer.DirectWrites(tokens, start, at, schema, faults) is not { } writes)
                    return default;
                effects.UnionWith(writes.Select(write => new RelationEffect(write.Relation.Definition.FullName, write.Events)));
            }

            start = at + 1;
        }

        return start == tokens.Count ? [.. effects] : default;
    }
}
