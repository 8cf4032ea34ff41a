using Larder.SqlAnalysis.Tokenizer;

namespace Larder.SqlAnalysis.Statements;

/// <summary>
/// Reads queries: WITH, the arms of UNION and its kin, and in each arm the clauses in their order. No condition of one block pins
/// a table of another, except that a block may compare a column with one of a block around it. Whatever does not fit the grammar ends the analysis, so that no relation is overlooked.
/// </summary>
internal sealed class QueryParser
{
    private readonly StatementContext _context;
    private readonly SqlTokens _tokens;
    private readonly FromParser _from;

    public QueryParser(StatementContext context)
    {
        _context = context;
        _tokens = context.Tokens;
        Expressions = new ExpressionScanner(context, this);
        _from = new FromParser(context, this);
    }

    public ExpressionScanner Expressions { get; }

    public FromParser From => _from;

    /// <summary>Called for a common table expression that writes.</summary>
    public Action<int, int>? OnWrite { get; set; }

    /// <summary>Reads a query between two places, WITH included.</summary>
    public void Query(int from, int to)
    {
        if (!_context.Enter())
            return;
        var outer = _context.CommonTables.Count;
        var start = _tokens.Is(from, SqlKeyword.With) ? CommonTables(from + 1, to) : from;
        if (!_context.Failed)
            Compound(start, to);
        _context.CommonTables.RemoveRange(outer, _context.CommonTables.Count - outer);
        _context.Leave();
    }

    /// <summary>Reads the list after WITH and returns where the statement itself begins. The names stay in scope.</summary>
    public int CommonTables(int at, int to)
    {
        if (_tokens.Is(at, SqlKeyword.Recursive))
            at++;
        while (at < to && !_context.Failed)
        {
            var name = _tokens.Name(at++);
            if (_tokens.Kind(at) == SqlTokenKind.Open)
                at = _tokens.After(at);
            if (!_tokens.Is(at++, SqlKeyword.As))
                break;
            if (_tokens.Is(at, SqlKeyword.Not))
                at++;
            if (_tokens.Is(at, SqlKeyword.Materialized))
                at++;
            if (at >= to || _tokens.Kind(at) != SqlTokenKind.Open)
                break;
            _context.CommonTables.Add(name);
            CommonTable(at + 1, _tokens.Match(at));
            at = _tokens.After(at);
            if (_tokens.Kind(at) != SqlTokenKind.Comma)
                return at;
            at++;
        }

        _context.Fail("a WITH list is not understood");
        return to;
    }

    private void CommonTable(int from, int to)
    {
        var isWrite = _tokens.Keyword(from) is SqlKeyword.Insert or SqlKeyword.Update or SqlKeyword.Delete or SqlKeyword.Merge;
        if (!isWrite)
            Query(from, to);
        else if (_context.Has(AnalyzerFaults.WriteInWithReadAsQuery))
            return;
        else if (OnWrite is null)
            _context.Fail("a write stands where only a query may");
        else
            OnWrite(from, to);
    }

    private void Compound(int from, int to)
    {
        var arm = from;
        for (var at = from; at < to && !_context.Failed; at = _tokens.After(at))
        {
            if (_tokens.Keyword(at) is not (SqlKeyword.Union or SqlKeyword.Intersect or SqlKeyword.Except))
                continue;
            Arm(arm, at);
            if (_context.Has(AnalyzerFaults.UnionArmForgotten))
                return;
            arm = _tokens.Keyword(at + 1) is SqlKeyword.All or SqlKeyword.Distinct ? at + 2 : at + 1;
        }

        Arm(arm, to);
    }

    private void Arm(int from, int to)
    {
        if (_context.Failed)
            return;
        if (from < to && _tokens.Kind(from) == SqlTokenKind.Open)
        {
            Query(from + 1, _tokens.Match(from));
            Expressions.Scan(_tokens.After(from), to);
            return;
        }

        switch (_tokens.Keyword(from))
        {
            case SqlKeyword.Select when from < to:
                Select(from + 1, to);
                break;
            case SqlKeyword.Values when from < to:
                Expressions.Scan(from + 1, to);
                break;
            case SqlKeyword.Table when from < to && _context.Dialect == SqlDialect.PostgreSql:
                var end = _from.NamedTable(from + 1, to);
                Expressions.Scan(end, to);
                break;
            default:
                _context.Fail("a query is not understood");
                break;
        }
    }

    private void Select(int from, int to)
    {
        var clauses = SelectClauses.Find(_context, from, to);
        if (_context.Failed)
            return;
        var scope = new QueryScope(_context.Scope) { Written = (from - 1, to), Clauses = clauses };
        scope.Outer?.Inner.Add(scope);
        _context.Blocks[from - 1] = _context.Scope = scope;
        Expressions.Scan(from, clauses.From.At);
        Block(clauses.From.Range, clauses.Where.Range, null, scope);
        Expressions.Scan(clauses.Where.End, to);
        _context.Scope = scope.Outer;
    }

    /// <summary>Reads the FROM clause and the condition of a block and finds what they pin.</summary>
    /// <param name="from">The tokens after FROM.</param>
    /// <param name="where">The tokens after WHERE.</param>
    /// <param name="target">The table that a write changes, joined with the rest.</param>
    /// <param name="scope">Takes the tables.</param>
    public void Block((int From, int To) from, (int From, int To) where, TableItem? target, QueryScope scope)
    {
        var root = target is null ? null : JoinNode.Leaf(target);
        if (target is not null)
            scope.Items.Add(target);
        if (from.From < from.To)
            root = _from.Parse(from.From, from.To, scope, root);
        if (_context.Failed)
            return;
        scope.Joins = root;
        Expressions.Scan(where.From, where.To);
        if (root is not null && !_context.Failed)
            new PinFinder(_context, scope).Pin(root, where.From, where.To);
    }
}
