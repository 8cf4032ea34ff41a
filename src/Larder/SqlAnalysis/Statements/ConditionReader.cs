using System.Collections.Immutable;
using System.Globalization;
using Larder.SqlAnalysis.Schema;
using Larder.SqlAnalysis.Tokenizer;

namespace Larder.SqlAnalysis.Statements;

/// <summary>
/// Reads a condition as conjuncts and keeps those that are exactly a column compared with values or with another column. Both grammars bind AND more
/// loosely than everything but OR, so what stands between two ANDs of one level is one operand, except within BETWEEN and CASE.
/// </summary>
internal sealed class ConditionReader(StatementContext context, QueryScope scope)
{
    /// <summary>More values than this in one IN list are not worth a tag each.</summary>
    public const int MaxValues = 16;

    private const int MaxFacts = 64;

    private readonly SqlTokens _tokens = context.Tokens;

    /// <summary>The facts that the condition between two places states.</summary>
    public List<Fact> Read(int from, int to)
    {
        var facts = new List<Fact>();
        Conjunction(from, to, facts);
        return facts;
    }

    /// <summary>The fact that is all the condition says; null where it says more, or something else.</summary>
    public Fact? ReadOnly(int from, int to) => Operands(from, to) is [var only] && only == (from, to) ? Operand(from, to) : null;

    private void Conjunction(int from, int to, List<Fact> facts)
    {
        while (IsInParentheses(from, to))
            (from, to) = (from + 1, to - 1);
        var operands = Operands(from, to);
        if (operands is [var only] && only == (from, to))
        {
            if (facts.Count < MaxFacts && Operand(from, to) is { } fact)
                facts.Add(fact);
            return;
        }

        foreach (var (start, end) in operands ?? [])
        {
            if (IsInParentheses(start, end))
                Conjunction(start, end, facts);
            else if (facts.Count < MaxFacts && Operand(start, end) is { } fact)
                facts.Add(fact);
        }
    }

    private bool IsInParentheses(int from, int to) => to - from > 1 && _tokens.Kind(from) == SqlTokenKind.Open && _tokens.Match(from) == to - 1;

    // Null where the operands of AND cannot be told apart.
    private List<(int From, int To)>? Operands(int from, int to)
    {
        var operands = new List<(int, int)>();
        var start = from;
        var pending = 0;
        for (var at = from; at < to; at = _tokens.After(at))
        {
            switch (_tokens.Kind(at - 1) == SqlTokenKind.Dot ? SqlKeyword.None : _tokens.Keyword(at))
            {
                case SqlKeyword.Or when !context.Has(AnalyzerFaults.OrTakenForConjunct):
                case SqlKeyword.Case:
                    return null;
                case SqlKeyword.Between when !context.Has(AnalyzerFaults.BetweenSplit):
                    pending++;
                    break;
                case SqlKeyword.And when pending > 0:
                    pending--;
                    break;
                case SqlKeyword.And or SqlKeyword.Or:
                    if (at == start || !SelectClauses.EndsOperand(_tokens, at - 1))
                        return null;
                    operands.Add((start, at));
                    start = at + 1;
                    break;
                default:
                    break;
            }
        }

        if (start < to)
            operands.Add((start, to));
        return start < to && pending == 0 && SelectClauses.EndsOperand(_tokens, to - 1) ? operands : null;
    }

    private Fact? Operand(int from, int to)
    {
        if (context.Has(AnalyzerFaults.NegationPinned) && _tokens.Is(from, SqlKeyword.Not))
            from++;
        var because = _tokens.Written(from, to) is { Length: <= 80 } written ? written : "a condition";
        if (Column(from, out var after) is not { } left)
            return Reversed(from, to, because) ?? OuterFirst(from, to, because);
        if (IsEquals(after))
            return Compared(left, after + 1, to, because);
        if (_tokens.Is(after, SqlKeyword.In) && IsInParentheses(after + 1, to))
            return List(after + 2, to - 1) is { } values ? new Fact(left.Item, left.Column, values, null, null, because) : null;
        return _tokens.Is(after, SqlKeyword.Is) ? Is(left, after + 1, to, because) : null;
    }

    private bool IsEquals(int at) => _tokens.IsOperator(at, "=") || (context.Dialect == SqlDialect.Sqlite && _tokens.IsOperator(at, "=="));

    private Fact? Compared((TableItem Item, TrackedColumn Column) left, int from, int to, string because)
    {
        if (Value(from, to) is { } value)
            return new Fact(left.Item, left.Column, [value], null, null, because);
        if (Column(from, out var end) is { } right && end == to)
            return new Fact(left.Item, left.Column, [], right.Item, right.Column, because);

        if (IsInParentheses(from, to) && new DerivedTables(context).Scalar(from + 1, to - 1) is { } inner)
            return new Fact(left.Item, left.Column, [], inner.Item, inner.Column, because) { IsOfSubquery = true };

        if (Outer(from, to) is { } outer)
            return new Fact(left.Item, left.Column, [ValueSource.Of(outer)], null, null, because);

        // = ANY (@values)
        var isAny = context.Dialect == SqlDialect.PostgreSql && _tokens.Is(from, SqlKeyword.Any) && IsInParentheses(from + 1, to);
        return isAny && to - from == 4 && _tokens.Kind(from + 2) == SqlTokenKind.Parameter
            ? new Fact(left.Item, left.Column, [ValueSource.Bound(SqlParameterReference.Of(_tokens.Span(from + 2)), isArray: true)], null, null, because)
            : null;
    }

    // value = column
    private Fact? Reversed(int from, int to, string because)
    {
        for (var at = from + 1; at <= from + 2 && at < to; at++)
        {
            if (IsEquals(at) && Value(from, at) is { } value && Column(at + 1, out var end) is { } right && end == to)
                return new Fact(right.Item, right.Column, [value], null, null, because);
        }

        return null;
    }

