using System.Data.Common;

namespace Larder.Data;

/// <summary>How a <see cref="SqlDatabase"/> stores and binds values, and how it is interrupted.</summary>
public sealed record SqlDatabaseOptions
{
    /// <summary>
    /// What an integer column is divided by when it is read into a <see cref="decimal"/>: databases without an exact decimal type
    /// keep money as a scaled integer. Default 1; must be positive.
    /// </summary>
    public decimal IntegerDecimalScale { get; init; } = 1;

    /// <summary>Turns a parameter's CLR value, never null, into what the provider binds. Default: bound as it is.</summary>
    public Func<object, object> ConvertParameter { get; init; } = static value => value;

    /// <summary>
    /// Stops the statement that runs on a connection, called from another thread, for providers whose commands do not observe a
    /// cancellation token while they run. Default null: the provider observes it.
    /// </summary>
    public Action<DbConnection>? Interrupt { get; init; }

    /// <summary>
    /// Whether statements are sent with <c>$1</c>, <c>$2</c> for their <c>@name</c> parameters, which saves a provider that knows only
    /// these (Npgsql) reading every text anew at each execution. Default false.
    /// </summary>
    public bool UsesPositionalParameters { get; init; }

    /// <summary>
    /// How many idle connections stay open with their prepared statements, for providers that compile a statement with every command
    /// (SQLite). Default 0, not negative: each load opens a connection and gives it back to its provider's pool.
    /// </summary>
    public int KeptConnections { get; init; }

    /// <summary>How many prepared statements each kept connection has at most. Default 100; must be positive.</summary>
    public int KeptStatements { get; init; } = 100;

    /// <summary>
    /// The statement that opens a read-only snapshot in which all later reads of the transaction see one state of the data.
    /// Default: <c>BEGIN TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY</c> (PostgreSQL). SQLite: <c>BEGIN</c>.
    /// </summary>
    public string BeginSnapshot { get; init; } = "BEGIN TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY";

    /// <summary>
    /// What stands before a statement to be told its plan without running it. Default: <c>EXPLAIN</c> (PostgreSQL). SQLite:
    /// <c>EXPLAIN QUERY PLAN</c>.
    /// </summary>
    public string Explain { get; init; } = "EXPLAIN";
}
