using System.Text;
using Larder.Freshness;
using Larder.SqlAnalysis.Schema;
using Larder.SqlAnalysis.Tokenizer;

namespace Larder.SqlAnalysis.Statements;

/// <summary>
/// Finds, for tables that nothing pins, the query that tells which of their rows can matter (decision 0019).
/// </summary>
/// <remarks>
/// Each occurrence of a table counts as a table of its own. What its pin leaves out can be left out without a change of the result; then the same holds of the
/// next occurrence, whose rows matter only together with a row that is left of the first. So the values to look for are those of the first's column in
/// <em>all</em> of its rows that are left. It never matters whether they find anything: a row that comes later has one of these values.
/// <para>
/// The order is the proof: a table is settled once, by tables that were settled before it, and its tags are of that very choice. Two tables that each looked
/// themselves up by the other would both change, one after the other, without either noticing.
/// </para>
/// </remarks>
internal sealed class LookupFinder(StatementContext context, PinResolver pins, QueryScope? whole)
{
    private const int MaxSteps = 6;

    private readonly Dictionary<TableItem, (Pin? Pin, Lookup? Lookup, TableItem? Source)> _settled = [];
    private readonly DerivedTables _blocks = new(context);
    private Dictionary<string, DerivedColumn>? _results;

    /// <summary>Settles all tables of a statement.</summary>
    public void Settle(IReadOnlyCollection<TableItem> items)
    {
        var weak = new List<(TableItem Item, Pin Pin)>();
        foreach (var item in items)
        {
            if (BestPin(item) is not { } pin)
                continue;
            if (!pin.Column.IsUnique && IsWritten(pin))
                weak.Add((item, pin));
            else
                _settled[item] = (pin, null, null);
        }

        LookUp(items);
        foreach (var (item, pin) in weak)
            _settled.TryAdd(item, (pin, null, null));
        LookUp(items);
    }

    /// <summary>How a table is looked up; null where it is pinned, or nothing tells.</summary>
    public Lookup? Find(TableItem item) => _settled.GetValueOrDefault(item).Lookup;

    /// <summary>The best pin of a table. What is written into the text for all executions, like a status or a first page, tells least.</summary>
    public Pin? BestPin(TableItem item) => pins.Resolve(item)
        .OrderBy(pin => pin.Column.IsUnique ? 0 : IsWritten(pin) ? 3 : pin.Column.Path is null ? 1 : 2).ThenBy(pin => pin.Values.Length).FirstOrDefault();

    // Each step looks up by what the steps before have settled.
    private void LookUp(IReadOnlyCollection<TableItem> items)
    {
        for (var step = 0; step < MaxSteps; step++)
        {
            var found = new List<(TableItem Item, Lookup Lookup, TableItem Source)>();
            foreach (var item in items)
            {
                if (!_settled.ContainsKey(item) && Best(item) is var (lookup, source))
                    found.Add((item, lookup, source));
            }

            foreach (var (item, lookup, source) in found)
                _settled[item] = (null, lookup, source);
            if (found.Count == 0)
                return;
        }
    }

    private (Lookup Lookup, TableItem Source)? Best(TableItem item)
    {
        (Lookup Lookup, TableItem Source)? best = null;
        foreach (var candidate in Candidates(item))
        {
            if (Values(candidate.Source, candidate.SourceColumn) is not { } values)
                continue;
            if (context.Has(AnalyzerFaults.LookupOfMatchesOnly))
                values.Text = $"SELECT v FROM ({values.Text}) AS m WHERE v IN (SELECT {Quote(candidate.Column)} FROM {Name(item.Relation!)})";
            var lookup = new Lookup(
                candidate.Column, values.Text, Probe(values.Text), values.RunsDerivedTable, $"{candidate.Column.Name} is looked up by {candidate.Because}")
            {
                Told = Told(item, candidate, values.RunsDerivedTable),
            };
            if (best is not { } known || Cost(lookup) < Cost(known.Lookup))
                best = (lookup, candidate.Source);
        }

        return best;
    }

    // A probe is worth less than rows told a little less closely.
    private static int Cost(Lookup lookup) => (lookup.Told is null ? 2 : 0) + (lookup.Column.IsUnique ? 0 : 1);

    // The joins of its own block, and what it compares with columns of the blocks around.
    private static IEnumerable<LookupCandidate> Candidates(TableItem item)
    {
        foreach (var candidate in item.Lookups)
            yield return candidate;
        foreach (var pin in item.Pins)
        {
            if (pin is { Values: [{ Outer: { } outer }], Column.Path: null } && PinResolver.Find(outer) is { } owner && owner.Column(outer.Name) is { } column
                && column.Definition.Exact == pin.Column.Definition.Exact)
                yield return new LookupCandidate(pin.Column, owner, column, pin.Because);
        }
    }

    private static bool IsWritten(Pin pin) => pin.Values.All(value => !value.IsParameter);

    private ReadProbe Probe(string values)
    {
        var limit = context.Has(AnalyzerFaults.LookupCutSilently) ? 1 : Lookup.MaxValues + 1;
        return new ReadProbe($"SELECT DISTINCT v FROM ({values}) AS x LIMIT {limit}");
    }

