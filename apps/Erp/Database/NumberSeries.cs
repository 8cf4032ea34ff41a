using System.Data.Common;
using System.Globalization;
using Dapper;

namespace Erp.Database;

/// <summary>The running numbers of orders, invoices and receipts.</summary>
internal static class NumberSeries
{
    public const string Order = "order";
    public const string Invoice = "invoice";
    public const string Receipt = "receipt";

    private static readonly (string Series, string Table, string Column)[] Uses =
    [
        (Order, "orders", "order_number"), (Invoice, "invoices", "invoice_number"), (Receipt, "payments", "receipt_number"),
    ];

    /// <summary>Takes the next number. Whoever else wants one of this series waits until the transaction ends; rolled back, the number is free again.</summary>
    public static async Task<string> NextAsync(
        DbConnection connection, DbTransaction transaction, string series, CancellationToken cancellationToken) =>
        await connection.QuerySingleAsync<string>(new CommandDefinition(
            "UPDATE number_series SET next_value = next_value + 1 WHERE name = @series RETURNING prefix || (next_value - 1)",
            new { series }, transaction, cancellationToken: cancellationToken));

    /// <summary>Moves every series behind the numbers that were loaded. Numbers of another form than prefix and digits cannot collide and do not count.</summary>
    public static async Task ContinueAsync(DbConnection connection, DbTransaction transaction, CancellationToken cancellationToken)
    {
        foreach (var (series, table, column) in Uses)
        {
            var prefix = await connection.QuerySingleAsync<string>(new CommandDefinition(
                "SELECT prefix FROM number_series WHERE name = @series", new { series }, transaction, cancellationToken: cancellationToken));
            var numbers = await connection.QueryAsync<string>(new CommandDefinition(
                $"SELECT {column} FROM {table}", transaction: transaction, cancellationToken: cancellationToken));
            var last = numbers.Select(number => Running(number, prefix)).DefaultIfEmpty(0).Max();
            await connection.ExecuteAsync(new CommandDefinition(
                "UPDATE number_series SET next_value = @next WHERE name = @series",
                new { next = last + 1, series }, transaction, cancellationToken: cancellationToken));
        }
    }

    private static long Running(string number, string prefix) =>
        number.StartsWith(prefix, StringComparison.Ordinal)
        && long.TryParse(number.AsSpan(prefix.Length), NumberStyles.None, CultureInfo.InvariantCulture, out var running)
        && running < long.MaxValue
            ? running
            : 0;
}
