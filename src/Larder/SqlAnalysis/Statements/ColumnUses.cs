using System.Collections.Immutable;
using Larder.Freshness;
using Larder.SqlAnalysis.Schema;
using Larder.SqlAnalysis.Tokenizer;

namespace Larder.SqlAnalysis.Statements;

/// <summary>
/// Finds which columns of each table a query uses. It reads names only, so that no rule of scope can be got wrong: an unqualified name counts for every table
/// that has such a column, a qualified one for every table that is called so anywhere in the statement. What may mean a whole row (<c>*</c>, NATURAL,
/// the name of a table by itself, a system column) makes every column used.
/// </summary>
internal sealed class ColumnUses
{
    // Each name is looked at for each table: beyond so many the time would no longer grow with the text alone.
    private const int MaxTables = 64;

    private static readonly HashSet<string> SystemColumns = new(StringComparer.Ordinal) { "ctid", "xmin", "xmax", "cmin", "cmax", "tableoid", "oid", "rowid", "_rowid_" };

    private readonly StatementContext _context;
    private readonly SqlTokens _tokens;
    private readonly List<Mention> _mentions = [];
    private readonly HashSet<string> _aliases = new(StringComparer.Ordinal);
    private readonly HashSet<string> _wholeRows = new(StringComparer.Ordinal);
    private readonly List<(int From, int To)> _declarations = [];
    private readonly bool _isUnknown;

    public ColumnUses(StatementContext context, int from, int to)
    {
        (_context, _tokens) = (context, context.Tokens);
        _isUnknown = context.Reads.Count is 0 or > MaxTables || context.Blocks.Values.Sum(block => block.Items.Count) > MaxTables
            || context.Blocks.Values.Any(block => block.NotPinnable is not null);
        if (_isUnknown)
            return;
        foreach (var item in context.Blocks.Values.SelectMany(block => block.Items).Concat(context.Reads))
        {
            _aliases.Add(item.Alias);
            _declarations.Add(item.Written);
        }

        var hasBetween = false;
        for (var at = from; at < to; at++)
            hasBetween |= _tokens.Is(at, SqlKeyword.Between);
        for (var at = from; at < to && !_isUnknown; at++)
            _isUnknown = !Add(at, to, hasBetween);
    }

    /// <summary>The facets of an occurrence that the query depends on; default where every change of a row counts.</summary>
    public ImmutableArray<Tag> Of(TableItem item)
    {
        if (_isUnknown || item.Relation is not { } relation || !item.HasOwnColumnNames || item.Written.To <= item.Written.From || !RowFacets.AreToldOf(relation)
            || _wholeRows.Contains(item.Alias))
            return default;
        var facets = new HashSet<Tag> { RowFacets.Existence };
        foreach (var mention in _mentions)
        {
            if (mention.Qualifier is { } qualifier ? qualifier != item.Alias : _context.Has(AnalyzerFaults.UnqualifiedColumnForgotten))
                continue;
            if (relation.Column(mention.Name) is { } column)
                AddUse(facets, column, mention);
            else if (mention.Qualifier is not null)
                return default;
        }

        return facets.Count > RowFacets.MaxFacets ? default : [.. facets];
    }

    private void AddUse(HashSet<Tag> facets, TrackedColumn column, Mention mention)
    {
        // A key hardly ever changes, so that one facet does.
        if (mention.Tested is not { } tested || column.EligibleIndex < 0 || column.IsUnique)
        {
            facets.Add(column.Changed);
            return;
        }

        var values = new List<Tag> { column.AnyValue };
        if (!_context.Has(AnalyzerFaults.NullTestForgotten))
            values.Add(column.Null);
        foreach (var value in tested)
        {
            if (!CanonicalValue.TryTag(column, value, out var tag))
            {
                facets.Add(column.Changed);
                return;
            }

            values.Add(tag);
        }

        facets.UnionWith(values);
    }

    // False where the token may mean columns that it does not name.
    private bool Add(int at, int to, bool hasBetween)
    {
        if (_tokens.Is(at, SqlKeyword.Natural))
            return false;
        if (_tokens.IsOperator(at, "*"))
            return !IsStar(at) || _context.Has(AnalyzerFaults.StarForgotten);
        if (_tokens.Kind(at) == SqlTokenKind.Text)
        {
            // SQLite takes a text for a name wherever only a name can stand.
            return _tokens.Kind(at - 1) != SqlTokenKind.Dot && !_tokens.Is(_tokens.Outer(at) - 1, SqlKeyword.Using);
        }

        if (_tokens.Kind(at) is not (SqlTokenKind.Word or SqlTokenKind.QuotedName) || IsReserved(_tokens.Keyword(at)))
            return true;
        if (_tokens.Kind(at + 1) == SqlTokenKind.Dot || _tokens.Is(at - 1, SqlKeyword.As) || IsDeclared(at))
            return true;
        var name = _tokens.Name(at);
        if (SystemColumns.Contains(name))
            return false;
        var isQualified = _tokens.Kind(at - 1) == SqlTokenKind.Dot;
        var qualifier = isQualified && _tokens.Kind(at - 2) is SqlTokenKind.Word or SqlTokenKind.QuotedName ? _tokens.Name(at - 2) : null;
        if (!isQualified && _aliases.Contains(name))
            _wholeRows.Add(name);
        _mentions.Add(new Mention(qualifier is not null && _aliases.Contains(qualifier) ? qualifier : null, name)
        {
            Tested = Tested(isQualified ? at - 2 : at, at + 1, to, hasBetween),
        });
        return true;
    }

