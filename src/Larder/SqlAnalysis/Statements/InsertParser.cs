using System.Collections.Immutable;
using Larder.SqlAnalysis.Schema;
using Larder.SqlAnalysis.Tokenizer;

namespace Larder.SqlAnalysis.Statements;

/// <summary>Reads INSERT and REPLACE: a row is known by the values listed for it, by constant defaults, and by what RETURNING gives back.</summary>
internal sealed class InsertParser(StatementContext context, WriteParser writes, bool isOutermost)
{
    private const int MaxRows = 1000;

    private readonly SqlTokens _tokens = context.Tokens;

    public void Parse(int at, int to)
    {
        var replaces = Verb(ref at);
        if (!_tokens.Is(at++, SqlKeyword.Into))
        {
            context.Fail("INSERT is not understood");
            return;
        }

        var relation = writes.Target(ref at, to);
        var alias = _tokens.Is(at, SqlKeyword.As) ? writes.TargetAlias(ref at, to) : null;
        if (isOutermost)
            writes.TargetName = alias ?? relation?.Definition.Name ?? "";
        var columns = relation is null ? null : ListedColumns(ref at, relation);
        if (relation is null && _tokens.Kind(at) == SqlTokenKind.Open && !writes.Queries.Expressions.StartsQuery(at + 1))
            at = _tokens.After(at);
        var isOverriding = _tokens.Is(at, SqlKeyword.Overriding);
        if (isOverriding)
            at += 3;

        var conflict = FindConflict(at, to);
        var rows = Rows(at, conflict < 0 ? to : conflict);
        if (conflict >= 0)
            writes.Queries.Expressions.ScanMerge(conflict + 2, to);
        if (relation is null || context.Failed)
            return;
        if (replaces || relation.ReplacesOnConflict)
            writes.Add(TableWrite.AnyRows(relation, RowEvents.Insert | RowEvents.Update | RowEvents.Delete, "REPLACE deletes other rows"));
        else if (columns is null || rows is null || isOverriding || relation.Kind != RelationKind.Table)
            writes.Add(TableWrite.AnyRows(relation, RowEvents.Insert | RowEvents.Update, rows is null ? "the inserted rows come from a query" : "the columns are not known"));
        else
            Add(relation, columns, rows, conflict, to);
    }

    private bool Verb(ref int at)
    {
        if (_tokens.Is(at, SqlKeyword.Replace))
        {
            at++;
            return !context.Has(AnalyzerFaults.ReplaceTakenForInsert);
        }

        at++;
        if (!_tokens.Is(at, SqlKeyword.Or))
            return false;
        at += 2;
        return _tokens.Is(at - 1, SqlKeyword.Replace) && !context.Has(AnalyzerFaults.ReplaceTakenForInsert);
    }

    // Null where a listed column is not in the schema: SQLite's rowid is one of these.
    private List<TrackedColumn>? ListedColumns(ref int at, TrackedRelation relation)
    {
        if (_tokens.Kind(at) != SqlTokenKind.Open || writes.Queries.Expressions.StartsQuery(at + 1))
            return [.. relation.Columns.Where(column => !column.Definition.IsGenerated || context.Dialect == SqlDialect.PostgreSql)];
        var columns = new List<TrackedColumn>();
        var areKnown = true;
        for (var name = at + 1; name < _tokens.Match(at); name++)
        {
            if (_tokens.Kind(name) == SqlTokenKind.Comma)
                continue;
            if (_tokens.Kind(name) is SqlTokenKind.Word or SqlTokenKind.QuotedName && relation.Column(_tokens.Name(name)) is { } column)
                columns.Add(column);
            else
                areKnown = false;
        }

        at = _tokens.After(at);
        return areKnown ? columns : null;
    }

    private int FindConflict(int from, int to)
    {
        for (var at = from; at + 1 < to; at = _tokens.After(at))
        {
            if (_tokens.Is(at, SqlKeyword.On) && _tokens.Is(at + 1, SqlKeyword.Conflict))
                return at;
        }

        return -1;
    }

    // The places of the values of each row; null where a query gives the rows.
    private List<List<(int From, int To)>>? Rows(int at, int to)
    {
        if (_tokens.Is(at, SqlKeyword.Default) && _tokens.Is(at + 1, SqlKeyword.Values))
            return [[]];
        if (!_tokens.Is(at, SqlKeyword.Values))
        {
            writes.Queries.Query(at, to);
            return null;
        }

        var rows = new List<List<(int, int)>>();
        for (at++; at < to && !context.Failed; at++)
        {
            if (_tokens.Kind(at) != SqlTokenKind.Open)
            {
                writes.Queries.Expressions.Scan(at, to);
                return null;
            }

            writes.Queries.Expressions.Scan(at + 1, _tokens.Match(at));
            if (rows.Count <= MaxRows)
                rows.Add(Values(at + 1, _tokens.Match(at)));
            at = _tokens.After(at);
            if (at < to && _tokens.Kind(at) != SqlTokenKind.Comma)
            {
                writes.Queries.Expressions.Scan(at, to);
                return null;
            }
        }

        return rows.Count > MaxRows ? null : rows;
    }

