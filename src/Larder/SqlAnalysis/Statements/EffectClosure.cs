using Larder.SqlAnalysis.Schema;

namespace Larder.SqlAnalysis.Statements;

/// <summary>Adds to a statement's writes what the database does of its own accord: cascades of foreign keys, and triggers, of all that follows.</summary>
internal sealed class EffectClosure(StatementContext context)
{
    private readonly HashSet<(TrackedRelation, RowEvents, bool)> _seen = [];
    private readonly Queue<(TrackedRelation Relation, RowEvents Events, IReadOnlyCollection<string>? Changed)> _pending = new();

    public void Complete()
    {
        foreach (var write in context.Writes)
            Enqueue(write.Relation, write.Events, write.Changed);
        while (_pending.TryDequeue(out var next))
        {
            if (!context.Has(AnalyzerFaults.TriggerForgotten))
                Triggers(next.Relation, next.Events);
            if (!context.Has(AnalyzerFaults.CascadeForgotten))
                Cascades(next.Relation, next.Events, next.Changed);
        }
    }

    private void Triggers(TrackedRelation relation, RowEvents events)
    {
        foreach (var trigger in relation.Triggers)
        {
            if ((trigger.Events & events) == RowEvents.None)
                continue;
            if (trigger.Effects.IsDefault)
            {
                context.DoNotTrust($"the effects of trigger {trigger.Name} on {relation.Definition.FullName} are not declared");
                continue;
            }

            foreach (var effect in trigger.Effects)
            {
                if (context.Schema.Find(effect.Relation) is { } changed)
                    Follow(changed, effect.Events, null, $"trigger {trigger.Name}");
                else
                    context.DoNotTrust($"trigger {trigger.Name} writes {effect.Relation}, which is not in the schema");
            }
        }
    }

    private void Cascades(TrackedRelation parent, RowEvents events, IReadOnlyCollection<string>? changed)
    {
        foreach (var (child, key) in parent.ReferencedBy)
        {
            var because = $"foreign key to {parent.Definition.FullName}";
            if ((events & RowEvents.Delete) != RowEvents.None && key.OnDelete != ReferentialAction.None)
                Follow(child, key.OnDelete == ReferentialAction.Cascade ? RowEvents.Delete : RowEvents.Update, key.Columns, because);
            if ((events & RowEvents.Update) != RowEvents.None && key.OnUpdate != ReferentialAction.None && parent.Refers(key, changed))
                Follow(child, RowEvents.Update, key.Columns, because);
        }
    }

    private void Follow(TrackedRelation relation, RowEvents events, IReadOnlyCollection<string>? changed, string because)
    {
        context.Writes.Add(TableWrite.AnyRows(relation, events, because, changed));
        Enqueue(relation, events, changed);
        if (relation.Kind != RelationKind.View)
            return;
        foreach (var table in relation.View?.Bases ?? [])
            Follow(table, events, null, because);
    }

    // A row event with known columns says less than one without, so both may have to be followed.
    private void Enqueue(TrackedRelation relation, RowEvents events, IReadOnlyCollection<string>? changed)
    {
        if (_seen.Contains((relation, events, true)))
            return;
        if (changed is null || _seen.Add((relation, events, false)) || _seen.Add((relation, events, true)))
        {
            _seen.Add((relation, events, changed is null));
            _pending.Enqueue((relation, events, changed));
        }
    }
}
