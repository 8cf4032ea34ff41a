using System.Data.Common;
using Dapper;
using Erp.Database;
using Erp.DemoData;

namespace Erp.Tests.DemoData;

/// <summary>The demonstration data as they stand in the database: consistent, and something for every view to show.</summary>
[Trait("Category", "Slow")]
public sealed class DemoDatabaseTests
{
    private const string Owed = """
        SELECT i.customer_id, i.due_at, i.total - coalesce((SELECT sum(p.amount) FROM payments p WHERE p.invoice_id = i.id), 0) AS owed
        FROM invoices i
        """;

    private static readonly DateTimeOffset StartOfDay = StoredValues.StartOfDay(ErpTestDatabase.DemoDay);

    [Theory, BothDatabases]
    public async Task Rows_OfEveryTable_AreThere(TestDatabaseKind kind)
    {
        await using var connection = await OpenAsync(kind);

        foreach (var table in ErpTables.All)
            Assert.True(await connection.ExecuteScalarAsync<long>($"SELECT count(*) FROM {table.Name}") > 0, table.Name);
        Assert.Equal(DemoNumbers.Products, await connection.ExecuteScalarAsync<long>("SELECT count(*) FROM products"));
        Assert.Equal(DemoNumbers.Customers, await connection.ExecuteScalarAsync<long>("SELECT count(*) FROM customers"));
        Assert.Equal(DemoNumbers.Orders, await connection.ExecuteScalarAsync<long>("SELECT count(*) FROM orders"));
    }

    [Theory]
    [BothDatabases]
    public async Task Figures_ThatMustAgree_Agree(TestDatabaseKind kind)
    {
        await using var connection = await OpenAsync(kind);

        // Each query names the rows that break a rule; there are none.
        string[] rules =
        [
            "SELECT o.id FROM orders o WHERE o.subtotal <> (SELECT sum(line_total) FROM order_items i WHERE i.order_id = o.id)",
            "SELECT o.id FROM orders o WHERE o.total <> o.subtotal - o.discount_amount + o.tax_amount + o.shipping_amount",
            """
            SELECT o.id FROM orders o LEFT JOIN invoices i ON i.order_id = o.id
            WHERE (o.status IN ('processing', 'shipped', 'completed')) <> (i.id IS NOT NULL) OR i.total <> o.total OR i.customer_id <> o.customer_id
            """,
            $"SELECT status FROM ({Owed.Replace("i.customer_id,", "i.status, i.total,", StringComparison.Ordinal)}) AS x WHERE NOT CASE status WHEN 'paid' THEN owed = 0 WHEN 'pending' THEN owed = total ELSE owed > 0 AND owed < total END",
            """
            SELECT o.id FROM orders o LEFT JOIN deliveries d ON d.order_id = o.id
            WHERE coalesce(d.status, 'none') <> CASE o.status WHEN 'completed' THEN 'delivered' WHEN 'shipped' THEN 'in_transit' WHEN 'processing' THEN 'pending' ELSE 'none' END
            """,
            """
            SELECT p.id FROM products p
            WHERE coalesce((SELECT sum(v.quantity_reserved) FROM inventory v WHERE v.product_id = p.id), 0)
               <> coalesce((SELECT sum(i.quantity) FROM order_items i JOIN orders o ON o.id = i.order_id
                            WHERE i.product_id = p.id AND o.status IN ('pending', 'confirmed', 'processing')), 0)
            """,
            "SELECT order_id FROM order_items i JOIN orders o ON o.id = i.order_id WHERE delivered_quantity <> CASE o.status WHEN 'completed' THEN quantity ELSE 0 END",
        ];
        foreach (var rule in rules)
            Assert.Empty(await connection.QueryAsync<object>(rule));
    }

