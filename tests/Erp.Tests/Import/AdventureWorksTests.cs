using System.Data.Common;
using System.Text.Json;
using Dapper;

namespace Erp.Tests.Import;

/// <summary>The plain figures of facts.json after the import of the real files, on both databases.</summary>
[Trait("Category", "Slow")]
public sealed class AdventureWorksTests
{
    private static readonly DateTimeOffset StartOfDay = new(ErpTestDatabase.AdventureWorksDay, TimeOnly.MinValue, TimeSpan.Zero);

    private static readonly Lazy<JsonElement> LoadedFacts = new(() =>
    {
        using var document = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(TestServices.AdventureWorks(), "facts.json")));
        return document.RootElement.Clone();
    });

    [Theory, BothDatabases]
    public async Task Import_RealFiles_LoadsEveryRow(TestDatabaseKind kind)
    {
        await using var connection = await OpenAsync(kind);
        (string Table, int Rows)[] expected =
        [
            ("branches", 10), ("warehouses", 14), ("categories", 41), ("products", 504), ("inventory", 1069), ("pricelists", 17),
            ("product_prices", 851), ("product_images", 158), ("product_reviews", 4), ("salespeople", 17), ("customers", 19820),
            ("customer_addresses", 19866), ("orders", 25397), ("order_items", 57039), ("invoices", 25070), ("payments", 25147),
            ("deliveries", 24876), ("promotions", 15),
        ];

        foreach (var (table, rows) in expected)
            Assert.Equal((table, rows), (table, await connection.ExecuteScalarAsync<int>($"SELECT count(*) FROM {table}")));
    }

    [Theory, BothDatabases]
    public async Task Totals_OfOrdersPaymentsAndBranches_AreTheFacts(TestDatabaseKind kind)
    {
        await using var connection = await OpenAsync(kind);

        Assert.Equal(Money("orders_total_all"), await connection.ExecuteScalarAsync<decimal>("SELECT sum(total) FROM orders"));
        Assert.Equal(Money("receivables", "paid_total"), await connection.ExecuteScalarAsync<decimal>("SELECT sum(amount) FROM payments"));
        var branches = await connection.QueryAsync<(long, decimal)>(
            "SELECT branch_id, sum(total) AS total FROM orders GROUP BY branch_id ORDER BY total DESC, branch_id");
        Assert.Equal(Facts("branch_totals").EnumerateArray().Select(fact => (fact[0].GetInt64(), Amount(fact[1]))), branches);
    }

    [Theory, BothDatabases]
    public async Task Receivables_AtTheDayOfTheData_AreTheFacts(TestDatabaseKind kind)
    {
        await using var connection = await OpenAsync(kind);
        const string Open = """
            SELECT count(*) AS invoices, sum(owed) AS owed FROM (
                SELECT due_at, total - coalesce((SELECT sum(p.amount) FROM payments p WHERE p.invoice_id = i.id), 0) AS owed
                FROM invoices i WHERE status IN ('pending', 'partially_paid')) AS open
            """;

        var (_, open) = await connection.QuerySingleAsync<(long, decimal)>(Open);
        var (count, overdue) = await connection.QuerySingleAsync<(long, decimal)>($"{Open} WHERE due_at < @StartOfDay", new { StartOfDay });

        Assert.Equal(Money("receivables", "open"), open);
        Assert.Equal(Facts("receivables").GetProperty("overdue_count_at_2019-06-30").GetInt64(), count);
        Assert.Equal(Money("receivables", "overdue_amount"), overdue);
    }

    [Theory, BothDatabases]
    public async Task TopProducts_ByQuantity_AreTheFacts(TestDatabaseKind kind)
    {
        await using var connection = await OpenAsync(kind);

        var rows = await connection.QueryAsync<(long, string, string, long, decimal)>(
            """
            SELECT p.id, p.sku, p.name, sum(i.quantity) AS quantity, sum(i.line_total) AS total
            FROM order_items i JOIN products p ON p.id = i.product_id GROUP BY p.id, p.sku, p.name ORDER BY quantity DESC, p.id LIMIT 5
            """);

        Assert.Equal(
            Facts("top5_products_by_quantity").EnumerateArray()
                .Select(fact => (fact[0].GetInt64(), fact[1].GetString()!, fact[2].GetString()!, fact[3].GetInt64(), Amount(fact[4]))),
            rows);
    }

    [Theory, BothDatabases]
    public async Task TopCustomers_ByTotal_AreTheFacts(TestDatabaseKind kind)
    {
        await using var connection = await OpenAsync(kind);

        var rows = await connection.QueryAsync<(long, string, decimal, long)>(
            """
            SELECT c.id, c.name, sum(o.total) AS total, count(*) AS orders
            FROM orders o JOIN customers c ON c.id = o.customer_id GROUP BY c.id, c.name ORDER BY total DESC, c.id LIMIT 5
            """);

        Assert.Equal(
            Facts("top5_customers_by_order_total").EnumerateArray()
                .Select(fact => (fact[0].GetInt64(), fact[1].GetString()!, Amount(fact[2]), fact[3].GetInt64())),
            rows);
    }

    [Theory, BothDatabases]
    public async Task Salespeople_InMay2019_AreTheFacts(TestDatabaseKind kind)
    {
        await using var connection = await OpenAsync(kind);

        var rows = await connection.QueryAsync<(long, string, decimal, long)>(
            """
            SELECT s.id, s.name, sum(o.total) AS total, count(*) AS orders FROM orders o JOIN salespeople s ON s.id = o.salesperson_id
            WHERE o.ordered_at >= @From AND o.ordered_at < @To GROUP BY s.id, s.name ORDER BY total DESC, s.id
            """,
            new { From = new DateOnly(2019, 5, 1), To = new DateOnly(2019, 6, 1) });

        Assert.Equal(
            Facts("salesperson_month_2019_05").EnumerateArray()
                .Select(fact => (fact[0].GetInt64(), fact[1].GetString()!, Amount(fact[2]), fact[3].GetInt64())),
            rows);
    }

    [Theory, BothDatabases]
    public async Task Stock_OfEveryProduct_IsTheFacts(TestDatabaseKind kind)
    {
        await using var connection = await OpenAsync(kind);
        var totals = Facts("stock_totals");

        var sums = await connection.QuerySingleAsync<(long, long, long, long)>(
            "SELECT sum(quantity_on_hand) AS a, sum(quantity_reserved) AS b, count(*) AS c, count(DISTINCT product_id) AS d FROM inventory");
        var lamp = await connection.QueryAsync<(long, string, int, int)>(
            """
            SELECT w.id, w.name, v.quantity_on_hand, v.quantity_reserved FROM inventory v JOIN warehouses w ON w.id = v.warehouse_id
            WHERE v.product_id = 1 ORDER BY w.id
            """);

        Assert.Equal((totals[0].GetInt64(), totals[1].GetInt64(), totals[2].GetInt64(), totals[3].GetInt64()), sums);
        Assert.Equal(
            Facts("stock_1")[1].EnumerateArray().Select(fact => (fact[0].GetInt64(), fact[1].GetString()!, fact[2].GetInt32(), fact[3].GetInt32())),
            lamp);
    }

    [Theory, BothDatabases]
    public async Task Counts_OfProductsAndCustomers_AreTheFacts(TestDatabaseKind kind)
    {
        await using var connection = await OpenAsync(kind);

        Assert.Equal(Facts("active_products").GetInt64(), await connection.ExecuteScalarAsync<long>("SELECT count(*) FROM products WHERE is_active"));
        Assert.Equal(Facts("active_customers").GetInt64(), await connection.ExecuteScalarAsync<long>("SELECT count(*) FROM customers WHERE is_active"));
        Assert.Equal(
            Facts("products_without_category").GetInt64(), await connection.ExecuteScalarAsync<long>("SELECT count(*) FROM products WHERE category_id IS NULL"));
        Assert.Equal(
            Facts("products_with_description").GetInt64(),
            await connection.ExecuteScalarAsync<long>("SELECT count(*) FROM products WHERE description IS NOT NULL"));
        var types = await connection.QueryAsync<(string, long)>("SELECT customer_type, count(*) AS n FROM customers GROUP BY customer_type ORDER BY customer_type");
        Assert.Equal(Facts("types").EnumerateObject().Select(fact => (fact.Name, fact.Value.GetInt64())), types);
    }

    [Theory, BothDatabases]
    public async Task Customer11000_HasTheOrdersOfTheFacts(TestDatabaseKind kind)
    {
        await using var connection = await OpenAsync(kind);

        var orders = await connection.QueryAsync<(long, string, string, decimal)>(
            "SELECT id, order_number, status, total FROM orders WHERE customer_id = 11000 ORDER BY id");

        Assert.Equal(
            Facts("customer_11000").EnumerateArray().Select(fact => (fact[0].GetInt64(), fact[1].GetString()!, fact[3].GetString()!, Amount(fact[7]))),
            orders);
    }

    private static JsonElement Facts(string name) => LoadedFacts.Value.GetProperty(name);

    private static decimal Money(string name) => Amount(Facts(name));

    private static decimal Money(string name, string inner) => Amount(Facts(name).GetProperty(inner));

    private static decimal Amount(JsonElement text) => decimal.Parse(text.GetString()!);

    private static async Task<DbConnection> OpenAsync(TestDatabaseKind kind)
    {
        var test = await ErpTestDatabase.SharedAsync(kind, TestContent.AdventureWorks);
        return await test.Database.DataSource.OpenConnectionAsync();
    }
}
