using System.Collections.Immutable;
using Larder.SqlAnalysis.Schema;
using Larder.SqlAnalysis.Tokenizer;

namespace Larder.SqlAnalysis.Statements;

/// <summary>Reads UPDATE and DELETE: what pins the target names the old values, what SET assigns the new ones.</summary>
internal sealed class UpdateParser(StatementContext context, WriteParser writes, bool isOutermost)
{
    private const int Set = 1;
    private const int From = 2;
    private const int Where = 3;
    private const int Last = 4;

    private readonly SqlTokens _tokens = context.Tokens;
    private (TableItem Item, (int From, int To) Where) _capture;

    public void Update(int at, int to)
    {
        var replaces = false;
        if (_tokens.Is(++at, SqlKeyword.Or))
        {
            replaces = _tokens.Is(at + 1, SqlKeyword.Replace) && !context.Has(AnalyzerFaults.ReplaceTakenForInsert);
            at += 2;
        }

        var begin = at;
        var relation = writes.Target(ref at, to);
        var item = Item(relation, begin, ref at, to);
        var clauses = Clauses(at, to);
        if (context.Failed || clauses[Set] is null)
        {
            context.Fail("UPDATE is not understood");
            return;
        }

        var assignments = Assignments.Read(_tokens, clauses[Set]!.Value.Begin, clauses[Set]!.Value.End);
        var capture = Conditions(item, clauses);
        writes.Queries.Expressions.Scan(clauses[Set]!.Value.Begin, clauses[Set]!.Value.End);
        if (context.Failed || relation is null)
            return;
        var isUnknown = assignments is null || replaces || relation.ReplacesOnConflict || relation.Kind != RelationKind.Table || clauses[Last] is not null
            || assignments.Exists(assignment => relation.Column(assignment.Column) is null);
        var moves = relation.HasFamily ? RowEvents.Insert | RowEvents.Update | RowEvents.Delete : RowEvents.Update;
        if (isUnknown)
        {
            writes.Add(TableWrite.AnyRows(relation, replaces || relation.ReplacesOnConflict ? moves | RowEvents.Delete : moves, "the columns are not known"));
            return;
        }

        var changedByTrigger = writes.MayChangeRow(relation, moves);
        var write = new TableWrite(relation, moves)
        {
            Columns = [.. relation.Eligible.Select(column => Changed(column, item, assignments!, changedByTrigger))],
            Changed = changedByTrigger ? null : assignments!.ConvertAll(assignment => assignment.Column),
            Because = Because(item),
        };
        writes.Add(write, isOutermost);
        OfferCapture(capture, write);
    }

    public void Delete(int at, int to)
    {
        if (!_tokens.Is(++at, SqlKeyword.From))
        {
            context.Fail("DELETE is not understood");
            return;
        }

        var begin = ++at;
        var relation = writes.Target(ref at, to);
        var item = Item(relation, begin, ref at, to);
        var clauses = Clauses(at, to);
        if (context.Failed)
            return;
        var capture = Conditions(item, clauses);
        if (context.Failed || relation is null)
            return;
        if (relation.Kind != RelationKind.Table || clauses[Last] is not null || clauses[Set] is not null)
        {
            writes.Add(TableWrite.AnyRows(relation, RowEvents.Delete));
            return;
        }

        var write = new TableWrite(relation, RowEvents.Delete)
        {
            Columns = [.. relation.Eligible.Select(column => WithOld(new ColumnWrite(column) { IsKept = true }, item))],
            Because = Because(item),
        };
        writes.Add(write, isOutermost);
        OfferCapture(capture, write);
    }

    private TableItem Item(TrackedRelation? relation, int begin, ref int at, int to)
    {
        var alias = writes.TargetAlias(ref at, to);
        var item = new TableItem(
            relation?.Kind == RelationKind.Table ? relation : null, null, relation?.Definition.Name ?? "", alias ?? relation?.Definition.Name ?? "") { Written = (begin, at) };
        if (isOutermost)
            writes.TargetName = item.Alias;
        if (at < to && _tokens.Is(at, SqlKeyword.Not) && _tokens.Is(at + 1, SqlKeyword.Indexed))
            at += 2;
        else if (at < to && _tokens.Is(at, SqlKeyword.Indexed))
            at += 3;
        return item;
    }

    private Clause?[] Clauses(int from, int to)
    {
        var clauses = new Clause?[Last + 1];
        var stage = 0;
        for (var at = from; at < to; at = _tokens.After(at))
        {
            var next = StageOf(at);
            if (next == 0)
            {
                if (stage == 0)
                    context.Fail("a write is not understood");
                continue;
            }

            var isInOrder = next > stage || (next == Last && stage == Last);
            if (!isInOrder || (at > from && stage < Last && !SelectClauses.EndsOperand(_tokens, at - 1) && !_tokens.Is(at - 1, SqlKeyword.Default)))
            {
                context.Fail($"{_tokens.Keyword(at)} stands out of its place");
                return clauses;
            }

            if (stage > 0 && next > stage)
                clauses[stage] = clauses[stage]!.Value with { End = at };
            if (next > stage)
                clauses[next] = new Clause(at, at + 1, to);
            stage = next;
        }

        return clauses;
    }

