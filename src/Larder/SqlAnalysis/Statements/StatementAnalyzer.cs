using System.Collections.Immutable;
using Larder.SqlAnalysis.Schema;
using Larder.SqlAnalysis.Tokenizer;

namespace Larder.SqlAnalysis.Statements;

/// <summary>Analyses one statement of a text.</summary>
internal sealed class StatementAnalyzer
{
    private readonly StatementContext _context;
    private readonly SqlTokens _tokens;
    private readonly QueryParser _queries;
    private readonly WriteParser _writes;
    private readonly int _from;
    private readonly int _to;

    private StatementAnalyzer(SqlTokens tokens, int from, int to, SchemaModel schema, AnalyzerFaults faults)
    {
        _context = new StatementContext(tokens, schema, faults);
        (_tokens, _from, _to) = (tokens, from, to);
        _queries = new QueryParser(_context);
        _writes = new WriteParser(_context, _queries);
    }

    public static StatementAnalysis Analyze(SqlTokens tokens, int from, int to, SchemaModel schema, AnalyzerFaults faults) =>
        new StatementAnalyzer(tokens, from, to, schema, faults).Analyze();

    /// <summary>The relations that a statement itself changes, for the body of a trigger; null where that is not known.</summary>
    public static IReadOnlyList<TableWrite>? DirectWrites(SqlTokens tokens, int from, int to, SchemaModel schema, AnalyzerFaults faults)
    {
        var analyzer = new StatementAnalyzer(tokens, from, to, schema, faults);
        analyzer.Parse();
        return analyzer._context.NotProved is null ? analyzer._context.Writes : null;
    }

    private StatementAnalysis Analyze()
    {
        var other = OtherStatements.Find(_context, _from, _to);
        if (other is not null)
            return other with { Text = _tokens.Written(_from, _to) };
        Parse();
        new EffectClosure(_context).Complete();

        var reads = Judge();
        if (_context.Has(AnalyzerFaults.ParentItselfForgotten))
            reads = reads.RemoveAll(read => reads.Any(child => child.Pin?.Column.Path?.Parent == read.Relation));
        if (_context.Has(AnalyzerFaults.LookupSourceForgotten))
        {
            reads = reads.RemoveAll(read => reads.Any(other => other.Lookup is not null && other.Relation != read.Relation
                && other.Lookup.Values.Contains(read.Relation.Definition.Name, StringComparison.Ordinal)));
        }

        var isWrite = _context.Writes.Count > 0 || _context.NotProved is not null;
        var analysis = new StatementAnalysis
        {
            Kind = _context.NotProved is not null && _context.Writes.Count == 0 ? StatementKind.Unknown : !isWrite ? StatementKind.Read
                : _writes.HasReturning || IsQuery ? StatementKind.ReadWrite : StatementKind.Write,
            Text = _tokens.Written(_from, _to),
            Reads = reads,
            Writes = [.. _context.Writes],
            NotCacheable = _context.NotCacheable,
            WritesAnything = _context.NotProved,
            UnknownRelations = [.. _context.UnknownRelations],
            Target = _writes.Outermost,
            Capture = _context.NotProved is null ? _writes.Capture : null,
            HasReturning = _writes.HasReturning,
            Returned = _writes.Returned,
            ReadTemplate = new ReadTemplate(reads),
        };
        return WithReturning(analysis);
    }

    private bool IsQuery => _tokens.Keyword(_from) is SqlKeyword.Select or SqlKeyword.With or SqlKeyword.Values or SqlKeyword.Table;

    private void Parse()
    {
        var from = _from;
        while (_tokens.Kind(from) == SqlTokenKind.Open && from < _to)
            from++;
        if (from > _from && _queries.Expressions.StartsQuery(from))
        {
            _queries.Query(_from, _to);
            return;
        }

        switch (_tokens.Keyword(_from))
        {
            case SqlKeyword.With:
                var start = _queries.CommonTables(_from + 1, _to);
                if (!_context.Failed)
                    AfterWith(start);
                break;
            case SqlKeyword.Select or SqlKeyword.Values:
            case SqlKeyword.Table when _context.Dialect == SqlDialect.PostgreSql:
                _queries.Query(_from, _to);
                break;
            case SqlKeyword.Insert or SqlKeyword.Replace or SqlKeyword.Update or SqlKeyword.Delete or SqlKeyword.Merge:
                _writes.Write(_from, _to, isOutermost: true);
                break;
            case SqlKeyword.Explain:
                Explain();
                break;
            case SqlKeyword.Copy:
                Copy(_from + 1);
                break;
            default:
                _context.Fail($"{_tokens.Written(_from, Math.Min(_from + 1, _to))} is not a statement that is understood");
                break;
        }
    }

