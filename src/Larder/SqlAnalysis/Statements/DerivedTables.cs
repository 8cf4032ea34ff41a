using Larder.SqlAnalysis.Schema;
using Larder.SqlAnalysis.Tokenizer;

namespace Larder.SqlAnalysis.Statements;

/// <summary>
/// Tells which columns of a subquery are nothing but columns of the tables inside, and whether running it twice on the same rows gives the same values of
/// such a column. A LIMIT without a full order, a window, or a column that is not grouped by may take another row each time, as the plan has it.
/// </summary>
internal sealed class DerivedTables(StatementContext context)
{
    private static readonly string[] Sums = ["count", "sum", "avg", "total"];
    private static readonly string[] Extremes = ["min", "max"];
    private static readonly string[] Aggregates = [.. Sums, .. Extremes, "every", "bool_and", "bool_or"];

    private readonly SqlTokens _tokens = context.Tokens;

    /// <summary>The column that a subquery in place of a value gives; null where it is none.</summary>
    public (TableItem Item, TrackedColumn Column)? Scalar(int from, int to)
    {
        if (context.Blocks.GetValueOrDefault(from) is not { NotPinnable: null } block || block.Written != (from, to))
            return null;
        var (start, end) = SelectList(block);
        return new ConditionReader(context, block).Column(start, out var after) is { } column && after == end ? column : null;
    }

    /// <summary>The columns of a block that are plain columns inside, by the names they have outside.</summary>
    public Dictionary<string, DerivedColumn> ColumnsOf(QueryScope block)
    {
        var columns = new Dictionary<string, DerivedColumn>(StringComparer.Ordinal);
        if (block.NotPinnable is not null)
            return columns;
        var items = Split(SelectList(block));
        if (items is [var only] && only.To - only.From == 1 && _tokens.IsOperator(only.From, "*"))
        {
            foreach (var column in block.Items is [{ Relation: { } relation }] ? relation.Columns : [])
                Add(columns, block.Items[0], column, column.Name);
            return columns;
        }

        // Of two columns of one name SQLite takes the first without a word; behind a star they may hide.
        var names = items.ConvertAll(item => NameOf(item));
        if (items.Exists(item => _tokens.IsOperator(item.To - 1, "*")))
            return columns;
        for (var i = 0; i < items.Count; i++)
        {
            if (names[i] is { } name && names.Count(other => other == name) == 1 && PlainColumn(block, items[i]) is { } column)
                Add(columns, column.Item, column.Column, name);
        }

        return columns;
    }

    /// <summary>Whether the values that a block has in a column depend on its rows alone, and not on how they are read.</summary>
    public bool IsDetermined(QueryScope block, string name)
    {
        if (ColumnsOf(block).GetValueOrDefault(name) is not { } column || block.Clauses.Having.IsWritten || NamesOrderedAggregate(block))
            return false;
        var groups = GroupsOf(block);
        if (groups is null || (groups.Count > 0 && !groups.Contains((column.Source, column.SourceColumn))) || (groups.Count == 0 && HasAggregate(block)))
            return false;
        return (!block.Clauses.Limit.IsWritten || IsOrderedBy(block, column, groups)) && block.Inner.TrueForAll(IsReproducible);
    }

    /// <summary>Whether a block gives a row for each joined row, and does not make one row of many, or of none.</summary>
    public bool IsUngrouped(QueryScope block)
    {
        if (block.Clauses.Group.IsWritten || block.Clauses.Having.IsWritten)
            return false;
        foreach (var (from, to) in new[] { SelectList(block), block.Clauses.Order.Range })
        {
            for (var at = from; at < to; at++)
            {
                var isCall = _tokens.Kind(at) == SqlTokenKind.Word && _tokens.Kind(at + 1) == SqlTokenKind.Open && _tokens.Keyword(at) == SqlKeyword.None;
                if (isCall && !SqlFunctions.IsScalar(_tokens.Name(at)) && !_tokens.Is(_tokens.After(at + 1), SqlKeyword.Over) && !CountsRowsInside(block, at))
                    return false;
            }
        }

        return true;
    }

