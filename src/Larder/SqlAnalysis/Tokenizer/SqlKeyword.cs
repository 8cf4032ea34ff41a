using System.Collections.Frozen;

namespace Larder.SqlAnalysis.Tokenizer;

/// <summary>The words that the analysis tells apart; every other word is a name to it.</summary>
internal enum SqlKeyword : byte
{
    None,
    Abort, All, Alter, Analyze, And, Any, Array, As, Attach, Begin, Between, By, Call, Case, Cast, Checkpoint, Close, Cluster, Collate, Comment, Commit,
    Conflict, Copy, Create, Cross, Cursor, Deallocate, Declare, Default, Delete, Detach, Discard, Distinct, Do, Drop, Else, End, Escape, Except, Exists,
    Execute, Explain, False, Fetch, Filter, For, From, Full, Glob, Grant, Group, Having, Import, In, Indexed, Inner, Insert, Instead, Intersect, Into,
    Is, IsNull, Join, Lateral, Left, Like, Limit, Listen, Load, Lock, Match, Materialized, Merge, Move, Natural, Not, NotNull, Nothing, Notify, Null,
    Offset, On, Only, Or, Order, Outer, Over, Overriding, Partition, Pragma, Prepare, Prepared, Reassign, Recursive, Refresh, Regexp, Reindex, Release,
    Replace, Reset, Returning, Revoke, Right, Rollback, Row, Rows, Savepoint, Security, Select, Set, Show, SimilarTo, Some, Start, Table, TableSample,
    Temp, Temporary, Then, Trigger, True, Truncate, Union, Unlisten, Update, Using, Vacuum, Values, View, When, Where, Window, With, Within,
}

/// <summary>Finds the keyword of a word, in any case.</summary>
internal static class SqlKeywords
{
    private static readonly FrozenDictionary<string, SqlKeyword>.AlternateLookup<ReadOnlySpan<char>> Words = Enum.GetValues<SqlKeyword>()
        .Where(keyword => keyword != SqlKeyword.None)
        .ToFrozenDictionary(keyword => keyword.ToString(), StringComparer.OrdinalIgnoreCase)
        .GetAlternateLookup<ReadOnlySpan<char>>();

    public static SqlKeyword Find(ReadOnlySpan<char> word) => Words.TryGetValue(word, out var keyword) ? keyword : SqlKeyword.None;
}
