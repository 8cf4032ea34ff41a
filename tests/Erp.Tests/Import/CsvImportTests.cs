using Dapper;
using Erp.Database;

namespace Erp.Tests.Import;

public sealed class CsvImportTests
{
    private sealed record ProductRow(string Name, string? Description, decimal? Weight, decimal ListPrice, bool IsActive, DateTimeOffset CreatedAt);

    [Theory, BothDatabases]
    public async Task Import_CorrectFiles_KeepsEveryValue(TestDatabaseKind kind)
    {
        using var folder = new CsvFolder();
        await using var test = await ErpTestDatabase.CreateAsync(kind, TestContent.Schema);

        await folder.ImportAsync(test.Database);

        await using var connection = await test.Database.DataSource.OpenConnectionAsync();
        var products = await connection.QueryAsync<ProductRow>("SELECT name, description, weight, list_price, is_active, created_at FROM products ORDER BY id");
        var start = new DateTimeOffset(2020, 1, 1, 0, 0, 0, TimeSpan.Zero);
        Assert.Equal(
            [new ProductRow("Lamp", null, 0.25m, 10.1234m, true, start), new ProductRow("Shelf", "Two lines,\nand a \"quote\"", null, 20m, false, start)],
            products);
        Assert.Equal(("RC3", 13m), await connection.QuerySingleAsync<(string, decimal)>("SELECT receipt_number, amount FROM payments"));
        Assert.Equal(
            new DateTimeOffset(2020, 3, 1, 10, 0, 0, TimeSpan.Zero), await connection.ExecuteScalarAsync<DateTimeOffset>("SELECT updated_at FROM orders"));
        Assert.False(File.Exists(folder.ReportPath));
    }

    [Theory, BothDatabases]
    public async Task Import_Done_NumbersGoOnAfterTheImportedOnes(TestDatabaseKind kind)
    {
        using var folder = new CsvFolder();
        await using var test = await ErpTestDatabase.CreateAsync(kind, TestContent.Schema);
        await folder.ImportAsync(test.Database);

        var next = await test.Database.WriteAsync(
            async (connection, transaction, cancel) => new string?[]
            {
                await NumberSeries.NextAsync(connection, transaction, NumberSeries.Order, cancel),
                await NumberSeries.NextAsync(connection, transaction, NumberSeries.Invoice, cancel),
                await NumberSeries.NextAsync(connection, transaction, NumberSeries.Receipt, cancel),
                await connection.ExecuteScalarAsync<string>(
                    "INSERT INTO customers (code, name, customer_type, credit_limit, payment_terms_days, is_active, created_at) VALUES ('N', 'N', 'company', 0, 0, true, @now) RETURNING cast(id AS text)",
                    new { now = DateTimeOffset.UnixEpoch }, transaction),
            },
            CancellationToken.None);

        Assert.Equal<string?>(["SO42", "INV10", "RC4", "6"], next.AsEnumerable());
    }

