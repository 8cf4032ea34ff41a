using Larder.SqlAnalysis.Tokenizer;

namespace Larder.SqlAnalysis.Statements;

/// <summary>Reads a FROM clause into a tree of joins.</summary>
internal sealed class FromParser(StatementContext context, QueryParser queries)
{
    private readonly SqlTokens _tokens = context.Tokens;
    private int _at;

    private bool IsPostgreSql => context.Dialect == SqlDialect.PostgreSql;

    /// <summary>Reads the items between two places.</summary>
    /// <param name="from">Where the first item begins.</param>
    /// <param name="to">Where the clause ends.</param>
    /// <param name="scope">Takes the items.</param>
    /// <param name="joinedWith">A tree that all of it is joined with, as by a comma.</param>
    public JoinNode? Parse(int from, int to, QueryScope scope, JoinNode? joinedWith)
    {
        _at = from;
        var root = List(to, scope, joinedWith);
        if (!context.Failed && _at != to)
            context.Fail($"FROM is not understood at {_tokens.Written(_at, _at + 1)}");
        return root;
    }

    // PostgreSQL joins before it takes commas; to SQLite a comma is a join like any other.
    private JoinNode? List(int to, QueryScope scope, JoinNode? root)
    {
        do
        {
            var item = Chain(to, scope, IsPostgreSql ? null : root);
            root = IsPostgreSql && root is not null && item is not null ? new JoinNode { Kind = JoinKind.Inner, Left = root, Right = item } : item;
        }
        while (!context.Failed && IsPostgreSql && Take(to, SqlTokenKind.Comma));
        return root;
    }

    private JoinNode? Chain(int to, QueryScope scope, JoinNode? left)
    {
        var right = Item(to, scope);
        left = left is null || right is null ? right : new JoinNode { Kind = JoinKind.Inner, Left = left, Right = right };
        while (!context.Failed && left is not null && _at < to)
        {
            var isComma = !IsPostgreSql && Take(to, SqlTokenKind.Comma);
            if (_tokens.Is(_at, SqlKeyword.On))
            {
                scope.NotPinnable = "joins are nested without parentheses";
                _at = Condition(_at + 1, to);
                continue;
            }

            var kind = isComma ? JoinKind.Inner : JoinWords(to, scope);
            if (kind == JoinKind.Leaf)
                break;
            if (Item(to, scope) is not { } joined)
                break;
            left = new JoinNode { Kind = kind, Left = left, Right = joined };
            JoinCondition(to, scope, left);
        }

        return left;
    }

    // Returns Leaf where no join follows.
    private JoinKind JoinWords(int to, QueryScope scope)
    {
        var kind = JoinKind.Inner;
        var start = _at;
        for (; _at < to; _at++)
        {
            switch (_tokens.Keyword(_at))
            {
                case SqlKeyword.Left:
                    kind = JoinKind.Left;
                    break;
                case SqlKeyword.Right:
                    kind = JoinKind.Right;
                    break;
                case SqlKeyword.Full:
                    kind = JoinKind.Full;
                    break;
                case SqlKeyword.Natural:
                    scope.HasMergedColumns = true;
                    break;
                case SqlKeyword.Inner or SqlKeyword.Outer or SqlKeyword.Cross:
                    break;
                case SqlKeyword.Join:
                    _at++;
                    return kind;
                default:
                    if (_at > start)
                        context.Fail("a join is not understood");
                    return JoinKind.Leaf;
            }
        }

        return JoinKind.Leaf;
    }

    private void JoinCondition(int to, QueryScope scope, JoinNode join)
    {
        if (_at < to && _tokens.Is(_at, SqlKeyword.On))
        {
            var from = _at + 1;
            _at = Condition(from, to);
            join.On = (from, _at);
        }
        else if (_at < to && _tokens.Is(_at, SqlKeyword.Using) && _tokens.Kind(_at + 1) == SqlTokenKind.Open)
        {
            scope.HasMergedColumns = true;
            _at = _tokens.After(_at + 1);
            if (_at < to && _tokens.Is(_at, SqlKeyword.As))
                scope.NotPinnable = "USING has an alias";
            if (scope.NotPinnable is not null && _at < to && _tokens.Is(_at, SqlKeyword.As))
                _at += 2;
        }
    }

    // An ON condition ends where the next join or item begins.
    private int Condition(int from, int to)
    {
        var end = from;
        while (end < to && !EndsCondition(end))
            end = _tokens.After(end);
        if (end < to && end > from && !SelectClauses.EndsOperand(_tokens, end - 1))
            context.Fail("a join condition is not understood");
        queries.Expressions.Scan(from, end);
        return end;
    }

