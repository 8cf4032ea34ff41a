using System.Data.Common;
using Dapper;

namespace Erp.Database;

/// <summary>Brings a database to the schema of this program, each step in a transaction of its own; two processes at once take turns.</summary>
internal sealed partial class MigrationRunner(ErpDatabase database, TimeProvider time, ILogger logger)
{
    private const string History = "schema_migrations";
    private const string CreateHistory =
        "CREATE TABLE IF NOT EXISTS schema_migrations (version {int} NOT NULL PRIMARY KEY, name {text} NOT NULL, applied_at {time} NOT NULL)";

    public Task RunAsync(CancellationToken cancellationToken) => RunAsync(Migration.Embedded(), cancellationToken);

    /// <exception cref="DatabaseException">The database cannot be reached, is newer than this program, or a step failed; nothing of that step stays.</exception>
    internal async Task RunAsync(IReadOnlyList<Migration> migrations, CancellationToken cancellationToken)
    {
        try
        {
            var applied = await database.WriteAsync(ReadHistoryAsync, cancellationToken);
            if (applied > migrations.Count)
                throw new DatabaseException(
                    $"The {database.Place} has schema version {applied}, this program knows versions up to {migrations.Count}. "
                    + "It was written by a newer program: start that one, or give this one another database.");
            foreach (var migration in migrations.Skip(applied))
                await ApplyAsync(migration, cancellationToken);
        }
        catch (DbException exception)
        {
            throw new DatabaseException($"The {database.Place} cannot be used: {DatabaseException.Reason(exception)}", exception);
        }
    }

    private async Task ApplyAsync(Migration migration, CancellationToken cancellationToken)
    {
        try
        {
            var isNew = await database.WriteAsync(
                async (connection, transaction, cancel) =>
                {
                    // Another process may have been quicker between the first look and the lock.
                    if (await ReadHistoryAsync(connection, transaction, cancel) >= migration.Version)
                        return false;
                    await ExecuteAsync(connection, transaction, database.Dialect.Fill(migration.Text), cancel);
                    await connection.ExecuteAsync(new CommandDefinition(
                        "INSERT INTO schema_migrations (version, name, applied_at) VALUES (@Version, @Name, @AppliedAt)",
                        new { migration.Version, migration.Name, AppliedAt = time.GetUtcNow() }, transaction, cancellationToken: cancel));
                    return true;
                },
                cancellationToken);
            if (isNew)
                LogApplied(migration.Name);
        }
        catch (DbException exception)
        {
            throw new DatabaseException($"Migration {migration.Name} failed on the {database.Place}: {DatabaseException.Reason(exception)}", exception);
        }
    }

    private async Task<int> ReadHistoryAsync(DbConnection connection, DbTransaction transaction, CancellationToken cancellationToken)
    {
        if (database.Dialect.ExclusiveLock is { } exclusive)
            await ExecuteAsync(connection, transaction, exclusive, cancellationToken);

        // A statement that may change the schema drops all that is cached, on every node; one that starts without its log could then cache nothing until that is back.
        if (await connection.ExecuteScalarAsync<long>(new CommandDefinition(database.Dialect.CountTables, new { name = History }, transaction, cancellationToken: cancellationToken)) == 0)
            await ExecuteAsync(connection, transaction, database.Dialect.Fill(CreateHistory), cancellationToken);
        return await connection.ExecuteScalarAsync<int>(new CommandDefinition(
            "SELECT coalesce(max(version), 0) FROM schema_migrations", transaction: transaction, cancellationToken: cancellationToken));
    }

    private static Task<int> ExecuteAsync(DbConnection connection, DbTransaction transaction, string sql, CancellationToken cancellationToken) =>
        connection.ExecuteAsync(new CommandDefinition(sql, transaction: transaction, cancellationToken: cancellationToken));

    [LoggerMessage(101, LogLevel.Information, "Schema: {Migration} applied")]
    private partial void LogApplied(string migration);
}
