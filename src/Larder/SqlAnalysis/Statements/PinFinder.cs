using System.Collections.Immutable;
using Larder.SqlAnalysis.Schema;

namespace Larder.SqlAnalysis.Statements;

/// <summary>
/// Finds, for each table of a query block, the columns whose values decide alone which of its rows can matter.
/// </summary>
/// <remarks>
/// A fact holds of a set of joined rows. A row of a table matters only if it can be a part of such a joined row, or if it can take away the place of one
/// that an outer join would make up. So the facts that reach a table are:
/// <list type="bullet">
/// <item>the condition of the block, wherever the table stands: an equality is false of NULL, so rows that an outer join made up do not pass it;</item>
/// <item>the ON conditions of the inner joins that the table is below, and of inner joins beside it whose rows are never made up;</item>
/// <item>the ON condition of an outer join, for its nullable side only: on the preserved side it decides what a row is joined with, not whether it stays;</item>
/// <item>nothing from above a FULL JOIN.</item>
/// </list>
/// Equalities between columns of one exact type carry values on, among the facts that reach the same table. A fact that also holds of NULL stops
/// where rows may have been made up.
/// <para>
/// A child that is joined by a declared key to a parent whose column has known values can matter only while it is a child of such a parent: that is its pin
/// on the path. That the parent comes and goes is seen by the parent's own tags, because the parent is read as well.
/// </para>
/// </remarks>
internal sealed class PinFinder(StatementContext context, QueryScope scope)
{
    private const int MaxItems = 32;

    private readonly ConditionReader _conditions = new(context, scope);
    private readonly Dictionary<JoinNode, List<Fact>> _on = [];

    public void Pin(JoinNode root, int whereFrom, int whereTo)
    {
        if (scope.Items.Count > MaxItems || scope.NotPinnable is not null)
            return;
        Assign(root, _conditions.Read(whereFrom, whereTo));
    }

    private List<Fact> On(JoinNode join)
    {
        if (!_on.TryGetValue(join, out var facts))
            _on[join] = facts = join.On.From < join.On.To ? _conditions.Read(join.On.From, join.On.To) : [];
        return facts;
    }

    // What holds of every row that this part of the tree gives.
    private IEnumerable<Fact> Guaranteed(JoinNode? node) => node?.Kind switch
    {
        JoinKind.Inner => [.. Guaranteed(node.Left), .. Guaranteed(node.Right), .. On(node)],
        JoinKind.Left => Guaranteed(node.Left),
        JoinKind.Right => Guaranteed(node.Right),
        _ => [],
    };

    private void Assign(JoinNode? node, IReadOnlyCollection<Fact> facts)
    {
        switch (node?.Kind)
        {
            case JoinKind.Leaf:
                PinItem(node.Item!, facts);
                break;
            case JoinKind.Inner:
                IReadOnlyCollection<Fact> all = [.. facts, .. On(node), .. Guaranteed(node.Left), .. Guaranteed(node.Right)];
                Assign(node.Left, all);
                Assign(node.Right, all);
                break;
            case JoinKind.Left:
                Outer(node, node.Left, node.Right, facts);
                break;
            case JoinKind.Right:
                Outer(node, node.Right, node.Left, facts);
                break;
            case JoinKind.Full:
                Assign(node.Left, [.. Guaranteed(node.Left)]);
                Assign(node.Right, [.. Guaranteed(node.Right)]);
                break;
            default:
                break;
        }
    }

    private void Outer(JoinNode join, JoinNode? preserved, JoinNode? nullable, IReadOnlyCollection<Fact> facts)
    {
        IEnumerable<Fact> ofPreserved = [.. facts, .. Guaranteed(preserved)];
        IEnumerable<Fact> ofOn = On(join);
        var planted = context.Has(AnalyzerFaults.PreservedSidePinned) ? ofOn
            : context.Has(AnalyzerFaults.LookupOfPreservedSide) ? ofOn.Where(fact => fact.OtherItem is not null) : [];
        Assign(preserved, [.. ofPreserved, .. planted]);
        var strict = context.Has(AnalyzerFaults.NullExtensionPinned) ? ofPreserved : ofPreserved.Where(fact => !fact.HoldsOfNull);
        Assign(nullable, [.. strict, .. ofOn, .. Guaranteed(nullable)]);
    }

