using Larder.SqlAnalysis.Tokenizer;

namespace Larder.SqlAnalysis.Statements;

/// <summary>
/// Walks the tokens of expressions, in one pass whatever their depth: notes functions, clocks and sessions, and hands queries in parentheses to the
/// query parser. A word that has no business in an expression ends the analysis.
/// </summary>
internal sealed class ExpressionScanner(StatementContext context, QueryParser queries)
{
    private static readonly string[] SyntaxBeforeParenthesis = ["symmetric", "asymmetric", "sets", "rollup", "cube", "ilike", "to"];
    private static readonly string[] SystemColumns = ["ctid", "xmin", "xmax", "cmin", "cmax", "tableoid"];
    private static readonly string[] ClockWords = ["now", "today", "tomorrow", "yesterday"];
    private static readonly string[] SessionWords =
        ["current_date", "current_time", "current_timestamp", "localtime", "localtimestamp", "current_user", "session_user", "current_role", "system_user",
         "current_catalog", "current_schema"];

    private readonly SqlTokens _tokens = context.Tokens;
    private bool _inMerge;

    public void Scan(int from, int to)
    {
        for (var at = from; at < to && !context.Failed;)
            at = Step(at);
    }

    /// <summary>Walks the branches of MERGE or of ON CONFLICT, where the words of a write are at home.</summary>
    public void ScanMerge(int from, int to)
    {
        _inMerge = true;
        Scan(from, to);
        _inMerge = false;
    }

    // Looks at a token and returns the place of the next one to look at.
    private int Step(int at)
    {
        switch (_tokens.Kind(at))
        {
            case SqlTokenKind.Open when StartsQuery(at + 1):
                Subquery(at + 1, _tokens.Match(at));
                return _tokens.Match(at) + 1;
            case SqlTokenKind.Word or SqlTokenKind.QuotedName:
                return Word(at);
            case SqlTokenKind.Text or SqlTokenKind.OpaqueText:
                Text(at);
                return at + 1;
            case SqlTokenKind.Parameter when _tokens.Kind(at + 1) == SqlTokenKind.Open:
                context.Fail("a parameter is called like a function");
                return at + 1;
            case SqlTokenKind.Unknown:
                context.Fail("a token is not understood");
                return at + 1;
            case SqlTokenKind.Semicolon:
                context.Fail("a statement ends inside an expression");
                return at + 1;
            default:
                return at + 1;
        }
    }

    private void Subquery(int from, int to)
    {
        if (context.Has(AnalyzerFaults.SubqueryForgotten))
            return;
        var inMerge = _inMerge;
        _inMerge = false;
        queries.Query(from, to);
        _inMerge = inMerge;
    }

    public bool StartsQuery(int at) =>
        _tokens.Keyword(at) is SqlKeyword.Select or SqlKeyword.With or SqlKeyword.Values
        || (_tokens.Is(at, SqlKeyword.Table) && context.Dialect == SqlDialect.PostgreSql);

    private int Word(int at)
    {
        if (_tokens.Kind(at - 1) == SqlTokenKind.Dot)
            return QualifiedName(at);
        var keyword = _tokens.Keyword(at);
        if (_tokens.Kind(at + 1) == SqlTokenKind.Open && !IsSyntaxBeforeParenthesis(at, keyword))
            Function(null, at);
        else if (keyword != SqlKeyword.None)
            Keyword(at, keyword);
        else if (_tokens.Kind(at) == SqlTokenKind.Word)
            PlainWord(at);
        return at + 1;
    }

    private int QualifiedName(int at)
    {
        if (_tokens.Kind(at + 1) == SqlTokenKind.Open)
        {
            Function(_tokens.Name(at - 2), at);
            return at + 1;
        }

        var name = _tokens.Name(at);
        if (context.Dialect == SqlDialect.PostgreSql)
        {
            // t.f calls f(t) where t has no column f.
            if (context.Schema.IsUserFunction(name) && !context.Schema.Declarations.DeterministicFunctions.Contains(name))
                DeclaredFunction(name);
            if (SystemColumns.Contains(name, StringComparer.Ordinal))
                context.DoNotCache($"{name} changes without a write");
        }

        return at + 1;
    }