    // outer.column = column
    private Fact? OuterFirst(int from, int to, string because) =>
        IsEquals(from + 3) && Outer(from, from + 3) is { } outer && Column(from + 4, out var end) is { } right && end == to
            ? new Fact(right.Item, right.Column, [ValueSource.Of(outer)], null, null, because)
            : null;

    // Only a qualified name is surely not a column of this block.
    private OuterColumn? Outer(int from, int to)
    {
        if (scope.Outer is null || to - from != 3 || _tokens.Kind(from + 1) != SqlTokenKind.Dot || !IsName(from) || !IsName(from + 2))
            return null;
        var alias = _tokens.Name(from);
        return scope.Items.Exists(item => item.Alias == alias) ? null : new OuterColumn(scope, alias, _tokens.Name(from + 2));
    }

    private bool IsName(int at) => _tokens.Kind(at) is SqlTokenKind.Word or SqlTokenKind.QuotedName;

    // IS NULL; in SQLite IS value, in PostgreSQL IS NOT DISTINCT FROM value.
    private Fact? Is((TableItem Item, TrackedColumn Column) left, int from, int to, string because)
    {
        if (context.Dialect == SqlDialect.PostgreSql && _tokens.Is(from, SqlKeyword.Not) && _tokens.Is(from + 1, SqlKeyword.Distinct)
            && _tokens.Is(from + 2, SqlKeyword.From))
            from += 3;
        else if (context.Dialect == SqlDialect.PostgreSql && !_tokens.Is(from, SqlKeyword.Null))
            return null;
        return Value(from, to) is { } value && !(value.Constant is bool)
            ? new Fact(left.Item, left.Column, [value], null, null, because) { HoldsOfNull = true }
            : null;
    }

    private ImmutableArray<ValueSource>? List(int from, int to)
    {
        var values = ImmutableArray.CreateBuilder<ValueSource>();
        var start = from;
        for (var at = from; at <= to; at = at < to ? _tokens.After(at) : at + 1)
        {
            if (at < to && _tokens.Kind(at) != SqlTokenKind.Comma)
                continue;
            if (values.Count == MaxValues || Value(start, at) is not { } value)
                return null;
            values.Add(value);
            start = at + 1;
        }

        return values.ToImmutable();
    }

    /// <summary>The literal or parameter that stands between two places and is all that stands there.</summary>
    public ValueSource? Value(int from, int to) => SqlValues.Read(_tokens, from, to);

    /// <summary>The column of a table of this block whose name begins at a place; null where that is not sure, or its equality is not exact.</summary>
    public (TableItem Item, TrackedColumn Column)? Column(int at, out int after)
    {
        var parts = 0;
        after = at;
        Span<int> names = stackalloc int[3];
        while (parts < 3 && _tokens.Kind(after) is SqlTokenKind.Word or SqlTokenKind.QuotedName)
        {
            if (parts == 0 && _tokens.Keyword(after) != SqlKeyword.None && _tokens.Kind(after + 1) != SqlTokenKind.Dot)
                return null;
            names[parts++] = after++;
            if (_tokens.Kind(after) != SqlTokenKind.Dot)
                return _tokens.Kind(after) == SqlTokenKind.Open ? null : Resolve(names[..parts]);
            after++;
        }

        return null;
    }

    private (TableItem Item, TrackedColumn Column)? Resolve(ReadOnlySpan<int> names)
    {
        var column = _tokens.Name(names[^1]);
        var table = names.Length > 1 ? _tokens.Name(names[^2]) : null;
        var schema = names.Length > 2 ? _tokens.Name(names[0]) : null;
        if (table is null && scope.HasMergedColumns)
            return null;

        (TableItem, TrackedColumn)? found = null;
        foreach (var item in scope.Items)
        {
            if (table is not null && (item.Alias != table || (schema is not null && (item.SchemaName ?? item.Relation?.Definition.Schema) != schema)))
                continue;
            var candidate = item.Column(column);
            if (candidate is null && table is null)
                continue;
            if (candidate is null || found is not null)
                return null;
            found = (item, candidate);
        }

        return found is (_, { Definition.Exact: not ExactType.None }) ? found : null;
    }
}

/// <summary>Reads the literals and parameters whose values the analysis knows.</summary>
internal static class SqlValues
{
    public static ValueSource? Read(SqlTokens tokens, int from, int to)
    {
        if (to - from == 2 && tokens.Kind(from + 1) == SqlTokenKind.Number && (tokens.IsOperator(from, "-") || tokens.IsOperator(from, "+")))
            return Number(tokens.Span(from + 1)) is { } number ? ValueSource.Literal(tokens.IsOperator(from, "-") ? -number : number) : null;
        if (to - from != 1)
            return null;
        return (tokens.Kind(from), tokens.Keyword(from)) switch
        {
            (SqlTokenKind.Parameter, _) => ValueSource.Bound(SqlParameterReference.Of(tokens.Span(from))),
            (SqlTokenKind.Number, _) => Number(tokens.Span(from)) is { } number ? ValueSource.Literal(number) : null,
            (SqlTokenKind.Text, _) => ValueSource.Literal(tokens.Span(from)[1..^1].ToString().Replace("''", "'", StringComparison.Ordinal)),
            (_, SqlKeyword.Null) => ValueSource.Literal(null),
            (_, SqlKeyword.True) => ValueSource.Literal(true),
            (_, SqlKeyword.False) => ValueSource.Literal(false),
            _ => null,
        };
    }

    private static long? Number(ReadOnlySpan<char> digits) =>
        digits.Length <= 18 && long.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
}