    [Theory]
    [InlineData("products", 1, "1,P-1,Lamp,,2,,EA,,,,0.25,ten,5.00,3,true,2020-01-01T00:00:00Z", "products.csv line 2, column list_price: 'ten' is not a number")]
    [InlineData("products", 1, "1,P-1,Lamp,,2,,EA,,,,0.25,1.00001,5.00,3,true,2020-01-01T00:00:00Z", "column list_price: '1.00001' has more than four decimal places")]
    [InlineData("products", 1, "1,P-1,Lamp,,2,,EA,,,,0.25,100000000000000,5.00,3,true,2020-01-01T00:00:00Z", "column list_price: '100000000000000' is too large")]
    [InlineData("products", 1, "1,P-1,Lamp,,2,,EA,,,,0.25,-1,5.00,3,true,2020-01-01T00:00:00Z", "column list_price: -1 is less than 0")]
    [InlineData("products", 1, "1,P-1,,,2,,EA,,,,0.25,1,5.00,3,true,2020-01-01T00:00:00Z", "column name: a value is required")]
    [InlineData("products", 1, "x,P-1,Lamp,,2,,EA,,,,0.25,1,5.00,3,true,2020-01-01T00:00:00Z", "column id: 'x' is not a whole number")]
    [InlineData("products", 1, "1,P-1,Lamp,,2,,EA,,,,0.25,1,5.00,3,yes,2020-01-01T00:00:00Z", "column is_active: 'yes' is neither true nor false")]
    [InlineData("products", 1, "1,P-1,Lamp,,2,,EA,,,,0.25,1,5.00,3,true,01/02/2020", "column created_at: '01/02/2020' is not a time")]
    [InlineData("products", 1, "1,P-1,Lamp,,99,,EA,,,,0.25,1,5.00,3,true,2020-01-01T00:00:00Z", "column category_id: 99 is not an id in categories.csv")]
    [InlineData("products", 1, "1,P-1,Lamp,,2,,EA", "products.csv line 2: the row has 7 fields, the header 16")]
    [InlineData("products", 3, "1,P-3,Twice,,2,,EA,,,,0.25,1,5.00,3,true,2020-01-01T00:00:00Z", "products.csv line 5, column id: another row has the same id")]
    [InlineData("products", 3, "3,P-2,Twice,,2,,EA,,,,0.25,1,5.00,3,true,2020-01-01T00:00:00Z", "products.csv line 5, column sku: another row has 'P-2'")]
    [InlineData("products", 3, "3,P-3,\"never closed", "products.csv line 5: a quoted field is never closed")]
    [InlineData("products", 3, "3,P\"3,x", "a quote stands inside a field without quotes")]
    [InlineData("categories", 1, "2,17,Orphan", "categories.csv line 2, column parent_id: 17 is not an id in categories.csv")]
    [InlineData("product_prices", 2, "1,1,9.00,0,1", "another row has the same pricelist_id, product_id, minimum_quantity")]
    [InlineData("pricelists", 2, "2,Other,USD,0,true,true,,", "column is_default: another price list is the default one already")]
    [InlineData("pricelists", 1, "1,Retail,USD,101,true,true,,", "column discount_percent: 101 is more than 100")]
    [InlineData("inventory", 1, "1,1,10,11,2020-02-01T00:00:00Z", "column quantity_reserved: 11 is more than quantity_on_hand, which is 10")]
    [InlineData("product_reviews", 1, "1,1,Bo,6,Bright,2020-03-01T00:00:00Z", "column rating: 6 is more than 5")]
    [InlineData("customers", 1, "5,C5,Bo,,,,,person,7,0.00,14,,,true,2020-01-01T00:00:00Z", "column customer_type: 'person' is not one of individual, company, walk_in")]
    [InlineData("orders", 1, "100,SO41,6,7,1,processing,2020-03-01T10:00:00Z,20.25,0.25,2.00,1.00,23.00,USD,", "orders.csv line 2, column customer_id: 6 is not an id in customers.csv")]
    [InlineData("orders", 1, "100,SO41,5,7,1,paid,2020-03-01T10:00:00Z,20.25,0.25,2.00,1.00,23.00,USD,", "column status: 'paid' is not one of pending, confirmed")]
    [InlineData("orders", 1, "100,SO41,5,7,1,processing,2020-03-01T10:00:00Z,20.25,0.25,2.00,1.00,23.01,USD,", "column total: 23.01 is not subtotal - discount + tax + shipping, which is 23.00")]
    [InlineData("orders", 1, "100,SO41,5,7,1,processing,2020-03-01T10:00:00Z,20.24,0.24,2.00,1.00,23.00,USD,", "orders.csv line 2, column subtotal: the lines of the order come to 0.01 more than this")]
    [InlineData("order_items", 1, "1,100,1,0,10.1234,0,20.25,0", "column quantity: 0 is less than 1")]
    [InlineData("payments", 1, "3,1,5,2020-03-02T10:00:00Z,23.01,cash,", "column amount: 23.01 is more than what is still owed on invoice 1, which is 23.00")]
    [InlineData("payments", 0, "id,invoice_id,customer_id,paid_at,amount,method", "payments.csv line 1, column reference: the column is missing")]
    [InlineData("payments", 0, "id,invoice_id,customer_id,paid_at,amount,method,reference,colour", "payments.csv line 1, column colour: the table has no such column")]
    public async Task Import_OneFault_NamesItAndImportsNothing(string table, int row, string text, string reason)
    {
        using var folder = new CsvFolder().Put(table, row, text);
        await using var test = await ErpTestDatabase.CreateAsync(TestDatabaseKind.Sqlite, TestContent.Schema);

        var exception = await Assert.ThrowsAsync<DatabaseException>(() => folder.ImportAsync(test.Database));

        Assert.Contains("1 rows were rejected, so nothing was imported", exception.Message, StringComparison.Ordinal);
        Assert.Contains(reason, exception.Message, StringComparison.Ordinal);
        Assert.Contains(reason, await File.ReadAllTextAsync(folder.ReportPath), StringComparison.Ordinal);
        Assert.All(await CountsAsync(test.Database), count => Assert.Equal(0, count));
    }