    private void AfterWith(int start)
    {
        if (_tokens.Keyword(start) is SqlKeyword.Insert or SqlKeyword.Replace or SqlKeyword.Update or SqlKeyword.Delete or SqlKeyword.Merge)
            _writes.Write(start, _to, isOutermost: true);
        else
            _queries.Query(start, _to);
    }

    // EXPLAIN ANALYZE runs the statement.
    private void Explain()
    {
        _context.DoNotCache("it explains a statement");
        var at = _from + 1;
        while (at < _to && !_queries.Expressions.StartsQuery(at)
            && _tokens.Keyword(at) is not (SqlKeyword.Insert or SqlKeyword.Replace or SqlKeyword.Update or SqlKeyword.Delete or SqlKeyword.Merge))
            at = _tokens.After(at);
        if (at >= _to)
            _context.Fail("EXPLAIN is not understood");
        else if (_queries.Expressions.StartsQuery(at))
            _queries.Query(at, _to);
        else
            _writes.Write(at, _to, isOutermost: false);
    }

    private void Copy(int at)
    {
        _context.DoNotCache("COPY streams");
        if (_tokens.Kind(at) == SqlTokenKind.Open)
        {
            _queries.Query(at + 1, _tokens.Match(at));
            return;
        }

        var relation = _writes.Target(ref at, _to);
        if (at < _to && _tokens.Kind(at) == SqlTokenKind.Open)
            at = _tokens.After(at);
        if (_tokens.IsWord(at, "to") || relation is null)
            return;
        _writes.Add(TableWrite.AnyRows(relation, RowEvents.Insert, "COPY"));
    }

    // Only what is cached is worth a probe and facets, and only so many are.
    private ImmutableArray<TableRead> Judge()
    {
        var finder = new LookupFinder(_context, new PinResolver(_context), _context.Blocks.GetValueOrDefault(_from) is { Outer: null } block && block.Written == (_from, _to) ? block : null);
        var mayLookUp = _context.NotCacheable is null && _context.NotProved is null && _context.Writes.Count == 0;
        if (mayLookUp)
            finder.Settle(_context.Reads);
        var uses = mayLookUp ? new ColumnUses(_context, _from, _to) : null;
        var probes = new HashSet<string>(StringComparer.Ordinal);
        var reads = ImmutableArray.CreateBuilder<TableRead>(_context.Reads.Count);
        foreach (var item in _context.Reads)
        {
            var read = Judge(item, finder.BestPin(item)) with { Facets = uses?.Of(item) ?? default };
            var lookup = finder.Find(item);
            if (lookup is { Told: null } && !probes.Contains(lookup.Probe.Text) && probes.Count == Lookup.MaxProbes)
                lookup = null;
            if (lookup is { Told: null })
                probes.Add(lookup.Probe.Text);
            reads.Add(lookup is null ? read : read with
            {
                Level = lookup.Column.IsUnique ? ReadLevel.Row : ReadLevel.Column,
                Lookup = lookup,
                Because = lookup.Because,
            });
        }

        return reads.ToImmutable();
    }

    private static TableRead Judge(TableItem item, Pin? best)
    {
        var relation = item.Relation!;
        if (best is null)
            return new TableRead(relation, item.Alias, ReadLevel.Table, null, "no condition is exactly a key column compared with values");
        return new TableRead(relation, item.Alias, best.Column.IsUnique ? ReadLevel.Row : ReadLevel.Column, best, $"{best.Column.Name} is pinned by {best.Because}");
    }

    // RETURNING knows the keys that were made up, and of the columns that are not assigned also what the rows had before.
    private StatementAnalysis WithReturning(StatementAnalysis analysis)
    {
        if (analysis.HasReturning || analysis.WritesAnything is not null || analysis.Target is not { IsAnyRow: false } write)
            return analysis;
        ImmutableArray<TrackedColumn> columns = [.. write.Columns.Where(column => !column.IsNewKnown || (!column.IsOldKnown && column.IsKept)).Select(column => column.Column)];
        if (columns.IsEmpty)
            return analysis;
        var alias = _context.Dialect == SqlDialect.PostgreSql ? CaptureQuery.Quote(_writes.TargetName) + "." : "";
        return analysis with
        {
            ReturningColumns = columns,
            ReturningSuffix = " RETURNING " + string.Join(", ", columns.Select(column => alias + CaptureQuery.Quote(column.Name))),
        };
    }
}
