using Microsoft.Extensions.Logging;

namespace Larder.Data.Tracking;

/// <summary>What tracked databases log. Event ids 1200 to 1299.</summary>
internal static partial class Log
{
    [LoggerMessage(1200, LogLevel.Information, "The schema of database {Database} has changed; everything that was cached is dropped")]
    public static partial void SchemaChanged(ILogger logger, string database);

    [LoggerMessage(1201, LogLevel.Warning, "It could not be found out whether the schema of database {Database} has changed")]
    public static partial void SchemaNotChecked(ILogger logger, string database, Exception exception);

    [LoggerMessage(1202, LogLevel.Warning, "It is not known whether a transaction on database {Database} was committed; what it wrote is read past the cache until it has ended there")]
    public static partial void OutcomeUnknown(ILogger logger, string database, Exception exception);

    [LoggerMessage(1203, LogLevel.Information, "Every transaction on database {Database} whose outcome was unknown has ended; what they wrote is dropped")]
    public static partial void OutcomesResolved(ILogger logger, string database);

    [LoggerMessage(1204, LogLevel.Warning, "Nothing of database {Database} is cached any more, because a pooled connection was left changed: {Reason}")]
    public static partial void DatabaseTainted(ILogger logger, string database, string reason);

    [LoggerMessage(1205, LogLevel.Debug, "Database {Database}: {Statement} counts as writing everything: {Reason}")]
    public static partial void WritesEverything(ILogger logger, string database, string statement, string reason);
}
