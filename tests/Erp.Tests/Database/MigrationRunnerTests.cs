using Dapper;
using Erp.Database;
using Microsoft.Extensions.Logging.Abstractions;

namespace Erp.Tests.Database;

public sealed class MigrationRunnerTests
{
    private static readonly Migration First = new(1, "0001_first", "CREATE TABLE one (id {id}, name {text})");

    [Theory, BothDatabases]
    public async Task RunAsync_EmptyDatabase_AppliesEveryMigrationOnce(TestDatabaseKind kind)
    {
        await using var test = await ErpTestDatabase.CreateAsync(kind, TestContent.Nothing);

        await Runner(test.Database).RunAsync(CancellationToken.None);
        await Runner(test.Database).RunAsync(CancellationToken.None);

        Assert.Equal(Migration.Embedded().Select(migration => migration.Name), await HistoryAsync(test.Database));
    }

    [Theory, BothDatabases]
    public async Task RunAsync_TwoProcessesAtOnce_ApplyEveryMigrationOnce(TestDatabaseKind kind)
    {
        await using var test = await ErpTestDatabase.CreateAsync(kind, TestContent.Nothing);
        await using var other = test.Open();

        await Task.WhenAll(
            Task.Run(() => Runner(test.Database).RunAsync(CancellationToken.None)),
            Task.Run(() => Runner(other).RunAsync(CancellationToken.None)));

        Assert.Equal(Migration.Embedded().Select(migration => migration.Name), await HistoryAsync(test.Database));
    }

    [Theory, BothDatabases]
    public async Task RunAsync_MigrationFails_KeepsThoseBeforeAndNothingOfIt(TestDatabaseKind kind)
    {
        await using var test = await ErpTestDatabase.CreateAsync(kind, TestContent.Nothing);
        var broken = new Migration(2, "0002_broken", "CREATE TABLE two (id {id}); INSERT INTO nowhere VALUES (1);");

        var exception = await Assert.ThrowsAsync<DatabaseException>(() => Runner(test.Database).RunAsync([First, broken], CancellationToken.None));

        Assert.Contains("0002_broken", exception.Message, StringComparison.Ordinal);
        Assert.Equal(["0001_first"], await HistoryAsync(test.Database));
        var repaired = broken with { Text = "CREATE TABLE two (id {id})" };
        await Runner(test.Database).RunAsync([First, repaired], CancellationToken.None);
        Assert.Equal(["0001_first", "0002_broken"], await HistoryAsync(test.Database));
    }

    [Theory, BothDatabases]
    public async Task RunAsync_DatabaseOfANewerProgram_RefusesIt(TestDatabaseKind kind)
    {
        await using var test = await ErpTestDatabase.CreateAsync(kind, TestContent.Nothing);
        await Runner(test.Database).RunAsync([First, new Migration(2, "0002_later", "CREATE TABLE two (id {id})")], CancellationToken.None);

        var exception = await Assert.ThrowsAsync<DatabaseException>(() => Runner(test.Database).RunAsync([First], CancellationToken.None));

        Assert.Contains("schema version 2", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task RunAsync_ServerThatIsNotThere_SaysWhereWithoutThePassword()
    {
        await using var database = ErpDatabase.Open(
            "Host=127.0.0.1;Port=1;Username=erp;Password=s3cret;Database=shop;Timeout=2", Path.GetTempPath(), TimeProvider.System);

        var exception = await Assert.ThrowsAsync<DatabaseException>(() => Runner(database).RunAsync(CancellationToken.None));

        Assert.Contains("shop at 127.0.0.1:1", exception.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("s3cret", exception.Message, StringComparison.Ordinal);
    }

    private static MigrationRunner Runner(ErpDatabase database) => new(database, TimeProvider.System, NullLogger.Instance);

    private static async Task<IEnumerable<string>> HistoryAsync(ErpDatabase database)
    {
        await using var connection = await database.DataSource.OpenConnectionAsync();
        return await connection.QueryAsync<string>("SELECT name FROM schema_migrations ORDER BY version");
    }
}
