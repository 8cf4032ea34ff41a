using System.Data.Common;
using Dapper;

namespace Erp.Database;

/// <summary>Whose sale an invoice is, which rows that are loaded in bulk do not say.</summary>
internal static class InvoiceSalespeople
{
    /// <summary>Takes them from the orders, once both are loaded.</summary>
    public static Task FillInAsync(DbConnection connection, DbTransaction transaction, CancellationToken cancellationToken) => connection.ExecuteAsync(new CommandDefinition(
        "UPDATE invoices SET salesperson_id = (SELECT o.salesperson_id FROM orders o WHERE o.id = invoices.order_id) WHERE salesperson_id IS NULL",
        transaction: transaction,
        cancellationToken: cancellationToken));
}
