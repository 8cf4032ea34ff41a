using System.Data.Common;
using Dapper;
using Erp.Database;
using Microsoft.Data.Sqlite;
using Npgsql;

namespace Erp.Tests.Database;

public sealed class ErpDatabaseTests
{
    private static readonly DateTimeOffset Noon = new(2026, 2, 3, 12, 30, 45, TimeSpan.Zero);

    private sealed record PromotionRow(long Id, string Name, string? Description, decimal DiscountPercent, DateTimeOffset StartsAt, bool IsActive, int Rank);

    [Theory, BothDatabases]
    public async Task WriteAsync_WorkReturns_CommitsEveryTypeOfValue(TestDatabaseKind kind)
    {
        await using var test = await ErpTestDatabase.CreateAsync(kind, TestContent.Schema);

        await test.Database.WriteAsync((connection, transaction, _) => InsertAsync(connection, transaction, "a", 12.3456m), CancellationToken.None);

        await using var read = await test.Database.DataSource.OpenConnectionAsync();
        var row = await read.QuerySingleAsync<PromotionRow>(
            "SELECT id, name, description, discount_percent, starts_at, is_active, (SELECT count(*) FROM promotions) AS rank FROM promotions");
        Assert.Equal(new PromotionRow(1, "a", null, 12.3456m, Noon, true, 1), row);
    }

    [Theory, BothDatabases]
    public async Task WriteAsync_WorkThrows_LeavesNothing(TestDatabaseKind kind)
    {
        await using var test = await ErpTestDatabase.CreateAsync(kind, TestContent.Schema);

        await Assert.ThrowsAsync<InvalidOperationException>(() => test.Database.WriteAsync<int>(
            async (connection, transaction, _) =>
            {
                await InsertAsync(connection, transaction, "a", 1);
                throw new InvalidOperationException("changed my mind");
            },
            CancellationToken.None));

        Assert.Equal(0, await CountAsync(test.Database));
    }

    [Theory, BothDatabases]
    public async Task WriteAsync_AnotherWriterWasInTheWay_RunsTheWholeWorkAgain(TestDatabaseKind kind)
    {
        await using var test = await ErpTestDatabase.CreateAsync(kind, TestContent.Schema);
        await using var database = test.Open(new FixedTime(Noon));
        var attempts = 0;

        await database.WriteAsync(
            async (connection, transaction, _) =>
            {
                await InsertAsync(connection, transaction, $"attempt {++attempts}", 1);
                return attempts < 3 ? throw Contention(kind) : 0;
            },
            CancellationToken.None);

        await using var read = await database.DataSource.OpenConnectionAsync();
        Assert.Equal(["attempt 3"], await read.QueryAsync<string>("SELECT name FROM promotions"));
    }

    [Theory, BothDatabases]
    public async Task WriteAsync_AnotherWriterStaysInTheWay_GivesUp(TestDatabaseKind kind)
    {
        await using var test = await ErpTestDatabase.CreateAsync(kind, TestContent.Schema);
        await using var database = test.Open(new FixedTime(Noon));
        var attempts = 0;

        await Assert.ThrowsAnyAsync<DbException>(() => database.WriteAsync<int>(
            (_, _, _) =>
            {
                attempts++;
                throw Contention(kind);
            },
            CancellationToken.None));

        Assert.Equal(6, attempts);
    }

    [Theory, BothDatabases]
    public async Task WriteAsync_ManyAtOnce_LosesNoUpdate(TestDatabaseKind kind)
    {
        await using var test = await ErpTestDatabase.CreateAsync(kind, TestContent.Schema);

        var numbers = await Task.WhenAll(Enumerable.Range(0, 40).Select(_ => Task.Run(() => test.Database.WriteAsync(
            (connection, transaction, cancel) => NumberSeries.NextAsync(connection, transaction, NumberSeries.Order, cancel),
            CancellationToken.None))));

        Assert.Equal(Enumerable.Range(1, 40).Select(number => $"SO{number}").Order(), numbers.Order());
    }

