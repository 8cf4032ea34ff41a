using Larder.SqlAnalysis.Tokenizer;

namespace Larder.SqlAnalysis.Statements;

/// <summary>Statements that neither query nor change rows of a table that they name the usual way: transactions, sessions, schema changes.</summary>
internal static class OtherStatements
{
    /// <summary>Null where the statement is none of these.</summary>
    public static StatementAnalysis? Find(StatementContext context, int from, int to)
    {
        var tokens = context.Tokens;
        var isPostgreSql = context.Dialect == SqlDialect.PostgreSql;
        switch (tokens.Keyword(from))
        {
            case SqlKeyword.Begin or SqlKeyword.Start or SqlKeyword.Commit or SqlKeyword.End or SqlKeyword.Rollback or SqlKeyword.Abort
                or SqlKeyword.Savepoint or SqlKeyword.Release:
            case SqlKeyword.Prepare when tokens.IsWord(from + 1, "transaction"):
                return Transaction(tokens, from, to);
            case SqlKeyword.Set when tokens.IsWord(from + 1, "transaction") || tokens.IsWord(from + 1, "constraints"):
                return OfTransaction(TransactionAction.Set, null);
            case SqlKeyword.Set or SqlKeyword.Reset or SqlKeyword.Discard:
            case SqlKeyword.Pragma when !isPostgreSql:
            case SqlKeyword.Attach or SqlKeyword.Detach when !isPostgreSql:
                return Session(taints: !IsHarmless(tokens, from));
            case SqlKeyword.Show or SqlKeyword.Listen or SqlKeyword.Unlisten or SqlKeyword.Notify or SqlKeyword.Lock or SqlKeyword.Analyze
                or SqlKeyword.Vacuum or SqlKeyword.Checkpoint or SqlKeyword.Reindex or SqlKeyword.Close or SqlKeyword.Deallocate or SqlKeyword.Cluster:
                return Session(taints: false);
            case SqlKeyword.Truncate when isPostgreSql:
                return new Rewrites(context).Truncate(from + 1, to);
            case SqlKeyword.Refresh when isPostgreSql && tokens.Is(from + 1, SqlKeyword.Materialized):
                return new Rewrites(context).Refresh(from + 3);
            case SqlKeyword.Create when IsTemporary(tokens, from):
                return SchemaChange("a temporary object may hide another of its name", taints: true);
            case SqlKeyword.Create or SqlKeyword.Alter or SqlKeyword.Drop or SqlKeyword.Comment or SqlKeyword.Grant or SqlKeyword.Revoke
                or SqlKeyword.Reassign or SqlKeyword.Security or SqlKeyword.Import:
                return SchemaChange("the schema changes", taints: false);
            default:
                return null;
        }
    }

    public static StatementAnalysis Empty(StatementKind kind, string? notCacheable) =>
        new() { Kind = kind, Text = "", ReadTemplate = ReadTemplate.Empty, NotCacheable = notCacheable };

    private static StatementAnalysis Session(bool taints) => Empty(StatementKind.Session, "it is about the session") with { TaintsSession = taints };

    private static StatementAnalysis SchemaChange(string reason, bool taints) =>
        Empty(StatementKind.SchemaChange, reason) with { WritesAnything = reason, TaintsSession = taints };

    private static StatementAnalysis OfTransaction(TransactionAction action, string? name) =>
        Empty(StatementKind.Transaction, "it controls the transaction") with { Transaction = action, TransactionName = name };

    // What changes neither the meaning of names nor that of values.
    private static bool IsHarmless(SqlTokens tokens, int from)
    {
        string[] harmless = ["statement_timeout", "lock_timeout", "application_name", "work_mem", "idle_in_transaction_session_timeout", "synchronous_commit",
            "busy_timeout", "journal_mode", "synchronous", "foreign_keys", "cache_size", "mmap_size", "temp_store", "defer_foreign_keys", "wal_checkpoint", "optimize",
            "schema_version", "user_version", "data_version", "table_info", "table_xinfo", "index_list", "index_xinfo", "foreign_key_list", "integrity_check",
            "foreign_key_check", "wal_autocheckpoint", "query_only"];
        var at = tokens.IsWord(from + 1, "local") || tokens.IsWord(from + 1, "session") ? from + 2 : from + 1;
        return tokens.Kind(at) == SqlTokenKind.Word && harmless.Contains(tokens.Name(at), StringComparer.Ordinal);
    }

    private static bool IsTemporary(SqlTokens tokens, int from)
    {
        var at = from + 1;
        while (tokens.Is(at, SqlKeyword.Or) || tokens.Is(at, SqlKeyword.Replace) || tokens.IsWord(at, "local") || tokens.IsWord(at, "global"))
            at++;
        return tokens.Keyword(at) is SqlKeyword.Temp or SqlKeyword.Temporary;
    }

    private static StatementAnalysis Transaction(SqlTokens tokens, int from, int to)
    {
        var at = from + 1;
        if (tokens.IsWord(at, "transaction") || tokens.IsWord(at, "work"))
            at++;
        var isPrepared = tokens.Is(at, SqlKeyword.Prepared);
        var action = tokens.Keyword(from) switch
        {
            SqlKeyword.Begin or SqlKeyword.Start => TransactionAction.Begin,
            SqlKeyword.Commit or SqlKeyword.End => isPrepared ? TransactionAction.CommitPrepared : TransactionAction.Commit,
            SqlKeyword.Prepare => TransactionAction.Prepare,
            SqlKeyword.Savepoint => TransactionAction.Savepoint,
            SqlKeyword.Release => TransactionAction.Release,
            _ when isPrepared => TransactionAction.RollbackPrepared,
            _ => tokens.IsWord(at, "to") ? TransactionAction.RollbackTo : TransactionAction.Rollback,
        };
        var hasName = action is TransactionAction.Savepoint or TransactionAction.Release or TransactionAction.RollbackTo;
        var analysis = OfTransaction(action, hasName ? tokens.Name(to - 1) : null);

        // What was written before PREPARE TRANSACTION, perhaps by another process, is visible from here on.
        return action == TransactionAction.CommitPrepared ? analysis with { WritesAnything = "a prepared transaction is committed" } : analysis;
    }
}