    // What a subquery sums up may be columns of the block around it, and then it is that block's sum. count(*) is of no column.
    private bool CountsRowsInside(QueryScope block, int at) =>
        _tokens.IsOperator(at + 2, "*") && _tokens.Match(at + 1) == at + 3 && block.Inner.Exists(inner => inner.Written.From < at && at < inner.Written.To);

    private static void Add(Dictionary<string, DerivedColumn> columns, TableItem source, TrackedColumn column, string name)
    {
        if (column.Definition.Exact == ExactType.None)
            return;

        // Of its own for each, so that two columns of two rows are never taken for columns of one.
        var own = new TrackedColumn(column.Relation, column.Definition with { Name = name }, isUnique: false, eligibleIndex: -1);
        columns[name] = new DerivedColumn(source, column, own);
    }

    private (int From, int To) SelectList(QueryScope block)
    {
        var from = block.Written.From + 1;
        return (_tokens.Keyword(from) is SqlKeyword.Distinct or SqlKeyword.All ? from + 1 : from, block.Clauses.From.At);
    }

    private List<(int From, int To)> Split((int From, int To) range)
    {
        var items = new List<(int, int)>();
        var start = range.From;
        for (var at = range.From; at < range.To; at = _tokens.After(at))
        {
            if (_tokens.Kind(at) != SqlTokenKind.Comma)
                continue;
            items.Add((start, at));
            start = at + 1;
        }

        if (start < range.To)
            items.Add((start, range.To));
        return items;
    }

    private string? NameOf((int From, int To) item) => _tokens.Kind(item.To - 1) is SqlTokenKind.Word or SqlTokenKind.QuotedName or SqlTokenKind.Text
        ? _tokens.Name(item.To - 1) : null;

    private (TableItem Item, TrackedColumn Column)? PlainColumn(QueryScope block, (int From, int To) item)
    {
        if (new ConditionReader(context, block).Column(item.From, out var after) is not { } column)
            return null;
        var isNamed = (after + 2 == item.To && _tokens.Is(after, SqlKeyword.As))
            || (after + 1 == item.To && _tokens.Kind(after) is SqlTokenKind.Word or SqlTokenKind.QuotedName && _tokens.Keyword(after) == SqlKeyword.None);
        return after == item.To || isNamed ? column : null;
    }

    // Null where it is grouped by anything else than columns.
    private List<(TableItem, TrackedColumn)>? GroupsOf(QueryScope block)
    {
        var groups = new List<(TableItem, TrackedColumn)>();
        foreach (var item in Split(block.Clauses.Group.Range).Select((item, i) => i == 0 ? WithoutBy(item) : item))
        {
            if (new ConditionReader(context, block).Column(item.From, out var after) is not { } column || after != item.To)
                return null;
            groups.Add(column);
        }

        return groups;
    }

    private (int From, int To) WithoutBy((int From, int To) item) => (_tokens.Is(item.From, SqlKeyword.By) ? item.From + 1 : item.From, item.To);

    private bool HasAggregate(QueryScope block)
    {
        var (from, to) = SelectList(block);
        for (var at = from; at < to; at++)
        {
            if (IsCall(at, Aggregates) && !_tokens.Is(_tokens.After(at + 1), SqlKeyword.Over))
                return true;
        }

        return false;
    }

    private bool IsCall(int at, string[] names) =>
        _tokens.Kind(at) == SqlTokenKind.Word && _tokens.Kind(at + 1) == SqlTokenKind.Open && names.Contains(_tokens.Name(at), StringComparer.Ordinal);

    // What array_agg and group_concat give depends on the order in which they see the rows.
    private bool NamesOrderedAggregate(QueryScope block)
    {
        for (var at = block.Written.From; at < block.Written.To; at++)
        {
            if (_tokens.Kind(at + 1) == SqlTokenKind.Open && _tokens.Kind(at) == SqlTokenKind.Word
                && (_tokens.Name(at).EndsWith("agg", StringComparison.Ordinal) || _tokens.Name(at).Contains("group_", StringComparison.Ordinal)))
                return true;
        }

        return false;
    }

