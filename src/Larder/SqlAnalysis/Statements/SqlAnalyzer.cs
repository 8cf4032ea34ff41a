using System.Collections.Immutable;
using Larder.SqlAnalysis.Schema;
using Larder.SqlAnalysis.Tokenizer;

namespace Larder.SqlAnalysis.Statements;

/// <summary>Analyses texts against one schema: each distinct text once, after which an execution only binds its values. Never throws for a text.</summary>
internal sealed class SqlAnalyzer
{
    /// <summary>How many texts are kept. An application has hundreds; texts with values written into them must not fill the memory.</summary>
    public const int Capacity = 4096;

    private const int LongestKeptText = 16 * 1024;

    private readonly AnalysisCache _cache = new(Capacity);
    private readonly AnalyzerFaults _faults;

    public SqlAnalyzer(SchemaModel schema)
        : this(schema, AnalyzerFaults.None)
    {
    }

    internal SqlAnalyzer(SchemaModel schema, AnalyzerFaults faults)
    {
        Schema = schema;
        _faults = faults;
    }

    public SchemaModel Schema { get; }

    /// <summary>Lets a defect of the analysis show; only tests want that. Without it, the text counts as not understood.</summary>
    internal bool ShowsDefects { get; init; }

    /// <summary>What is known of a text.</summary>
    public AnalyzedText Analyze(string text)
    {
        if (_cache.TryGet(text, out var known))
            return known;
        var analysis = new AnalyzedText(text, AnalyzeNew(text));
        if (text.Length <= LongestKeptText)
            _cache.Add(text, analysis);
        return analysis;
    }

    private ImmutableArray<StatementAnalysis> AnalyzeNew(string text)
    {
        try
        {
            var tokens = SqlTokens.Read(text, Schema.Dialect);
            return tokens.IsBalanced && !text.Contains('\0') ? Analyze(tokens) : [NotUnderstood(text)];
        }
        catch (Exception) when (!ShowsDefects)
        {
            return [NotUnderstood(text)];
        }
    }

    private static StatementAnalysis NotUnderstood(string text)
    {
        const string Reason = "the text is not understood";
        return OtherStatements.Empty(StatementKind.Unknown, Reason) with { Text = text, WritesAnything = Reason };
    }

    private ImmutableArray<StatementAnalysis> Analyze(SqlTokens tokens)
    {
        var statements = ImmutableArray.CreateBuilder<StatementAnalysis>();
        var start = 0;
        while (start < tokens.Count)
        {
            var end = EndOfStatement(tokens, start);
            if (end > start)
                statements.Add(StatementAnalyzer.Analyze(tokens, start, end, Schema, _faults));
            start = end + 1;
        }

        return statements.ToImmutable();
    }

    // The statements of a trigger's body end with semicolons of their own; the trigger ends with END after one of them.
    private static int EndOfStatement(SqlTokens tokens, int start)
    {
        var isTrigger = tokens.Dialect == SqlDialect.Sqlite && tokens.Is(start, SqlKeyword.Create)
            && (tokens.Is(start + 1, SqlKeyword.Trigger) || (tokens.Keyword(start + 1) is SqlKeyword.Temp or SqlKeyword.Temporary && tokens.Is(start + 2, SqlKeyword.Trigger)));
        for (var at = start; at < tokens.Count; at = tokens.After(at))
        {
            if (tokens.Kind(at) == SqlTokenKind.Semicolon && (!isTrigger || (tokens.Is(at - 1, SqlKeyword.End) && tokens.Kind(at - 2) == SqlTokenKind.Semicolon)))
                return at;
        }

        return tokens.Count;
    }
}
