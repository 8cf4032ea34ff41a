using Larder.SqlAnalysis.Schema;
using Larder.SqlAnalysis.Tokenizer;

namespace Larder.SqlAnalysis.Statements;

/// <summary>TRUNCATE and REFRESH MATERIALIZED VIEW: whole relations change.</summary>
internal sealed class Rewrites(StatementContext context)
{
    private readonly SqlTokens _tokens = context.Tokens;

    public StatementAnalysis Truncate(int at, int to)
    {
        var writes = new WriteParser(context, new QueryParser(context));
        if (_tokens.Is(at, SqlKeyword.Table))
            at++;
        var cascades = _tokens.IsWord(to - 1, "cascade");
        while (at < to && !context.Failed && !_tokens.IsWord(at, "restart") && !_tokens.IsWord(at, "continue") && !_tokens.IsWord(at, "cascade")
            && !_tokens.IsWord(at, "restrict"))
        {
            if (writes.Target(ref at, to) is { } relation)
                Add(relation, cascades);
            if (_tokens.Kind(at) == SqlTokenKind.Comma)
                at++;
        }

        return Finish();
    }

    public StatementAnalysis Refresh(int at)
    {
        var writes = new WriteParser(context, new QueryParser(context));
        if (_tokens.IsWord(at, "concurrently"))
            at++;
        if (writes.Target(ref at, _tokens.Count) is { } relation)
            context.Writes.Add(TableWrite.AnyRows(relation, RowEvents.None, "it is refreshed"));
        return Finish();
    }

    private void Add(TrackedRelation relation, bool cascades)
    {
        if (context.Writes.Exists(write => write.Relation == relation))
            return;
        context.Writes.Add(TableWrite.AnyRows(relation, RowEvents.Truncate, "TRUNCATE"));
        if (!cascades)
            return;
        foreach (var (child, _) in relation.ReferencedBy)
            Add(child, cascades);
    }

    private StatementAnalysis Finish()
    {
        new EffectClosure(context).Complete();
        return OtherStatements.Empty(StatementKind.Write, "it is a Write") with
        {
            Writes = [.. context.Writes],
            WritesAnything = context.NotProved,
            UnknownRelations = [.. context.UnknownRelations],
        };
    }
}