    // Of these neither database takes one for a name that is not quoted.
    private static bool IsReserved(SqlKeyword keyword) => keyword is SqlKeyword.Select or SqlKeyword.From or SqlKeyword.Where or SqlKeyword.And or SqlKeyword.Or
        or SqlKeyword.Not or SqlKeyword.On or SqlKeyword.In or SqlKeyword.As or SqlKeyword.Group or SqlKeyword.Order or SqlKeyword.Having or SqlKeyword.Limit
        or SqlKeyword.Join or SqlKeyword.Union or SqlKeyword.Case or SqlKeyword.When or SqlKeyword.Then or SqlKeyword.Else or SqlKeyword.Distinct or SqlKeyword.Null;

    private bool IsDeclared(int at)
    {
        foreach (var (from, to) in _declarations)
        {
            if (at >= from && at < to)
                return true;
        }

        return false;
    }

    // "count(*)" and a product are none.
    private bool IsStar(int at) =>
        !(_tokens.Kind(at - 1) == SqlTokenKind.Open && _tokens.Kind(at + 1) == SqlTokenKind.Close) && !SelectClauses.EndsOperand(_tokens, at - 1);

    // The values of "column = value", "column <> value" and "column IN (values)", where that is all of an operand: then only a change from or to one of them matters.
    private List<object?>? Tested(int start, int at, int to, bool hasBetween)
    {
        if (!MayPrecede(start - 1, hasBetween))
            return null;
        List<object?>? values = null;
        var isComparison = _tokens.IsOperator(at, "=") || _tokens.IsOperator(at, "<>") || _tokens.IsOperator(at, "!=")
            || (_context.Has(AnalyzerFaults.ComparisonTakenForTest) && (_tokens.IsOperator(at, "<") || _tokens.IsOperator(at, ">")));
        if (isComparison && Literal(at + 1, at + 2) is { } value)
        {
            values = [value];
            at += 2;
        }
        else
        {
            if (_tokens.Is(at, SqlKeyword.Not))
                at++;
            if (!_tokens.Is(at, SqlKeyword.In) || _tokens.Kind(at + 1) != SqlTokenKind.Open)
                return null;
            values = Listed(at + 2, _tokens.Match(at + 1));
            at = _tokens.After(at + 1);
        }

        return at >= to || MayFollow(at) ? values : null;
    }

    private List<object?>? Listed(int from, int to)
    {
        var values = new List<object?>();
        for (var at = from; at < to; at += 2)
        {
            if (Literal(at, at + 1) is not { } value || (at + 1 < to && _tokens.Kind(at + 1) != SqlTokenKind.Comma))
                return null;
            values.Add(value);
        }

        return values.Count == 0 ? null : values;
    }

    private object? Literal(int from, int to) => SqlValues.Read(_tokens, from, to) is { IsParameter: false, Constant: { } value } ? value : null;

    // The parenthesis of a function may begin a grammar of its own, such as "position(a IN b)", and "x IS NOT a = b" compares x with a.
    private bool MayPrecede(int at, bool hasBetween) => (_tokens.Kind(at), _tokens.Keyword(at)) switch
    {
        (SqlTokenKind.Comma, _) => true,
        (SqlTokenKind.Open, _) => _tokens.Kind(at - 1) != SqlTokenKind.QuotedName && (_tokens.Kind(at - 1) != SqlTokenKind.Word || _tokens.Keyword(at - 1) != SqlKeyword.None),
        (_, SqlKeyword.And) => !hasBetween,
        (_, SqlKeyword.Not) => !_tokens.Is(at - 1, SqlKeyword.Is),
        (_, SqlKeyword.Where or SqlKeyword.Or or SqlKeyword.On or SqlKeyword.When or SqlKeyword.Having or SqlKeyword.Select) => true,
        _ => false,
    };

    private bool MayFollow(int at) => _tokens.Kind(at) is SqlTokenKind.Close or SqlTokenKind.Comma or SqlTokenKind.Semicolon || _tokens.Keyword(at) is SqlKeyword.And
        or SqlKeyword.Or or SqlKeyword.Group or SqlKeyword.Order or SqlKeyword.Having or SqlKeyword.Limit or SqlKeyword.Then or SqlKeyword.Where or SqlKeyword.Join
        or SqlKeyword.Inner or SqlKeyword.Cross or SqlKeyword.Union or SqlKeyword.Except or SqlKeyword.Intersect;

    private sealed record Mention(string? Qualifier, string Name)
    {
        /// <summary>The literals that it is compared with and used for nothing else; null where its value matters.</summary>
        public List<object?>? Tested { get; init; }
    }
}
