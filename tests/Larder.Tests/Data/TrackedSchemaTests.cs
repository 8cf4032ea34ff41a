using Dapper;
using Larder.Data;
using Larder.SqlAnalysis;
using Microsoft.Extensions.DependencyInjection;

namespace Larder.Tests.Data;

/// <summary>A changed schema drops everything, and what is analysed after it is analysed with it.</summary>
public sealed class TrackedSchemaTests
{
    private const string Colours = "SELECT name FROM colours ORDER BY name";

    public static TheoryData<SqlDialect> Both => TrackedHost.Both;

    [Theory, MemberData(nameof(Both))]
    public async Task Ddl_ThroughTheDataSource_DropsEverythingAndIsKnownAtOnce(SqlDialect dialect)
    {
        await using var host = await TrackedHost.StartAsync(dialect);
        await host.NameAsync(1);
        var before = host.Node.SchemaHash;

        await host.ExecuteAsync("CREATE TABLE colours (name TEXT NOT NULL)");

        Assert.False(host.HasName(1));
        Assert.Equal("", await host.ReadAsync(Colours));

        // That load read the new schema, which drops everything once more.
        await host.ReadAsync(Colours);
        Assert.True(host.Has(Colours));
        Assert.NotEqual(before, host.Node.SchemaHash);
        await host.ExecuteAsync("INSERT INTO colours VALUES ('red')");
        Assert.Equal("red", await host.ReadAsync(Colours));
    }

    [Theory, MemberData(nameof(Both))]
    public async Task Ddl_InATransaction_IsKnownAfterItsCommit(SqlDialect dialect)
    {
        await using var host = await TrackedHost.StartAsync(dialect);
        await host.NameAsync(1);
        await using (var connection = await host.OpenAsync())
        {
            await using var transaction = await connection.BeginTransactionAsync();
            await connection.ExecuteAsync("CREATE TABLE colours (name TEXT NOT NULL)", transaction: transaction);
            await connection.ExecuteAsync("INSERT INTO colours VALUES ('red')", transaction: transaction);
            await transaction.CommitAsync();
        }

        Assert.False(host.HasName(1));
        Assert.Equal("red", await host.ReadAsync(Colours));
        await host.ReadAsync(Colours);
        Assert.True(host.Has(Colours));
    }

    [Theory, MemberData(nameof(Both))]
    public async Task Trigger_MadeThroughTheDataSource_CountsForTheNextWrite(SqlDialect dialect)
    {
        Assert.SkipUnless(dialect == SqlDialect.Sqlite, "PostgreSQL's triggers have unknown effects.");
        await using var host = await TrackedHost.StartAsync(dialect);
        await host.ExecuteAsync("UPDATE items SET price = 11 WHERE id = 1");
        await host.ExecuteAsync("CREATE TRIGGER t AFTER UPDATE ON items BEGIN UPDATE parts SET label = 'changed' WHERE item_id = 2; END");
        Assert.Equal("blade", await host.PartsAsync(2));

        await host.ExecuteAsync("UPDATE items SET price = 11 WHERE id = 1");

        Assert.Equal("changed", await host.PartsAsync(2));
    }

    [Theory, MemberData(nameof(Both))]
    public async Task Table_MadeBehindOurBack_IsFoundWhenAStatementNamesIt(SqlDialect dialect)
    {
        await using var host = await TrackedHost.StartAsync(dialect);
        await host.NameAsync(1);
        await host.ExecuteBehindAsync("CREATE TABLE colours (name TEXT NOT NULL)");
        host.Time.Advance(TimeSpan.FromSeconds(2));

        await host.ReadAsync(Colours);
        await host.ReadAsync(Colours);

        Assert.True(host.Has(Colours));
        Assert.False(host.HasName(1));
    }

    [Theory, MemberData(nameof(Both))]
    public async Task Column_AddedBehindOurBack_IsNoticedOnUseAfterTheInterval(SqlDialect dialect)
    {
        await using var host = await TrackedHost.StartAsync(dialect);
        await host.NameAsync(1);
        var before = host.Node.SchemaHash;
        await host.ExecuteBehindAsync("ALTER TABLE items ADD COLUMN colour TEXT");
        host.Time.Advance(TimeSpan.FromSeconds(6));

        await host.NameAsync(2);
        await Patience.UntilAsync(async () =>
        {
            await Task.Yield();
            return host.Node.SchemaHash != before;
        });

        Assert.False(host.HasName(1));
    }

    // Not on PostgreSQL, where other tests change the schema of the same database meanwhile.
    [Fact]
    public async Task Schema_Unchanged_IsNotReadTwice()
    {
        await using var host = await TrackedHost.StartAsync(SqlDialect.Sqlite);
        await host.NameAsync(1);
        await host.ExecuteAsync("CREATE INDEX more ON items (price)");
        await host.NameAsync(1);
        var hash = host.Node.SchemaHash;
        await host.NameAsync(2);

        Assert.Equal(hash, host.Node.SchemaHash);
        Assert.True(host.HasName(1));
    }

    [Theory]
    [InlineData(""), InlineData(" ")]
    public void Options_WithoutAName_AreRefused(string name) => AssertRefused(options => options with { TagName = name });

    [Fact]
    public void Options_CheckIntervalOutOfBounds_AreRefused()
    {
        AssertRefused(options => options with { SchemaCheckInterval = TimeSpan.FromMilliseconds(99) });
        AssertRefused(options => options with { SchemaCheckInterval = TimeSpan.FromHours(2) });
    }

    private static void AssertRefused(Func<TrackedDatabaseOptions, TrackedDatabaseOptions> change)
    {
        using var database = new SqliteTestDatabase();
        var options = change(new TrackedDatabaseOptions { DataSource = database, Dialect = SqlDialect.Sqlite });
        using var services = new ServiceCollection().AddTrackedDatabase(_ => options).BuildServiceProvider();
        Assert.Throws<ArgumentException>(() => services.GetRequiredService<TrackedDataSource>());
    }
}