    // Rows that are equal in all that the order names must be one row of the column's table, or have the column's value in common.
    private bool IsOrderedBy(QueryScope block, DerivedColumn column, List<(TableItem, TrackedColumn)> groups)
    {
        if (_tokens.Keyword(block.Written.From + 1) == SqlKeyword.Distinct || !block.Clauses.Order.IsWritten)
            return false;
        var isFull = false;
        var outputs = Split(SelectList(block));
        var items = Split(block.Clauses.Order.Range);
        for (var i = 0; i < items.Count; i++)
        {
            var item = WithoutDirection(i == 0 ? WithoutBy(items[i]) : items[i]);
            var named = item.To - item.From == 1 ? outputs.FindIndex(output => NameOf(output) == _tokens.Name(item.From)) : -1;
            var expression = named >= 0 ? outputs[named] : item;
            if (PlainColumn(block, expression) is { } plain)
            {
                if (groups.Count > 0 && !groups.Contains(plain))
                    return false;
                isFull |= plain == (column.Source, column.SourceColumn) || (groups.Count == 0 && plain.Item == column.Source && IsRowKey(plain.Column));
            }
            else if (HasWindow(expression) || (groups.Count > 0 && !IsSum(expression) && !IsExtreme(expression)))
            {
                return false;
            }
        }

        return isFull;
    }

    private (int From, int To) WithoutDirection((int From, int To) item)
    {
        var to = item.To;
        while (to - 1 > item.From && (IsWord(to - 1, "asc") || IsWord(to - 1, "desc") || IsWord(to - 1, "nulls") || IsWord(to - 1, "first") || IsWord(to - 1, "last")))
            to--;
        return (item.From, to);
    }

    private bool IsWord(int at, string word) => _tokens.IsWord(at, word);

    private static bool IsRowKey(TrackedColumn column) =>
        column.IsUnique && column.Relation.Definition.Keys.Any(key => key.IsPrimary && key.IsExact && key.Columns is [var only] && only == column.Name)
        && (column.Definition.IsNotNull || column.Definition.IsIdentity);

    private bool HasWindow((int From, int To) item)
    {
        for (var at = item.From; at < item.To; at++)
        {
            if (_tokens.Is(at, SqlKeyword.Over))
                return true;
        }

        return false;
    }

    // Of values that compare equal it may give any, so that it is the same only for an order. With two arguments SQLite takes it for another function.
    private bool IsExtreme((int From, int To) item)
    {
        for (var at = item.From + 2; at < _tokens.Match(item.From + 1); at = _tokens.After(at))
        {
            if (_tokens.Kind(at) == SqlTokenKind.Comma)
                return false;
        }

        return IsCallOf(item, Extremes);
    }

    private bool IsSum((int From, int To) item) => IsCallOf(item, Sums);

    private bool IsCallOf((int From, int To) item, string[] names)
    {
        if (!IsCall(item.From, names))
            return false;
        var after = _tokens.After(item.From + 1);
        return after == item.To || (_tokens.Is(after, SqlKeyword.As) && after + 2 == item.To) || after + 1 == item.To;
    }

    // A block inside: its rows are all taken into account, however they come.
    private bool IsReproducible(QueryScope block)
    {
        if (block.Clauses.Limit.IsWritten || block.Clauses.Having.IsWritten || HasWindow(block.Written) || GroupsOf(block) is not { } groups)
            return false;
        var items = Split(SelectList(block));
        var isWhole = groups.Count == 0 && items.TrueForAll(IsSum);
        var isGrouped = groups.Count > 0 || HasAggregate(block);
        if (isGrouped && !items.TrueForAll(item => IsSum(item) || (PlainColumn(block, item) is { } column && groups.Contains(column))))
            return false;
        var before = block.Written.From - 1;
        var isSet = _tokens.Kind(before) == SqlTokenKind.Open && (block.IsDerivedTable || _tokens.Keyword(before - 1) is SqlKeyword.Exists or SqlKeyword.In);
        return (isSet || isWhole) && _tokens.Keyword(block.Written.From + 1) != SqlKeyword.Distinct && block.Inner.TrueForAll(IsReproducible);
    }
}
