using Dapper;
using Erp.Database;
using Erp.DemoData;
using Erp.Tests.Import;

namespace Erp.Tests.Database;

public sealed class DatabaseStartupTests
{
    [Theory, BothDatabases]
    public async Task RunAsync_DatabaseWithContent_SkipsTheImport(TestDatabaseKind kind)
    {
        using var folder = new CsvFolder();
        await using var test = await ErpTestDatabase.CreateAsync(kind, TestContent.Demo);

        await folder.ImportAsync(test.Database);

        Assert.Equal(DemoNumbers.Products, await CountProductsAsync(test.Database));
    }

    [Theory, BothDatabases]
    public async Task RunAsync_TwoProcessesAtOnce_FillOnce(TestDatabaseKind kind)
    {
        await using var test = await ErpTestDatabase.CreateAsync(kind, TestContent.Nothing);
        await using var other = test.Open();
        var time = new FixedTime(ErpTestDatabase.DemoDay);

        await Task.WhenAll(
            Task.Run(() => ErpTestDatabase.StartAsync(test.Database, null, time)),
            Task.Run(() => ErpTestDatabase.StartAsync(other, null, time)));

        Assert.Equal(DemoNumbers.Products, await CountProductsAsync(test.Database));
    }

    [Theory, BothDatabases]
    public async Task RunAsync_ImportRefusedAndMended_ImportsIntoTheSameDatabase(TestDatabaseKind kind)
    {
        await using var test = await ErpTestDatabase.CreateAsync(kind, TestContent.Nothing);
        using var folder = new CsvFolder().Put("warehouses", 1, "1,2,Store,true");
        await Assert.ThrowsAsync<DatabaseException>(() => folder.ImportAsync(test.Database));

        await folder.Put("warehouses", 1, "1,1,Store,true").ImportAsync(test.Database);

        Assert.Equal(2, await CountProductsAsync(test.Database));
    }

    private static async Task<long> CountProductsAsync(ErpDatabase database)
    {
        await using var connection = await database.DataSource.OpenConnectionAsync();
        return await connection.ExecuteScalarAsync<long>("SELECT count(*) FROM products");
    }
}
