using System.Data.Common;

namespace Erp.Database;

/// <summary>A fault of the database's configuration or content that stops the start. The message is shown to people and holds no secrets.</summary>
internal sealed class DatabaseException : Exception
{
    public DatabaseException(string message) : base(message) { }

    public DatabaseException(string message, Exception inner) : base(message, inner) { }

    /// <summary>What the database said, in one sentence.</summary>
    public static string Reason(DbException exception) =>
        exception is Npgsql.PostgresException postgres ? postgres.MessageText : exception.Message;
}