    private static void PinItem(TableItem item, IReadOnlyCollection<Fact> facts)
    {
        if (item.Relation is null)
            return;
        var known = new Dictionary<(TableItem, TrackedColumn), (ImmutableArray<ValueSource> Values, string Because)>();
        foreach (var fact in facts)
        {
            // A fact that holds of NULL says something of this table alone; it is not carried on.
            if (fact.OtherColumn is null && (!fact.HoldsOfNull || fact.Item == item))
                known.TryAdd((fact.Item, fact.Column), (fact.Values, fact.Because));
        }

        CarryOn(facts, known);
        foreach (var ((owner, column), (values, because)) in known)
        {
            if (owner == item && column.EligibleIndex >= 0)
                item.Pins.Add(new Pin(column, values, because) { HoldsOfNull = facts.Any(fact => fact.HoldsOfNull && fact.Item == item && fact.Column == column) });
        }

        foreach (var path in item.Relation.Paths)
            PinPath(item, path, facts, known);
        AddLookups(item, facts);
    }

    // Whether the other table tells which values there are is asked once all blocks are read.
    private static void AddLookups(TableItem item, IReadOnlyCollection<Fact> facts)
    {
        foreach (var fact in facts)
        {
            if (fact.OtherColumn is null || fact.Column.Definition.Exact != fact.OtherColumn.Definition.Exact)
                continue;
            if (fact.Item == item && fact.OtherItem != item && fact.Column.EligibleIndex >= 0)
                item.Lookups.Add(new LookupCandidate(fact.Column, fact.OtherItem!, fact.OtherColumn, fact.Because));
            else if (fact.OtherItem == item && fact.Item != item && !fact.IsOfSubquery && fact.OtherColumn.EligibleIndex >= 0)
                item.Lookups.Add(new LookupCandidate(fact.OtherColumn, fact.Item, fact.Column, fact.Because));
        }
    }

    private static void PinPath(
        TableItem item,
        TrackedPath path,
        IReadOnlyCollection<Fact> facts,
        Dictionary<(TableItem, TrackedColumn), (ImmutableArray<ValueSource> Values, string Because)> known)
    {
        foreach (var fact in facts)
        {
            var parent = fact.OtherItem is null || fact.IsOfSubquery ? null
                : fact.Item == item && fact.Column == path.ForeignKey && fact.OtherColumn == path.Key ? fact.OtherItem
                : fact.OtherItem == item && fact.OtherColumn == path.ForeignKey && fact.Column == path.Key ? fact.Item
                : null;
            if (parent is not null && parent != item && known.TryGetValue((parent, path.ParentColumn), out var pinned))
                item.Pins.Add(new Pin(path.Column, pinned.Values, $"{pinned.Because} and {fact.Because}"));
        }
    }

    private static void CarryOn(IReadOnlyCollection<Fact> facts, Dictionary<(TableItem, TrackedColumn), (ImmutableArray<ValueSource> Values, string Because)> known)
    {
        for (var changed = true; changed;)
        {
            changed = false;
            foreach (var fact in facts)
            {
                if (fact.OtherColumn is null || fact.IsOfSubquery || fact.Column.Definition.Exact != fact.OtherColumn.Definition.Exact)
                    continue;
                var (one, other) = ((fact.Item, fact.Column), (fact.OtherItem!, fact.OtherColumn));
                changed |= Carry(known, one, other, fact.Because) || Carry(known, other, one, fact.Because);
            }
        }
    }

    private static bool Carry(
        Dictionary<(TableItem, TrackedColumn), (ImmutableArray<ValueSource> Values, string Because)> known,
        (TableItem, TrackedColumn) from,
        (TableItem, TrackedColumn) to,
        string because) =>
        known.TryGetValue(from, out var source) && known.TryAdd(to, (source.Values, $"{source.Because} and {because}"));
}