    private bool EndsCondition(int at) => _tokens.Kind(at) == SqlTokenKind.Comma || _tokens.Keyword(at) switch
    {
        SqlKeyword.Join or SqlKeyword.Inner or SqlKeyword.Cross or SqlKeyword.Natural or SqlKeyword.On or SqlKeyword.Using or SqlKeyword.Full => true,
        SqlKeyword.Left or SqlKeyword.Right => _tokens.Kind(at + 1) != SqlTokenKind.Open,
        _ => false,
    };

    private JoinNode? Item(int to, QueryScope scope)
    {
        var isLateral = _at < to && _tokens.Is(_at, SqlKeyword.Lateral);
        if (isLateral)
            _at++;
        if (_at < to && _tokens.Is(_at, SqlKeyword.Only))
            _at++;
        if (_at >= to || context.Failed)
        {
            context.Fail("FROM ends too early");
            return null;
        }

        return _tokens.Kind(_at) == SqlTokenKind.Open ? Group(to, scope, isLateral) : Named(to, scope);
    }

    private JoinNode? Group(int to, QueryScope scope, bool isLateral)
    {
        var (from, end) = (_at + 1, _tokens.Match(_at));
        if (IsQuery(from, end))
        {
            queries.Query(from, end);
            _at = end + 1;
            return context.Failed ? null : Add(scope, DerivedTable(from, end, to, scope, isLateral));
        }

        if (!context.Enter())
            return null;
        _at = from;
        var node = List(end, scope, null);
        context.Leave();
        if (!context.Failed && _at != end)
            context.Fail("joins in parentheses are not understood");
        _at = end + 1;
        var alias = context.Failed ? "" : Alias(to, out _);
        if (alias.Length > 0)
            scope.NotPinnable = "joins in parentheses have an alias";
        return node;
    }

    // Within another block it may name tables around that one, and a common table is unknown outside of its statement.
    private TableItem DerivedTable(int from, int end, int to, QueryScope scope, bool isLateral)
    {
        var block = context.Blocks.GetValueOrDefault(from) is { } single && single.Written == (from, end) ? single : null;
        if (block is not null)
            block.IsDerivedTable = true;
        var alias = Alias(to, out var renames);
        return new TableItem(null, null, "", alias)
        {
            Block = block,
            StandsAlone = !isLateral && scope.Outer is null && context.CommonTables.Count == 0,
            Derived = block is null ? null : new DerivedTables(context).ColumnsOf(block),
            HasOwnColumnNames = !renames,
        };
    }

    // "((SELECT ...) UNION ...)" is a query and "((SELECT ...) a JOIN b)" is not.
    private bool IsQuery(int from, int end)
    {
        if (_tokens.Kind(from) != SqlTokenKind.Open)
            return queries.Expressions.StartsQuery(from);
        var inner = from;
        while (_tokens.Kind(inner) == SqlTokenKind.Open)
            inner++;
        var after = _tokens.After(from);
        return queries.Expressions.StartsQuery(inner) && (after == end || _tokens.Keyword(after) is SqlKeyword.Union or SqlKeyword.Intersect
            or SqlKeyword.Except or SqlKeyword.Order or SqlKeyword.Limit or SqlKeyword.Offset or SqlKeyword.Fetch);
    }

    private JoinNode? Named(int to, QueryScope scope)
    {
        var start = _at;
        if (!Name(to, out var schemaName, out var name))
            return null;
        if (_at < to && _tokens.Kind(_at) == SqlTokenKind.Open)
        {
            var end = _tokens.After(_at);
            queries.Expressions.Scan(_at - 1, end);
            _at = end;
            if (_at < to && _tokens.Is(_at, SqlKeyword.With) && _tokens.IsWord(_at + 1, "ordinality"))
                _at += 2;
            return Add(scope, new TableItem(null, null, name, FunctionAlias(to, name)));
        }

        if (_at < to && _tokens.IsOperator(_at, "*") && IsPostgreSql)
            _at++;
        var item = Table(schemaName, name, to);
        item.Written = (start, _at);
        return Add(scope, item);
    }

    /// <summary>Reads <c>TABLE name</c> and returns where it ends.</summary>
    public int NamedTable(int from, int to)
    {
        _at = _tokens.Is(from, SqlKeyword.Only) ? from + 1 : from;
        if (Name(to, out var schemaName, out var name))
            Table(schemaName, name, _at);
        return _at;
    }

