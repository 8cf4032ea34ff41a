using System.Collections.Immutable;
using Larder.SqlAnalysis.Schema;
using Larder.SqlAnalysis.Tokenizer;

namespace Larder.SqlAnalysis.Statements;

/// <summary>Reads INSERT, REPLACE, UPDATE, DELETE and MERGE, wherever they stand.</summary>
internal sealed class WriteParser
{
    private readonly StatementContext _context;
    private readonly SqlTokens _tokens;

    public WriteParser(StatementContext context, QueryParser queries)
    {
        (_context, _tokens, Queries) = (context, context.Tokens, queries);
        queries.OnWrite = (from, to) => Write(from, to, isOutermost: false);
    }

    public QueryParser Queries { get; }

    /// <summary>Reads the old rows of the outermost UPDATE or DELETE, where a query can.</summary>
    public CaptureQuery? Capture { get; set; }

    /// <summary>What the outermost write does to its target.</summary>
    public TableWrite? Outermost { get; private set; }

    /// <summary>The name that the columns of the outermost target are qualified with.</summary>
    public string TargetName { get; set; } = "";

    /// <summary>The columns that RETURNING gives back of the outermost write.</summary>
    public ImmutableArray<ReturnedColumn> Returned { get; private set; } = [];

    /// <summary>Whether the outermost write says RETURNING.</summary>
    public bool HasReturning { get; private set; }

    /// <summary>Reads a write between two places, after any WITH.</summary>
    public void Write(int from, int to, bool isOutermost)
    {
        if (!_context.Enter())
            return;
        to = Returning(from, to, isOutermost);
        switch (_tokens.Keyword(from))
        {
            case SqlKeyword.With:
                var outer = _context.CommonTables.Count;
                var start = Queries.CommonTables(from + 1, to);
                if (!_context.Failed)
                    Write(start, to, isOutermost);
                _context.CommonTables.RemoveRange(outer, _context.CommonTables.Count - outer);
                break;
            case SqlKeyword.Insert or SqlKeyword.Replace:
                new InsertParser(_context, this, isOutermost).Parse(from, to);
                break;
            case SqlKeyword.Update:
                new UpdateParser(_context, this, isOutermost).Update(from, to);
                break;
            case SqlKeyword.Delete:
                new UpdateParser(_context, this, isOutermost).Delete(from, to);
                break;
            case SqlKeyword.Merge:
                Merge(from + 1, to);
                break;
            default:
                _context.Fail("a write is not understood");
                break;
        }

        _context.Leave();
    }

    /// <summary>Reads the name of the relation that is written; null, and the analysis is over, where it is not known.</summary>
    public TrackedRelation? Target(ref int at, int to)
    {
        if (_tokens.Is(at, SqlKeyword.Only))
            at++;
        string? schema = null;
        if (at >= to || _tokens.Kind(at) is not (SqlTokenKind.Word or SqlTokenKind.QuotedName or SqlTokenKind.Text))
        {
            _context.Fail("the target of a write is not understood");
            return null;
        }

        var name = _tokens.Name(at++);
        if (at + 1 < to && _tokens.Kind(at) == SqlTokenKind.Dot)
        {
            (schema, name) = (name, _tokens.Name(at + 1));
            at += 2;
        }

        if (at < to && _tokens.IsOperator(at, "*"))
            at++;
        var relation = _context.Schema.Find(schema, name);
        if (relation is null)
        {
            _context.UnknownRelations.Add(schema is null ? name : $"{schema}.{name}");
            _context.DoNotTrust($"the relation {_context.UnknownRelations[^1]} is not in the schema");
        }
        else if (relation.HasRules)
        {
            _context.DoNotTrust($"rules rewrite what is written to {relation.Definition.FullName}");
        }

        return relation;
    }

    /// <summary>Reads the alias of a target.</summary>
    public string? TargetAlias(ref int at, int to)
    {
        if (at < to && _tokens.Is(at, SqlKeyword.As))
            at++;
        else if (at >= to || !(_tokens.Kind(at) == SqlTokenKind.QuotedName || (_tokens.Kind(at) == SqlTokenKind.Word && _tokens.Keyword(at) == SqlKeyword.None)))
            return null;
        return at < to ? _tokens.Name(at++) : null;
    }