    private bool IsSyntaxBeforeParenthesis(int at, SqlKeyword keyword)
    {
        switch (keyword)
        {
            case SqlKeyword.None:
                return context.Dialect == SqlDialect.PostgreSql && _tokens.Kind(at) == SqlTokenKind.Word
                    && SyntaxBeforeParenthesis.Contains(_tokens.Name(at), StringComparer.Ordinal) && !context.Schema.IsUserFunction(_tokens.Name(at));
            case SqlKeyword.Over or SqlKeyword.Filter:
                return _tokens.Kind(at - 1) == SqlTokenKind.Close;
            case SqlKeyword.By:
                return _tokens.Keyword(at - 1) is SqlKeyword.Group or SqlKeyword.Partition or SqlKeyword.Order;
            case SqlKeyword.Glob or SqlKeyword.Escape:
                return context.Dialect == SqlDialect.Sqlite;
            case SqlKeyword.Insert or SqlKeyword.Set:
                return _inMerge;
            default:
                return keyword is SqlKeyword.And or SqlKeyword.Or or SqlKeyword.Not or SqlKeyword.In or SqlKeyword.Any or SqlKeyword.Some or SqlKeyword.All
                    or SqlKeyword.Exists or SqlKeyword.Cast or SqlKeyword.Case or SqlKeyword.When or SqlKeyword.Then or SqlKeyword.Else or SqlKeyword.On
                    or SqlKeyword.Where or SqlKeyword.Having or SqlKeyword.Select or SqlKeyword.Distinct or SqlKeyword.As or SqlKeyword.Using
                    or SqlKeyword.Group or SqlKeyword.Array or SqlKeyword.Row or SqlKeyword.Values or SqlKeyword.Like or SqlKeyword.Between
                    or SqlKeyword.Limit or SqlKeyword.Offset or SqlKeyword.From or SqlKeyword.Is or SqlKeyword.Collate or SqlKeyword.Returning;
        }
    }

    private void Keyword(int at, SqlKeyword keyword)
    {
        switch (keyword)
        {
            case SqlKeyword.From:
                var isDistinctFrom = _tokens.Is(at - 1, SqlKeyword.Distinct) && _tokens.Keyword(at - 2) is SqlKeyword.Is or SqlKeyword.Not;
                if (!isDistinctFrom && !IsInFunctionWithWords(at))
                    context.Fail("FROM stands inside an expression");
                break;
            case SqlKeyword.For when !IsInFunctionWithWords(at):
                context.DoNotCache("the read locks rows");
                break;
            case SqlKeyword.Update when _tokens.Is(at - 1, SqlKeyword.For) || _tokens.IsWord(at - 1, "key"):
                break;
            case SqlKeyword.Insert or SqlKeyword.Update or SqlKeyword.Delete or SqlKeyword.Where when _inMerge:
                break;
            case SqlKeyword.Select or SqlKeyword.Insert or SqlKeyword.Update or SqlKeyword.Delete or SqlKeyword.Merge or SqlKeyword.Union or SqlKeyword.Except
                or SqlKeyword.Intersect or SqlKeyword.Into or SqlKeyword.Where when !IsFilterCondition(at, keyword):
                context.Fail($"{keyword} stands inside an expression");
                break;
            case SqlKeyword.Regexp or SqlKeyword.Match when context.Dialect == SqlDialect.Sqlite:
                context.DoNotTrust($"{keyword} calls a function of the host");
                break;
            case SqlKeyword.TableSample:
                context.DoNotCache("a sample is taken");
                break;
            default:
                break;
        }
    }

    private bool IsInFunctionWithWords(int at) =>
        _tokens.Outer(at) is > 0 and var open && _tokens.Name(open - 1) is "extract" or "substring" or "trim" or "overlay";

