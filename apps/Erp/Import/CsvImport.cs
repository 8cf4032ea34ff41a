using System.Data.Common;
using System.Diagnostics;
using Dapper;
using Erp.Database;

namespace Erp.Import;

/// <summary>Imports a folder of canonical CSV files into an empty database, all or nothing.</summary>
internal sealed partial class CsvImport(string folder, string reportPath, ILogger logger)
{
    private static readonly TableDefinition[] Indispensable =
        [ErpTables.Products, ErpTables.Customers, ErpTables.Orders, ErpTables.OrderItems];

    /// <summary>Loads within the caller's transaction and returns the number of rows.</summary>
    /// <exception cref="DatabaseException">The folder lacks a file that must be there, or a row was rejected: the message says which and why, and the caller rolls back.</exception>
    public async Task<long> RunAsync(DbConnection connection, DbTransaction transaction, CancellationToken cancellationToken)
    {
        CheckFolder();
        var began = Stopwatch.GetTimestamp();
        var loader = BulkLoader.For(connection);
        if (SqlDialect.Of(connection).DeferReferences is { } defer)
            await connection.ExecuteAsync(new CommandDefinition(defer, transaction: transaction, cancellationToken: cancellationToken));
        await using var report = new ImportReport(reportPath);
        var known = new KnownRows();
        var totals = new Totals();
        long rows = 0;
        foreach (var table in ErpTables.Canonical)
        {
            rows += await LoadAsync(table, loader, known, totals, report, cancellationToken);
            if (table == ErpTables.OrderItems)
            {
                // With lines rejected the sums cannot be right.
                foreach (var (line, reason) in report.Rejected == 0 ? totals.WrongOrders() : [])
                    await report.RejectAsync("orders.csv", line, [("subtotal", reason)]);
            }
        }
        if (report.Rejected > 0)
            throw new DatabaseException($"Import of {folder}: {report.Summary()}");
        await loader.FinishAsync(ErpTables.Canonical, cancellationToken);
        await InvoiceSalespeople.FillInAsync(connection, transaction, cancellationToken);
        await NumberSeries.ContinueAsync(connection, transaction, cancellationToken);
        LogDone(folder, rows, Stopwatch.GetElapsedTime(began).TotalSeconds);
        return rows;
    }

    private async Task<long> LoadAsync(
        TableDefinition table, BulkLoader loader, KnownRows known, Totals totals, ImportReport report, CancellationToken cancellationToken)
    {
        var name = $"{table.Name}.csv";
        var path = Path.Combine(folder, name);
        if (!File.Exists(path))
        {
            LogMissing(name);
            return 0;
        }
        using var file = CsvFile.Open(path);
        var rows = new TableImport(table, file, known, totals, report).ReadAsync(cancellationToken);
        var loaded = await loader.LoadAsync(table, rows, cancellationToken);
        var (read, rejected) = report.CountsOf(name);
        LogFile(name, read, rejected);
        return loaded;
    }

    private void CheckFolder()
    {
        if (!Directory.Exists(folder))
            throw new DatabaseException($"ERP_IMPORT names the folder {folder}, which is not there.");
        var missing = Indispensable.Select(table => $"{table.Name}.csv").Where(name => !File.Exists(Path.Combine(folder, name))).ToList();
        if (missing.Count > 0)
            throw new DatabaseException($"ERP_IMPORT names the folder {folder}, which lacks {string.Join(", ", missing)}. Nothing was imported.");
        foreach (var name in Directory.EnumerateFiles(folder, "*.csv").Select(path => Path.GetFileName(path)!))
        {
            if (ErpTables.Canonical.All(table => name != $"{table.Name}.csv"))
                LogUnknown(name);
        }
    }

    [LoggerMessage(121, LogLevel.Information, "Import: {File}, {Rows} rows, {Rejected} rejected")]
    private partial void LogFile(string file, long rows, long rejected);

    [LoggerMessage(122, LogLevel.Warning, "Import: {File} is not in the folder, its table stays empty")]
    private partial void LogMissing(string file);

    [LoggerMessage(123, LogLevel.Warning, "Import: {File} is not a file of the format and is not read")]
    private partial void LogUnknown(string file);

    [LoggerMessage(124, LogLevel.Information, "Import: {Folder} done, {Rows} rows in {Seconds:F1} s")]
    private partial void LogDone(string folder, long rows, double seconds);
}