    private List<(int From, int To)> Values(int from, int to)
    {
        var values = new List<(int, int)>();
        var start = from;
        for (var at = from; at < to; at = _tokens.After(at))
        {
            if (_tokens.Kind(at) != SqlTokenKind.Comma)
                continue;
            values.Add((start, at));
            start = at + 1;
        }

        values.Add((start, to));
        return values;
    }

    private void Add(TrackedRelation relation, List<TrackedColumn> columns, List<List<(int From, int To)>> rows, int conflict, int to)
    {
        var changedByTrigger = writes.MayChangeRow(relation, RowEvents.Insert);
        var written = new List<ColumnWrite>();
        foreach (var column in relation.Eligible)
        {
            var at = columns.IndexOf(column);
            var values = ImmutableArray.CreateBuilder<ValueSource>();
            var isKnown = !changedByTrigger && !column.Definition.IsGenerated;
            foreach (var row in rows)
            {
                // PostgreSQL fills the columns that a short row leaves out with their defaults.
                var value = at >= 0 && at < row.Count && !_tokens.Is(row[at].From, SqlKeyword.Default)
                    ? SqlValues.Read(_tokens, row[at].From, row[at].To)
                    : DefaultOf(column.Definition);
                isKnown &= value is not null && !(value is { IsParameter: false, Constant: null } && column.Definition.IsIdentity && !IsFaulty);
                if (value is { } known)
                    values.Add(known);
            }

            written.Add(new ColumnWrite(column) { New = values.ToImmutable(), IsNewKnown = isKnown, IsNullMadeUp = column.Definition.IsIdentity && !IsFaulty });
        }

        var write = new TableWrite(relation, RowEvents.Insert) { Columns = [.. written], Because = "the values listed" };
        var updates = conflict >= 0 && UpdatesOnConflict(conflict, to) && !context.Has(AnalyzerFaults.UpsertTakenForInsert);
        writes.Add(updates ? WithUpdate(write, conflict, to) : write, isOutermost);
    }

    private bool IsFaulty => context.Has(AnalyzerFaults.MadeUpKeyTakenForNull);

    private bool UpdatesOnConflict(int conflict, int to)
    {
        for (var at = conflict; at < to; at = _tokens.After(at))
        {
            if (_tokens.Is(at, SqlKeyword.Update) && _tokens.Is(at - 1, SqlKeyword.Do))
                return true;
        }

        return false;
    }

    // The row that is there already has the inserted values in the columns of the conflict's key; its other columns are unknown.
    private TableWrite WithUpdate(TableWrite write, int conflict, int to)
    {
        var key = ConflictKey(write.Relation, conflict, to);
        var assigned = AssignedColumns(conflict, to);
        var changedByTrigger = writes.MayChangeRow(write.Relation, RowEvents.Update);
        return write with
        {
            Events = RowEvents.Insert | RowEvents.Update,
            Changed = changedByTrigger ? null : assigned,
            Columns = [.. write.Columns.Select(column =>
            {
                var isSame = !changedByTrigger && assigned is not null && key.Contains(column.Column.Name) && !assigned.Contains(column.Column.Name);
                if (isSame)
                    return column;
                var isKept = !changedByTrigger && assigned is not null && !assigned.Contains(column.Column.Name) && !column.Column.Definition.IsGenerated;
                return column with { IsOldKnown = false, IsNewKnown = false, IsKept = isKept };
            })],
        };
    }

    private List<string> ConflictKey(TrackedRelation relation, int conflict, int to)
    {
        var open = conflict + 2;
        var names = new List<string>();
        if (open >= to || _tokens.Kind(open) != SqlTokenKind.Open)
            return [];
        for (var at = open + 1; at < _tokens.Match(open); at++)
        {
            if (_tokens.Kind(at) is SqlTokenKind.Word or SqlTokenKind.QuotedName)
                names.Add(_tokens.Name(at));
            else if (_tokens.Kind(at) != SqlTokenKind.Comma)
                return [];
        }

        var isOnly = FindConflict(_tokens.After(open), to) < 0;
        return isOnly && relation.IsKeyOf(names) ? names : [];
    }

    // Null where SET does not list plain columns.
    private List<string>? AssignedColumns(int conflict, int to)
    {
        for (var at = conflict; at < to; at = _tokens.After(at))
        {
            if (!_tokens.Is(at, SqlKeyword.Set))
                continue;
            var end = at + 1;
            while (end < to && !_tokens.Is(end, SqlKeyword.Where))
                end = _tokens.After(end);
            return Assignments.Read(_tokens, at + 1, end)?.ConvertAll(assignment => assignment.Column);
        }

        return null;
    }

    private static ValueSource? DefaultOf(ColumnSchema column)
    {
        if (column.IsIdentity || column.IsGenerated)
            return null;
        if (column.Default is not { } text)
            return ValueSource.Literal(null);
        return long.TryParse(text, out var number) ? ValueSource.Literal(number) : null;
    }
}