    // FILTER (WHERE ...) of an aggregate.
    private bool IsFilterCondition(int at, SqlKeyword keyword) =>
        keyword == SqlKeyword.Where && _tokens.Kind(at - 1) == SqlTokenKind.Open && _tokens.Is(at - 2, SqlKeyword.Filter);

    private void PlainWord(int at)
    {
        var word = _tokens.Name(at);
        if (SessionWords.Contains(word, StringComparer.Ordinal) || (word == "user" && context.Dialect == SqlDialect.PostgreSql))
            context.DoNotCache($"{word} comes from the clock or the session");
        else if (context.Dialect == SqlDialect.PostgreSql && (word.StartsWith("reg", StringComparison.Ordinal) || SystemColumns.Contains(word, StringComparer.Ordinal)))
            CatalogWord(word);
    }

    private void CatalogWord(string word)
    {
        if (word is "regclass" or "regproc" or "regprocedure" or "regtype" or "regrole" or "regnamespace" or "regoper" or "regoperator" or "regconfig"
            or "regdictionary" or "regcollation" || SystemColumns.Contains(word, StringComparer.Ordinal))
            context.DoNotCache($"{word} changes without a write");
    }

    private void Function(string? schemaName, int at)
    {
        var name = _tokens.Name(at);
        var isUsers = context.Schema.IsUserFunction(name) || (schemaName is not (null or "pg_catalog") && context.Dialect == SqlDialect.PostgreSql);
        var effect = isUsers ? FunctionEffect.Unknown : SqlFunctions.Find(context.Dialect, name);
        if (effect == FunctionEffect.Unknown)
            DeclaredFunction(name);
        else if (effect == FunctionEffect.NotCacheable)
            context.DoNotCache($"{name}() depends on more than its arguments and the tables");
        else if (context.Dialect == SqlDialect.Sqlite && SqlFunctions.IsSqliteTime(name))
            SqliteTime(name, at + 1);
    }

    private void DeclaredFunction(string name)
    {
        var declarations = context.Schema.Declarations;
        var isDeterministic = declarations.DeterministicFunctions.Contains(name);
        if (!isDeterministic)
            context.DoNotCache($"{name}() is not known to depend on its arguments alone");
        if (declarations.FunctionEffects.TryGetValue(name, out var relations))
            context.AddDeclaredWrites(relations);
        else if (!isDeterministic)
            context.DoNotTrust($"{name}() may change anything: its effects are not declared");
    }

    // date() and strftime(f) read the clock; so does the literal 'now'. localtime and utc depend on the machine's zone.
    private void SqliteTime(string name, int open)
    {
        var commas = 0;
        for (var at = open + 1; at < _tokens.Match(open); at = _tokens.After(at))
            commas += _tokens.Kind(at) == SqlTokenKind.Comma ? 1 : 0;
        var isEmpty = _tokens.Match(open) == open + 1;
        if (isEmpty || (name == "strftime" && commas == 0))
            context.DoNotCache($"{name}() reads the clock");
        for (var at = open + 1; at < _tokens.Match(open); at++)
        {
            if (_tokens.Kind(at) is SqlTokenKind.Text or SqlTokenKind.QuotedName && _tokens.Span(at)[1..^1].Trim() is var word
                && (word.Equals("now", StringComparison.OrdinalIgnoreCase) || word.Equals("localtime", StringComparison.OrdinalIgnoreCase)
                    || word.Equals("utc", StringComparison.OrdinalIgnoreCase)))
                context.DoNotCache($"{name}('{word}') depends on the clock or the machine's zone");
        }
    }

    // PostgreSQL reads 'now' and 'today' as times wherever a time is wanted.
    private void Text(int at)
    {
        if (context.Dialect != SqlDialect.PostgreSql || _tokens.Span(at).Length > 64)
            return;
        foreach (var word in ClockWords)
        {
            var span = _tokens.Span(at);
            var found = span.IndexOf(word, StringComparison.OrdinalIgnoreCase);
            if (found > 0 && !char.IsAsciiLetter(span[found - 1]) && !char.IsAsciiLetter(span[found + word.Length]))
                context.DoNotCache($"the literal {span} may be read as a clock");
        }
    }
}
