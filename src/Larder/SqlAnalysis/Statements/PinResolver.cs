using System.Collections.Immutable;
using Larder.SqlAnalysis.Schema;

namespace Larder.SqlAnalysis.Statements;

/// <summary>
/// Puts values in the place of columns of outer blocks, once every block is read. Rows of an outer table that its pin leaves out cannot matter, wherever the
/// inner block stands; so the inner block is only ever asked about the values of the pin, or about NULL, which equals nothing.
/// </summary>
internal sealed class PinResolver(StatementContext context)
{
    private const int MaxSteps = 8;

    /// <summary>The pins of a table, all with values.</summary>
    public IEnumerable<Pin> Resolve(TableItem item, int steps = 0)
    {
        foreach (var pin in item.Pins)
        {
            if (pin.Values is not [{ Outer: { } outer }])
                yield return pin;
            else if (steps < MaxSteps && Find(outer) is { Relation: { } relation } owner && relation.Column(outer.Name) is { } column
                && column.Definition.Exact == pin.Column.Definition.Exact)
            {
                foreach (var found in Resolve(owner, steps + 1).SelectMany(known => Carry(pin, column, known)))
                    yield return found;
            }
        }
    }

    private IEnumerable<Pin> Carry(Pin pin, TrackedColumn outer, Pin known)
    {
        var because = $"{known.Because} and {pin.Because}";
        if (known.Column == outer || context.Has(AnalyzerFaults.OuterPinOfAnyColumn))
            yield return new Pin(pin.Column, known.Values, because);
        foreach (var path in pin.Column.Relation.Paths)
        {
            if (path.ForeignKey == pin.Column && path.Key == outer && path.ParentColumn == known.Column)
                yield return new Pin(path.Column, known.Values, because);
        }
    }

    // A name that two blocks around have, or that an alias of joins in parentheses may be, is not sure to mean this one.
    public static TableItem? Find(OuterColumn column)
    {
        TableItem? found = null;
        for (var scope = column.From.Outer; scope is not null; scope = scope.Outer)
        {
            if (scope.NotPinnable is not null)
                return null;
            foreach (var item in scope.Items)
            {
                if (item.Alias != column.Alias)
                    continue;
                if (found is not null)
                    return null;
                found = item;
            }
        }

        return found is { HasOwnColumnNames: true } ? found : null;
    }
}