    // The query of the values that a column has in the rows of a table that can matter.
    private (string Text, bool RunsDerivedTable)? Values(TableItem source, TrackedColumn column)
    {
        if (source.Relation is null)
            return OfDerivedTable(source, column);
        if (context.Has(AnalyzerFaults.LookupOfAnyColumn))
            column = source.Relation.Columns.LastOrDefault(other => other != column && other.Definition.Exact == column.Definition.Exact) ?? column;
        var settled = _settled.GetValueOrDefault(source);
        if (settled.Pin is { } pin)
            return pin.HoldsOfNull ? null : ($"SELECT {Quote(column)} AS v FROM {Name(source.Relation)} WHERE {Condition(pin)}", false);
        if (settled.Lookup is not { } lookup)
            return null;
        if (lookup.Column == column)
            return (lookup.Values, lookup.RunsDerivedTable);
        return lookup.RunsDerivedTable ? null
            : ($"SELECT {Quote(column)} AS v FROM {Name(source.Relation)} WHERE {Quote(lookup.Column)} IN ({lookup.Values})", false);
    }

    // Either all the values of the column inside, in rows that can matter there, or those that the derived table itself has.
    private (string Text, bool RunsDerivedTable)? OfDerivedTable(TableItem source, TrackedColumn column)
    {
        if (source.Derived?.FirstOrDefault(pair => pair.Value.Column == column) is not ({ } name, { } derived) || source.Block is not { } block)
            return null;
        var isOneRow = _settled.GetValueOrDefault(derived.Source).Pin is { Column.IsUnique: true };
        if (!isOneRow && source.StandsAlone && _blocks.IsDetermined(block, name))
        {
            var text = context.Tokens.Written(block.Written.From, block.Written.To);
            return ($"SELECT d.{CaptureQuery.Quote(name)} AS v FROM ({text}) AS d", true);
        }

        return Values(derived.Source, derived.SourceColumn);
    }

    // Where the whole statement is one block, its own result may have the values, and no probe need ask for them.
    private ResultColumn? Told(TableItem item, LookupCandidate candidate, bool runsDerivedTable)
    {
        var source = candidate.Source;
        if (whole?.Joins is not { } joins || !whole.Items.Contains(source))
            return null;
        // One row at most: if anything comes back, it is of that row.
        if (!IsOneAtMost(source))
        {
            var isAll = (joins.Preserves(source) && IsUnfiltered(whole, source)) || context.Has(AnalyzerFaults.ResultOfSomeRowsTrusted);
            return isAll && (runsDerivedTable || source.Relation is not null) && Result(source, candidate.SourceColumn) is { } name
                ? new ResultColumn(name, TellsAll: true, TellsNull: true)
                : null;
        }

        if (Result(source, candidate.SourceColumn) is { } own)
            return new ResultColumn(own, TellsAll: false, (joins.NeedsRowOf(source) && _blocks.IsUngrouped(whole)) || context.Has(AnalyzerFaults.ResultOfMadeUpRowTrusted));
        return Result(item, candidate.Column) is { } its ? new ResultColumn(its, TellsAll: false, TellsNull: false) : null;
    }

    private string? Result(TableItem item, TrackedColumn column) =>
        (_results ??= _blocks.ColumnsOf(whole!)).FirstOrDefault(result => result.Value.Source == item && result.Value.SourceColumn == column).Key;

    // The rows that the table's own pin leaves are all there.
    private bool IsUnfiltered(QueryScope block, TableItem source)
    {
        var where = block.Clauses.Where;
        var isPinOnly = !where.IsWritten
            || (_settled.GetValueOrDefault(source).Pin is { } pin && new ConditionReader(context, block).ReadOnly(where.Begin, where.End) is { OtherColumn: null } fact
                && fact.Item == source && fact.Column == pin.Column && fact.Values.SequenceEqual(pin.Values));
        return isPinOnly && (where.IsWritten || source.Relation is null) && !block.Clauses.Limit.IsWritten && _blocks.IsUngrouped(block)
            && context.Tokens.Keyword(block.Written.From + 1) != SqlKeyword.Distinct;
    }

    private bool IsOneAtMost(TableItem item) => _settled.GetValueOrDefault(item) switch
    {
        { Pin: { HoldsOfNull: false, Column.IsUnique: true, Values: [{ IsArray: false }] } } => true,
        { Lookup.Column.IsUnique: true, Source: { } source } => IsOneAtMost(source),
        _ => false,
    };

    private static string Condition(Pin pin)
    {
        if (pin.Column.Path is not { } path)
            return Condition(pin.Column.Name, pin);
        return $"{Quote(path.ForeignKey)} IN (SELECT {Quote(path.Key)} FROM {Name(path.Parent)} WHERE {Condition(path.ParentColumn.Name, pin)})";
    }

    private static string Condition(string column, Pin pin)
    {
        if (pin.Values is [{ IsArray: true } array])
            return $"{CaptureQuery.Quote(column)} = ANY ({array.Parameter.Name})";
        return $"{CaptureQuery.Quote(column)} IN ({string.Join(", ", pin.Values.Select(Written))})";
    }

    private static string Written(ValueSource value) => value switch
    {
        { IsParameter: true } => value.Parameter.Name,
        { Constant: bool truth } => truth ? "TRUE" : "FALSE",
        { Constant: string text } => $"'{text.Replace("'", "''", StringComparison.Ordinal)}'",
        _ => value.ToString(),
    };

    private static string Quote(TrackedColumn column) => CaptureQuery.Quote(column.Name);

    private static string Name(TrackedRelation relation) => new StringBuilder()
        .Append(relation.Definition.Schema is { } schema ? CaptureQuery.Quote(schema) + "." : "").Append(CaptureQuery.Quote(relation.Definition.Name)).ToString();
}
