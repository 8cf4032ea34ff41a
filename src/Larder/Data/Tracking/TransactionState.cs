namespace Larder.Data.Tracking;

/// <summary>What transaction a connection is in.</summary>
internal enum TransactionState
{
    /// <summary>None: each statement, or each text, commits by itself.</summary>
    None,

    /// <summary>One that was begun through <see cref="System.Data.Common.DbConnection.BeginTransaction()"/>.</summary>
    Explicit,

    /// <summary>One that was begun by a statement.</summary>
    Text,

    /// <summary>One of System.Transactions.</summary>
    System,
}

/// <summary>What a statement did to the transaction.</summary>
internal enum TransactionEnd
{
    None,
    Committed,
    RolledBack,
}