    /// <summary>Notes a write. One to a view becomes one to its base tables and to whatever its triggers do.</summary>
    public void Add(TableWrite write, bool isOutermost = false)
    {
        _context.Writes.Add(write);
        if (isOutermost)
            Outermost = write;
        if (write.Relation.Kind != RelationKind.View)
            return;
        if (write.Relation.View is not { } view || view.NotReadOnly is not null)
        {
            _context.DoNotTrust($"the view {write.Relation.Definition.FullName} is not understood");
            return;
        }

        foreach (var table in view.Bases)
            _context.Writes.Add(TableWrite.AnyRows(table, write.Events, $"written through {write.Relation.Definition.FullName}"));
    }

    /// <summary>Whether a trigger may change the row before it is written.</summary>
    public bool MayChangeRow(TrackedRelation relation, RowEvents events) =>
        !_context.Has(AnalyzerFaults.TriggerForgotten) && relation.Triggers.Any(trigger => trigger.MayChangeRow && (trigger.Events & events) != RowEvents.None);

    private void Merge(int at, int to)
    {
        if (_tokens.Is(at, SqlKeyword.Into))
            at++;
        if (Target(ref at, to) is { } relation)
            Add(TableWrite.AnyRows(relation, RowEvents.Insert | RowEvents.Update | RowEvents.Delete, "MERGE"));
        TargetAlias(ref at, to);
        if (!_tokens.Is(at, SqlKeyword.Using))
        {
            _context.Fail("MERGE is not understood");
            return;
        }

        var source = ++at;
        if (_tokens.Kind(source) is SqlTokenKind.Word or SqlTokenKind.QuotedName)
            Queries.From.NamedTable(source, to);
        Queries.Expressions.ScanMerge(source, to);
    }

    // Cuts RETURNING off and returns where the rest ends.
    private int Returning(int from, int to, bool isOutermost)
    {
        for (var at = from; at < to; at = _tokens.After(at))
        {
            if (!_tokens.Is(at, SqlKeyword.Returning) || _tokens.Kind(at - 1) == SqlTokenKind.Dot || _tokens.Is(at - 1, SqlKeyword.As))
                continue;
            if (!SelectClauses.EndsOperand(_tokens, at - 1) && _tokens.Keyword(at - 1) is not (SqlKeyword.Values or SqlKeyword.Default or SqlKeyword.Nothing))
                _context.Fail("RETURNING stands out of its place");
            Queries.Expressions.Scan(at + 1, to);
            if (isOutermost)
                (HasReturning, Returned) = (true, ReturnedColumn.Read(_tokens, at + 1, to));
            return at;
        }

        return to;
    }
}

/// <summary>A column of the result of RETURNING that is a column of the table. A negative ordinal: found by its name, as <c>*</c> gives all.</summary>
internal sealed record ReturnedColumn(string Column, int Ordinal)
{
    public static ImmutableArray<ReturnedColumn> Read(SqlTokens tokens, int from, int to)
    {
        if (to - from == 1 && tokens.IsOperator(from, "*"))
            return [new ReturnedColumn("*", -1)];
        var columns = ImmutableArray.CreateBuilder<ReturnedColumn>();
        var (start, ordinal) = (from, 0);
        for (var at = from; at <= to; at = at < to ? tokens.After(at) : at + 1)
        {
            if (at < to && tokens.Kind(at) != SqlTokenKind.Comma)
                continue;
            if (tokens.IsOperator(at - 1, "*"))
                return [];
            var isName = tokens.Kind(start) is SqlTokenKind.Word or SqlTokenKind.QuotedName && tokens.Keyword(start) == SqlKeyword.None;
            if (isName && (at - start == 1 || (at - start == 3 && tokens.Is(start + 1, SqlKeyword.As))))
                columns.Add(new ReturnedColumn(tokens.Name(start), ordinal));
            (start, ordinal) = (at + 1, ordinal + 1);
        }

        return columns.ToImmutable();
    }
}