    [Theory, BothDatabases]
    public async Task Import_ManyFaults_CountsThemPerFileAndReportsAll(TestDatabaseKind kind)
    {
        using var folder = new CsvFolder().Put("branches", 1, "1,B1,,Town,Land,maybe");
        for (var id = 2; id <= 60; id++)
            folder.Put("order_items", id, $"{id},100,77,1,1.00,0,1.00,0");
        await using var test = await ErpTestDatabase.CreateAsync(kind, TestContent.Schema);

        var exception = await Assert.ThrowsAsync<DatabaseException>(() => folder.ImportAsync(test.Database));

        Assert.Contains("60 rows were rejected", exception.Message, StringComparison.Ordinal);
        Assert.Contains("order_items.csv: 60 rows read, 59 rejected", exception.Message, StringComparison.Ordinal);
        Assert.Contains("branches.csv: 1 rows read, 1 rejected", exception.Message, StringComparison.Ordinal);
        Assert.Equal(61, (await File.ReadAllLinesAsync(folder.ReportPath)).Length);
        Assert.All(await CountsAsync(test.Database), count => Assert.Equal(0, count));
    }

    [Fact]
    public async Task Import_FileThatIsNotUtf8_SaysSo()
    {
        using var folder = new CsvFolder().Without("salespeople");
        await File.WriteAllBytesAsync(
            Path.Combine(folder.FolderPath, "salespeople.csv"), [.. "id,name,email,phone,role,branch_id,is_active\r\n7,Jos"u8, 0xE9, .. ",,,Seller,,true\r\n"u8]);
        await using var test = await ErpTestDatabase.CreateAsync(TestDatabaseKind.Sqlite, TestContent.Schema);

        var exception = await Assert.ThrowsAsync<DatabaseException>(() => folder.ImportAsync(test.Database));

        Assert.Contains("salespeople.csv", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Import_FilesMissing_NamesThemUnlessTheyAreOptional()
    {
        await using var test = await ErpTestDatabase.CreateAsync(TestDatabaseKind.Sqlite, TestContent.Schema);
        using var incomplete = new CsvFolder().Without("orders").Without("customers");
        var exception = await Assert.ThrowsAsync<DatabaseException>(() => incomplete.ImportAsync(test.Database));
        Assert.Contains("lacks customers.csv, orders.csv", exception.Message, StringComparison.Ordinal);

        using var sufficient = new CsvFolder().Without("product_reviews").Without("payments");
        await sufficient.ImportAsync(test.Database);
        await using var connection = await test.Database.DataSource.OpenConnectionAsync();
        Assert.Equal(1, await connection.ExecuteScalarAsync<long>("SELECT count(*) FROM orders"));
    }

    [Fact]
    public async Task Import_FolderThatIsNotThere_SaysSo()
    {
        await using var test = await ErpTestDatabase.CreateAsync(TestDatabaseKind.Sqlite, TestContent.Schema);

        var exception = await Assert.ThrowsAsync<DatabaseException>(
            () => ErpTestDatabase.StartAsync(test.Database, "/nowhere/at/all", TimeProvider.System));

        Assert.Contains("/nowhere/at/all, which is not there", exception.Message, StringComparison.Ordinal);
    }

    private static async Task<List<long>> CountsAsync(ErpDatabase database)
    {
        await using var connection = await database.DataSource.OpenConnectionAsync();
        var counts = new List<long>();
        foreach (var table in ErpTables.All)
            counts.Add(await connection.ExecuteScalarAsync<long>($"SELECT count(*) FROM {table.Name}"));
        return counts;
    }
}
