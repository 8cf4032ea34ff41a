using System.Data.Common;
using Erp.Database;

namespace Erp.DemoData;

/// <summary>Puts generated data into an empty database, within the caller's transaction.</summary>
internal static class DemoDataLoader
{
    /// <summary>Returns the number of rows.</summary>
    public static async Task<long> LoadAsync(
        DemoContent content, DbConnection connection, DbTransaction transaction, CancellationToken cancellationToken)
    {
        var loader = BulkLoader.For(connection);
        long rows = 0;
        foreach (var (table, values) in Tables(content))
            rows += await loader.LoadAsync(table, values, cancellationToken);
        await loader.FinishAsync(ErpTables.All, cancellationToken);
        await InvoiceSalespeople.FillInAsync(connection, transaction, cancellationToken);
        await NumberSeries.ContinueAsync(connection, transaction, cancellationToken);
        return rows;
    }

    private static IEnumerable<(TableDefinition Table, IEnumerable<object?[]> Rows)> Tables(DemoContent content) =>
    [
        (ErpTables.Branches, content.Branches),
        (ErpTables.Warehouses, content.Warehouses),
        (ErpTables.Categories, content.Categories),
        (ErpTables.Products, content.Products.Select(row => row.Values())),
        (ErpTables.Inventory, content.Inventory.Select(row => row.Values())),
        (ErpTables.InventoryMovements, content.InventoryMovements),
        (ErpTables.Pricelists, content.Pricelists),
        (ErpTables.ProductPrices, content.ProductPrices),
        (ErpTables.ProductImages, content.ProductImages),
        (ErpTables.Salespeople, content.Salespeople),
        (ErpTables.Customers, content.Customers.Select((row, i) => row.Values(content.CreditLimits[i]))),
        (ErpTables.CustomerAddresses, content.CustomerAddresses),
        (ErpTables.ProductReviews, content.ProductReviews),
        (ErpTables.Orders, content.Orders.Select(row => row.Values())),
        (ErpTables.OrderItems, content.OrderItems.Select(row => row.Values())),
        (ErpTables.Invoices, content.Invoices.Select(row => row.Values())),
        (ErpTables.Payments, content.Payments.Select(row => row.Values())),
        (ErpTables.Deliveries, content.Deliveries.Select(row => row.Values())),
        (ErpTables.Promotions, content.Promotions),
        (ErpTables.CartItems, content.CartItems),
    ];
}