    [Theory, BothDatabases]
    public async Task Today_EverySalesperson_HasOrdersOfEveryStatusAndInvoicesOfEveryStatus(TestDatabaseKind kind)
    {
        await using var connection = await OpenAsync(kind);

        var orders = await connection.QueryAsync<long>(
            "SELECT count(DISTINCT status) FROM orders WHERE ordered_at >= @StartOfDay GROUP BY salesperson_id", new { StartOfDay });
        var invoices = await connection.QueryAsync<long>(
            """
            SELECT count(DISTINCT i.status) FROM invoices i JOIN orders o ON o.id = i.order_id
            WHERE i.issued_at >= @StartOfDay GROUP BY o.salesperson_id
            """,
            new { StartOfDay });

        Assert.Equal(Enumerable.Repeat(6L, DemoNumbers.Salespeople), orders);
        Assert.Equal(DemoNumbers.Salespeople, invoices.Count());
        Assert.All(invoices, count => Assert.InRange(count, 2, 3));
    }

    [Theory, BothDatabases]
    public async Task Customers_OfTheFirstHundred_HaveEveryLevelOfRisk(TestDatabaseKind kind)
    {
        await using var connection = await OpenAsync(kind);

        var rows = await connection.QueryAsync<(long Id, decimal CreditLimit, decimal Owed, decimal Overdue)>(
            $"""
            SELECT c.id, c.credit_limit, coalesce(sum(x.owed), 0) AS owed, coalesce(sum(CASE WHEN x.due_at < @StartOfDay THEN x.owed END), 0) AS overdue
            FROM customers c LEFT JOIN ({Owed}) AS x ON x.customer_id = c.id WHERE c.id <= 100 GROUP BY c.id, c.credit_limit
            """,
            new { StartOfDay });

        var levels = rows.CountBy(row => row switch
        {
            { Overdue: > 0 } => "high",
            _ when row.CreditLimit > 0 && row.Owed / row.CreditLimit > 0.8m => "medium",
            _ when row.CreditLimit > 0 && row.Owed / row.CreditLimit > 0.5m => "low",
            _ => "minimal",
        }).ToDictionary();
        Assert.Equal(["high", "low", "medium", "minimal"], levels.Keys.Order());
    }

    [Theory, BothDatabases]
    public async Task Products_SomeAreOutOfStock_AndSomeInactive(TestDatabaseKind kind)
    {
        await using var connection = await OpenAsync(kind);

        var available = await connection.ExecuteScalarAsync<long>("SELECT sum(quantity_on_hand - quantity_reserved) FROM inventory WHERE product_id = 5");
        var buyable = await connection.ExecuteScalarAsync<long>("SELECT sum(quantity_on_hand - quantity_reserved) FROM inventory WHERE product_id = 1");

        Assert.Equal(0, available);
        Assert.True(buyable > 0);
        Assert.InRange(await connection.ExecuteScalarAsync<long>("SELECT count(*) FROM products WHERE NOT is_active"), 100, 300);
    }

    [Theory, BothDatabases]
    public async Task Insert_WithoutId_GoesOnAfterTheHighest(TestDatabaseKind kind)
    {
        await using var test = await ErpTestDatabase.CreateAsync(kind, TestContent.Demo);

        var (id, number) = await test.Database.WriteAsync(
            async (connection, transaction, cancel) => (
                await connection.ExecuteScalarAsync<long>(
                    """
                    INSERT INTO product_reviews (product_id, customer_name, rating, created_at)
                    VALUES (1, 'New', 5, @StartOfDay) RETURNING id - (SELECT max(r.id) FROM product_reviews r WHERE r.customer_name <> 'New')
                    """,
                    new { StartOfDay }, transaction),
                await NumberSeries.NextAsync(connection, transaction, NumberSeries.Order, cancel)),
            CancellationToken.None);

        Assert.Equal(1, id);
        Assert.Equal(DemoNumbers.Order(DemoNumbers.Orders + 1), number);
    }

    private static async Task<DbConnection> OpenAsync(TestDatabaseKind kind)
    {
        var test = await ErpTestDatabase.SharedAsync(kind, TestContent.Demo);
        return await test.Database.DataSource.OpenConnectionAsync();
    }
}
