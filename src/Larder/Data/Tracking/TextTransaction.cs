using Larder.SqlAnalysis;
using Larder.SqlAnalysis.Statements;

namespace Larder.Data.Tracking;

/// <summary>Follows the transactions of a connection through the statements that control them.</summary>
internal sealed class TextTransaction(SqlDialect dialect)
{
    // SQLite: the savepoints of a transaction that the first of them began. Releasing that one commits.
    private readonly List<string> _savepoints = [];

    public TransactionState State { get; set; }

    /// <summary>
    /// Whether it is not sure that there is still the same transaction: SQLite may end one on its own when a statement fails, and AND CHAIN begins the next one.
    /// What is written then is published at once and once more at the end.
    /// </summary>
    public bool IsDoubtful { get; set; }

    /// <summary>Follows a statement that was executed.</summary>
    public TransactionEnd Follow(StatementAnalysis statement)
    {
        switch (statement.Transaction)
        {
            case TransactionAction.Begin when State == TransactionState.None:
                State = TransactionState.Text;
                return TransactionEnd.None;
            case TransactionAction.Savepoint when dialect == SqlDialect.Sqlite:
                return Begin(statement.TransactionName ?? "");
            case TransactionAction.RollbackTo when _savepoints.Count > 0 && Find(statement) is >= 0 and var kept:
                _savepoints.RemoveRange(kept + 1, _savepoints.Count - kept - 1);
                return TransactionEnd.None;
            case TransactionAction.Release when _savepoints.Count > 0:
                return Release(statement);
            case TransactionAction.Commit:
                return End(statement, TransactionEnd.Committed);

            // What was prepared is published, as everything, by whoever commits it.
            case TransactionAction.Rollback or TransactionAction.Prepare:
                return End(statement, TransactionEnd.RolledBack);
            default:
                return TransactionEnd.None;
        }
    }

    /// <summary>There is no transaction any more.</summary>
    public void Reset()
    {
        State = TransactionState.None;
        IsDoubtful = false;
        _savepoints.Clear();
    }

    private TransactionEnd Begin(string savepoint)
    {
        if (State == TransactionState.None)
        {
            State = TransactionState.Text;
            _savepoints.Add(savepoint);
        }
        else if (_savepoints.Count > 0)
        {
            _savepoints.Add(savepoint);
        }

        return TransactionEnd.None;
    }

    private TransactionEnd Release(StatementAnalysis statement)
    {
        var released = Math.Max(0, Find(statement));
        _savepoints.RemoveRange(released, _savepoints.Count - released);
        return _savepoints.Count == 0 ? End(statement, TransactionEnd.Committed) : TransactionEnd.None;
    }

    private int Find(StatementAnalysis statement) =>
        _savepoints.FindLastIndex(name => name.Equals(statement.TransactionName, StringComparison.OrdinalIgnoreCase));

    private TransactionEnd End(StatementAnalysis statement, TransactionEnd end)
    {
        Reset();
        if (statement.Text.Contains("chain", StringComparison.OrdinalIgnoreCase))
        {
            State = TransactionState.Text;
            IsDoubtful = true;
        }

        return end;
    }
}