    private TableItem Table(string? schemaName, string name, int to)
    {
        var isCommonTable = schemaName is null && context.CommonTables.Contains(name, StringComparer.Ordinal);

        // In its own body the name may still mean the table, so a table of that name is read as well.
        var relation = isCommonTable && context.Schema.Find(null, name) is null ? null : context.AddRead(schemaName, name);
        var alias = Alias(to, out var renames);
        var item = new TableItem(isCommonTable ? null : relation, schemaName, name, alias.Length > 0 ? alias : name) { HasOwnColumnNames = !renames };
        if (relation is not null)
            context.Reads.Add(isCommonTable ? new TableItem(relation, schemaName, name, name) : item);
        SqliteIndexHint(to);
        if (_at < to && _tokens.Is(_at, SqlKeyword.TableSample))
        {
            context.DoNotCache("a sample is taken");
            while (_at < to && _tokens.Kind(_at) is SqlTokenKind.Word or SqlTokenKind.Open && _tokens.Keyword(_at) is SqlKeyword.TableSample or SqlKeyword.None)
                _at = _tokens.After(_at);
        }

        return item;
    }

    private void SqliteIndexHint(int to)
    {
        if (IsPostgreSql || _at >= to)
            return;
        if (_tokens.Is(_at, SqlKeyword.Not) && _tokens.Is(_at + 1, SqlKeyword.Indexed))
            _at += 2;
        else if (_tokens.Is(_at, SqlKeyword.Indexed))
            _at += 3;
    }

    /// <summary>Reads a name with up to one schema before it.</summary>
    private bool Name(int to, out string? schemaName, out string name)
    {
        (schemaName, name) = (null, "");
        if (!IsName(_at))
        {
            context.Fail($"FROM is not understood at {_tokens.Written(_at, _at + 1)}");
            return false;
        }

        name = _tokens.Name(_at++);
        if (_at + 1 >= to + 1 || _tokens.Kind(_at) != SqlTokenKind.Dot)
            return true;
        (schemaName, name) = (name, _tokens.Name(_at + 1));
        _at += 2;
        if (_at <= to && _tokens.Kind(_at) != SqlTokenKind.Dot)
            return true;
        context.Fail("a name has too many parts");
        return false;
    }

    private bool IsName(int at) => _tokens.Kind(at) switch
    {
        SqlTokenKind.QuotedName => true,
        SqlTokenKind.Text => !IsPostgreSql,
        SqlTokenKind.Word => _tokens.Keyword(at) == SqlKeyword.None || _tokens.Kind(at + 1) is SqlTokenKind.Open or SqlTokenKind.Dot || IsSoft(_tokens.Keyword(at)),
        _ => false,
    };

    // Keywords that both databases take for names wherever no clause can begin.
    private static bool IsSoft(SqlKeyword keyword) => keyword is SqlKeyword.Row or SqlKeyword.Rows or SqlKeyword.Comment or SqlKeyword.Start or SqlKeyword.Temp
        or SqlKeyword.View or SqlKeyword.Show or SqlKeyword.Load or SqlKeyword.Move or SqlKeyword.Release or SqlKeyword.Security;

    // Only ASCII words that are no keyword of ours are aliases without AS.
    private string Alias(int to, out bool renames)
    {
        renames = false;
        var alias = "";
        if (_at < to && _tokens.Is(_at, SqlKeyword.As))
        {
            _at++;
            alias = _at < to ? _tokens.Name(_at++) : "";
        }
        else if (_at < to && (_tokens.Kind(_at) == SqlTokenKind.QuotedName || (_tokens.Kind(_at) == SqlTokenKind.Text && !IsPostgreSql)
            || (_tokens.Kind(_at) == SqlTokenKind.Word && _tokens.Keyword(_at) == SqlKeyword.None)))
        {
            alias = _tokens.Name(_at++);
        }

        if (alias.Length > 0 && _at < to && _tokens.Kind(_at) == SqlTokenKind.Open)
        {
            renames = true;
            _at = _tokens.After(_at);
        }

        return alias;
    }

    // "f() AS (a int, b text)" has columns and no name.
    private string FunctionAlias(int to, string name)
    {
        if (_at + 1 < to && _tokens.Is(_at, SqlKeyword.As) && _tokens.Kind(_at + 1) == SqlTokenKind.Open)
        {
            _at = _tokens.After(_at + 1);
            return name;
        }

        var alias = Alias(to, out _);
        return alias.Length > 0 ? alias : name;
    }

    private bool Take(int to, SqlTokenKind kind)
    {
        if (_at >= to || _tokens.Kind(_at) != kind)
            return false;
        _at++;
        return true;
    }

    private static JoinNode Add(QueryScope scope, TableItem item)
    {
        scope.Items.Add(item);
        return JoinNode.Leaf(item);
    }
}
