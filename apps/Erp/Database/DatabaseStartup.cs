using System.Data;
using System.Data.Common;
using System.Diagnostics;
using Dapper;
using Erp.DemoData;
using Erp.Import;

namespace Erp.Database;

/// <summary>What the start does with a database that is empty.</summary>
/// <param name="ImportFolder">ERP_IMPORT: the folder of canonical CSV files; null or empty: demonstration data are generated.</param>
/// <param name="ImportReport">Where the rejected rows of an import are written.</param>
internal sealed record DatabaseStartupOptions(string? ImportFolder, string ImportReport);

/// <summary>Makes the database ready before the first request: schema, and content if it is empty.</summary>
internal sealed partial class DatabaseStartup(
    ErpDatabase database, DatabaseStartupOptions options, TimeProvider time, ILogger<DatabaseStartup> logger)
{
    private const string HasContent =
        "SELECT CASE WHEN EXISTS (SELECT 1 FROM products) OR EXISTS (SELECT 1 FROM customers) OR EXISTS (SELECT 1 FROM orders) THEN 1 ELSE 0 END";

    /// <exception cref="DatabaseException">The database cannot be used or the import was refused; the ERP must not start.</exception>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var began = Stopwatch.GetTimestamp();
        await new MigrationRunner(database, time, logger).RunAsync(cancellationToken);
        try
        {
            // Before the transaction, so that nobody waits for it when there is nothing to do.
            var isFilled = await database.WriteAsync(IsFilledAsync, cancellationToken) || !await FillAsync(cancellationToken);
            if (isFilled && WantsImport)
                LogImportSkipped(options.ImportFolder!, database.Place);
        }
        catch (DbException exception)
        {
            throw new DatabaseException($"The {database.Place} could not be filled: {DatabaseException.Reason(exception)}", exception);
        }
        LogReady(database.Place, Stopwatch.GetElapsedTime(began).TotalSeconds);
    }

    private bool WantsImport => !string.IsNullOrWhiteSpace(options.ImportFolder);

    // False: another process was quicker.
    private async Task<bool> FillAsync(CancellationToken cancellationToken)
    {
        var demo = WantsImport ? null : DemoDataGenerator.Generate(DateOnly.FromDateTime(time.GetUtcNow().UtcDateTime));
        var isFirst = await database.WriteAsync(
            async (connection, transaction, cancel) =>
            {
                if (await IsFilledAsync(connection, transaction, cancel))
                    return false;
                if (demo is null)
                    await new CsvImport(Path.GetFullPath(options.ImportFolder!), options.ImportReport, logger).RunAsync(connection, transaction, cancel);
                else
                    LogGenerated(await DemoDataLoader.LoadAsync(demo, connection, transaction, cancel), demo.Today);
                return true;
            },
            cancellationToken);
        await using var afterwards = await database.DataSource.OpenConnectionAsync(cancellationToken);
        foreach (var statement in database.Dialect.AfterLoading)
            await afterwards.ExecuteAsync(new CommandDefinition(statement, commandType: CommandType.Text, cancellationToken: cancellationToken));
        return isFirst;
    }

    private async Task<bool> IsFilledAsync(DbConnection connection, DbTransaction transaction, CancellationToken cancellationToken)
    {
        if (database.Dialect.ExclusiveLock is { } exclusive)
            await connection.ExecuteAsync(new CommandDefinition(exclusive, transaction: transaction, cancellationToken: cancellationToken));
        return await connection.ExecuteScalarAsync<long>(
            new CommandDefinition(HasContent, transaction: transaction, cancellationToken: cancellationToken)) == 1;
    }

    [LoggerMessage(111, LogLevel.Information, "Demonstration data: {Rows} rows, five years ending {Today}")]
    private partial void LogGenerated(long rows, DateOnly today);

    [LoggerMessage(112, LogLevel.Warning, "ERP_IMPORT={Folder} is skipped: the {Place} has content already, and an import goes into an empty database only")]
    private partial void LogImportSkipped(string folder, string place);

    [LoggerMessage(113, LogLevel.Information, "{Place} is ready after {Seconds:F2} s")]
    private partial void LogReady(string place, double seconds);
}
