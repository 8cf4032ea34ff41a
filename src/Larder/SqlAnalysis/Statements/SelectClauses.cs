using System.Runtime.InteropServices;
using Larder.SqlAnalysis.Tokenizer;

namespace Larder.SqlAnalysis.Statements;

/// <summary>A clause: where its keyword stands, and its tokens. Without one, both lie where it would have stood.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct Clause(int At, int Begin, int End)
{
    public (int From, int To) Range => (Begin, End);

    public bool IsWritten => At < Begin;
}

/// <summary>Where the clauses of one SELECT begin and end.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct SelectClauses(Clause From, Clause Where, Clause Group, Clause Having, Clause Order, Clause Limit)
{
    private const int AfterFrom = 1;
    private const int AfterWhere = 2;
    private const int AfterGroup = 3;
    private const int AfterHaving = 4;
    private const int AfterOrder = 6;
    private const int Last = 7;

    /// <summary>
    /// Finds the clauses after SELECT. They must come in the order of the grammar: a keyword out of order may be a name that the database allows there, and
    /// then nothing is sure.
    /// </summary>
    public static SelectClauses Find(StatementContext context, int from, int to)
    {
        var tokens = context.Tokens;
        var stage = 0;
        var starts = new int[Last + 2];
        Array.Fill(starts, -1);
        for (var at = from; at < to; at = tokens.After(at))
        {
            var next = StageOf(tokens, at);
            if (next == 0)
                continue;
            if (tokens.Is(at, SqlKeyword.Into))
            {
                context.Fail("SELECT INTO makes a table");
                return default;
            }

            var isInOrder = next > stage || (next == Last && stage == Last);
            if (!isInOrder || (stage < Last && at > from && !EndsOperand(tokens, at - 1)))
            {
                context.Fail($"{tokens.Keyword(at)} stands out of its place");
                return default;
            }

            stage = next;
            if (starts[next] < 0)
                starts[next] = at;
        }

        return new SelectClauses(
            ClauseAt(starts, AfterFrom, to),
            ClauseAt(starts, AfterWhere, to),
            ClauseAt(starts, AfterGroup, to),
            ClauseAt(starts, AfterHaving, to),
            ClauseAt(starts, AfterOrder, to),
            ClauseAt(starts, Last, to));
    }

    private static Clause ClauseAt(int[] starts, int stage, int to)
    {
        var end = to;
        for (var later = Last; later > stage; later--)
        {
            if (starts[later] >= 0)
                end = starts[later];
        }

        return starts[stage] < 0 ? new Clause(end, end, end) : new Clause(starts[stage], starts[stage] + 1, end);
    }

    private static int StageOf(SqlTokens tokens, int at)
    {
        if (tokens.Kind(at - 1) == SqlTokenKind.Dot || tokens.Is(at - 1, SqlKeyword.As))
            return 0;
        switch (tokens.Keyword(at))
        {
            case SqlKeyword.From:
                var isDistinctFrom = tokens.Is(at - 1, SqlKeyword.Distinct) && tokens.Keyword(at - 2) is SqlKeyword.Is or SqlKeyword.Not;
                return isDistinctFrom ? 0 : AfterFrom;
            case SqlKeyword.Where:
                return AfterWhere;
            case SqlKeyword.Group:
                return tokens.Is(at - 1, SqlKeyword.Within) ? 0 : AfterGroup;
            case SqlKeyword.Having:
                return AfterHaving;
            case SqlKeyword.Window:
                return 5;
            case SqlKeyword.Order:
                return AfterOrder;
            case SqlKeyword.Limit or SqlKeyword.Offset or SqlKeyword.Fetch or SqlKeyword.For:
                return Last;
            case SqlKeyword.Into:
                return 1;
            default:
                return 0;
        }
    }

    /// <summary>Whether an expression may end with this token: after anything else, a clause's keyword is somebody's name.</summary>
    public static bool EndsOperand(SqlTokens tokens, int at) => tokens.Kind(at) switch
    {
        SqlTokenKind.Operator => tokens.IsOperator(at, "*"),
        SqlTokenKind.Comma or SqlTokenKind.Dot or SqlTokenKind.Open or SqlTokenKind.Unknown => false,
        SqlTokenKind.Word => tokens.Kind(at - 1) == SqlTokenKind.Dot || tokens.Is(at - 1, SqlKeyword.As) || tokens.Keyword(at) is SqlKeyword.None
            or SqlKeyword.Null or SqlKeyword.True or SqlKeyword.False or SqlKeyword.End or SqlKeyword.IsNull or SqlKeyword.NotNull,
        _ => true,
    };
}