    [Theory, BothDatabases]
    public async Task Parameters_DayAndTruth_CompareAsMeant(TestDatabaseKind kind)
    {
        await using var test = await ErpTestDatabase.CreateAsync(kind, TestContent.Schema);
        await test.Database.WriteAsync((connection, transaction, _) => InsertAsync(connection, transaction, "a", 1), CancellationToken.None);
        await using var read = await test.Database.DataSource.OpenConnectionAsync();
        const string Sql = "SELECT count(*) FROM promotions WHERE starts_at >= @day AND is_active = @active";

        Assert.Equal(1, await read.ExecuteScalarAsync<long>(Sql, new { day = new DateOnly(2026, 2, 3), active = true }));
        Assert.Equal(0, await read.ExecuteScalarAsync<long>(Sql, new { day = new DateOnly(2026, 2, 4), active = true }));
        Assert.Equal(0, await read.ExecuteScalarAsync<long>(Sql, new { day = new DateOnly(2026, 2, 3), active = false }));
    }

    [Theory, BothDatabases]
    public async Task Text_InOrder_SortsByteWise(TestDatabaseKind kind)
    {
        await using var test = await ErpTestDatabase.CreateAsync(kind, TestContent.Schema);
        foreach (var name in new[] { "b", "Z", "é", "a", "_" })
            await test.Database.WriteAsync((connection, transaction, _) => InsertAsync(connection, transaction, name, 1), CancellationToken.None);

        await using var read = await test.Database.DataSource.OpenConnectionAsync();

        Assert.Equal(["Z", "_", "a", "b", "é"], await read.QueryAsync<string>("SELECT name FROM promotions ORDER BY name"));
    }

    [Theory, BothDatabases]
    public async Task Schema_ReferenceToNothing_IsRefused(TestDatabaseKind kind)
    {
        await using var test = await ErpTestDatabase.CreateAsync(kind, TestContent.Schema);

        await Assert.ThrowsAnyAsync<DbException>(() => test.Database.WriteAsync(
            (connection, transaction, _) => connection.ExecuteAsync(
                "INSERT INTO cart_items (customer_id, product_id, quantity) VALUES (1, 1, 1)", transaction: transaction),
            CancellationToken.None));
    }

    [Fact]
    public async Task Sqlite_Connection_HasItsSettingsAlsoFromThePool()
    {
        await using var test = await ErpTestDatabase.CreateAsync(TestDatabaseKind.Sqlite, TestContent.Schema);
        for (var use = 0; use < 2; use++)
        {
            await using var connection = await test.Database.DataSource.OpenConnectionAsync();
            Assert.Equal("wal", await connection.ExecuteScalarAsync<string>("PRAGMA journal_mode"));
            Assert.Equal(1, await connection.ExecuteScalarAsync<long>("PRAGMA synchronous"));
            Assert.Equal(1, await connection.ExecuteScalarAsync<long>("PRAGMA foreign_keys"));
            Assert.Equal(5000, await connection.ExecuteScalarAsync<long>("PRAGMA busy_timeout"));
        }
    }

    [Fact]
    public async Task Sqlite_Library_IsTheOneThatWasChosen()
    {
        await using var test = await ErpTestDatabase.CreateAsync(TestDatabaseKind.Sqlite, TestContent.Schema);
        await using var connection = await test.Database.DataSource.OpenConnectionAsync();

        Assert.Equal(SqliteLibrary.Version, await connection.ExecuteScalarAsync<string>("SELECT sqlite_version()"));
        Assert.True(Version.Parse(SqliteLibrary.Version) >= new Version(3, 35, 5));
    }

    private static Task<int> InsertAsync(DbConnection connection, DbTransaction transaction, string name, decimal discount) => connection.ExecuteAsync(
        "INSERT INTO promotions (name, discount_percent, starts_at, ends_at, is_active) VALUES (@name, @discount, @from, @from, @active)",
        new { name, discount, from = Noon.AddMilliseconds(700), active = true }, transaction);

    private static async Task<long> CountAsync(ErpDatabase database)
    {
        await using var read = await database.DataSource.OpenConnectionAsync();
        return await read.ExecuteScalarAsync<long>("SELECT count(*) FROM promotions");
    }

    private static DbException Contention(TestDatabaseKind kind) => kind == TestDatabaseKind.Sqlite
        ? new SqliteException("database is locked", 5)
        : new PostgresException("deadlock detected", "ERROR", "ERROR", PostgresErrorCodes.DeadlockDetected);
}