    private int StageOf(int at)
    {
        if (_tokens.Kind(at - 1) == SqlTokenKind.Dot || _tokens.Is(at - 1, SqlKeyword.As))
            return 0;
        return _tokens.Keyword(at) switch
        {
            SqlKeyword.Set => Set,
            SqlKeyword.From => _tokens.Is(at - 1, SqlKeyword.Distinct) && _tokens.Keyword(at - 2) is SqlKeyword.Is or SqlKeyword.Not ? 0 : From,
            SqlKeyword.Using => From,
            SqlKeyword.Where => Where,
            SqlKeyword.Order or SqlKeyword.Limit or SqlKeyword.Offset => Last,
            _ => 0,
        };
    }

    // Finds what pins the target; true where a query of the same condition reads the rows that will be changed.
    private bool Conditions(TableItem item, Clause?[] clauses)
    {
        var reads = context.Reads.Count;
        var where = clauses[Where] is { } condition ? condition.Range : (0, 0);
        writes.Queries.Block(clauses[From] is { } from ? from.Range : (0, 0), where, item, new QueryScope(null));
        if (clauses[Last] is { } last)
            writes.Queries.Expressions.Scan(last.At, last.End);
        var isAlone = clauses[From] is null && clauses[Last] is null && context.Reads.Count == reads && context.CommonTables.Count == 0;
        if (!isAlone || !isOutermost || context.NotCacheable is not null)
            return false;
        _capture = (item, where);
        for (var at = where.Item1; at < where.Item2; at++)
        {
            // A numbered parameter would leave its neighbours out, and an error is not worth a tag.
            if (_tokens.Kind(at) == SqlTokenKind.Parameter && (_tokens.Span(at)[0] == '?' || char.IsAsciiDigit(_tokens.Span(at)[1])))
                return false;
        }

        return true;
    }

    private void OfferCapture(bool isPossible, TableWrite write)
    {
        ImmutableArray<TrackedColumn> unknown = [.. write.Columns.Where(column => !column.IsOldKnown).Select(column => column.Column)];
        if (isPossible && !unknown.IsEmpty)
            writes.Capture = CaptureQuery.Create(_tokens, _capture.Item, _capture.Where, unknown);
    }

    private ColumnWrite Changed(TrackedColumn column, TableItem item, List<Assignment> assignments, bool changedByTrigger)
    {
        var write = WithOld(new ColumnWrite(column), item);
        var assigned = assignments.FindAll(assignment => assignment.Column == column.Name);
        if (changedByTrigger || column.Definition.IsGenerated || assigned.Count > 1)
            return write with { IsNewKnown = false };
        if (assigned.Count == 0)
            return write with { IsKept = true };
        return assigned[0].Value is { } value
            ? write with { New = [value], IsNullMadeUp = column.Definition.IsIdentity }
            : write with { IsNewKnown = false };
    }

    private ColumnWrite WithOld(ColumnWrite write, TableItem item) =>
        item.Pins.Find(pin => pin.Column == write.Column) is { } pin
            ? write with { Old = pin.Values }
            : write with { IsOldKnown = context.Has(AnalyzerFaults.OldValueForgotten) };

    private static string Because(TableItem item) =>
        item.Pins.Count == 0 ? "no condition names a key" : string.Join(", ", item.Pins.Select(pin => $"{pin.Column.Name}: {pin.Because}"));
}

/// <summary>A column that SET assigns, and the value where it is a literal or a parameter.</summary>
internal sealed record Assignment(string Column, ValueSource? Value);

/// <summary>Reads the list after SET.</summary>
internal static class Assignments
{
    /// <summary>Null where it is not understood.</summary>
    public static List<Assignment>? Read(SqlTokens tokens, int from, int to)
    {
        var assignments = new List<Assignment>();
        var start = from;
        for (var at = from; at <= to; at = at < to ? tokens.After(at) : at + 1)
        {
            if (at < to && tokens.Kind(at) != SqlTokenKind.Comma)
                continue;
            if (!Add(tokens, start, at, assignments))
                return null;
            start = at + 1;
        }

        return assignments;
    }

    private static bool Add(SqlTokens tokens, int from, int to, List<Assignment> assignments)
    {
        if (tokens.Kind(from) == SqlTokenKind.Open)
        {
            for (var at = from + 1; at < tokens.Match(from); at++)
            {
                if (tokens.Kind(at) is SqlTokenKind.Word or SqlTokenKind.QuotedName)
                    assignments.Add(new Assignment(tokens.Name(at), null));
                else if (tokens.Kind(at) != SqlTokenKind.Comma)
                    return false;
            }

            return tokens.IsOperator(tokens.After(from), "=");
        }

        if (tokens.Kind(from) is not (SqlTokenKind.Word or SqlTokenKind.QuotedName) || to - from < 3)
            return false;
        var isPlain = tokens.IsOperator(from + 1, "=");
        assignments.Add(new Assignment(tokens.Name(from), isPlain ? SqlValues.Read(tokens, from + 2, to) : null));
        return isPlain || tokens.Kind(from + 1) is SqlTokenKind.Dot or SqlTokenKind.OpenBracket;
    }
}
