using System.Data;
using System.Data.Common;
using Dapper;
using Larder.Data;
using Larder.Freshness;
using Larder.SqlAnalysis;
using Larder.Tests.Caching;
using Larder.Views;
using Larder.Views.Sources;

namespace Larder.Tests.Data;

/// <summary>What a load reads is reported before it runs; what may be uncommitted, old or incomplete is not stored.</summary>
public sealed class TrackedReadTests
{
    private const string Names = "SELECT name FROM items ORDER BY id";

    public static TheoryData<SqlDialect> Both => TrackedHost.Both;

    [Theory, MemberData(nameof(Both))]
    public async Task Read_OfARow_IsReportedWithItsStatement(SqlDialect dialect)
    {
        await using var host = await TrackedHost.StartAsync(dialect);
        await host.Cache.GetOrCreateAsync("key", TestCache.Minute, async _ =>
        {
            await using var connection = await host.OpenAsync();
            return await connection.QuerySingleAsync<string>("SELECT name FROM items WHERE id = @id", new { id = 1 });
        });

        Assert.True(host.Cache.Engine.Store.TryGet("key", out var entry));
        var read = Assert.Single(entry.Statements);
        Assert.Equal("SELECT name FROM items WHERE id = @id", read.Text);
        Assert.Equal(1, Assert.Single(read.Parameters).Value);

        // Some row, some id, and of this id: that the row comes or goes, or its id or name changes.
        Assert.Equal(5, read.Tags.Length);
    }

    [Fact]
    public void Report_ManyStatements_KeepsABoundedNumberAndAllTags()
    {
        var scope = new ReadScope();
        for (var i = 0; i < 100; i++)
        {
            scope.Report(new ReadStatement("default", $"SELECT {i}", [], [Tag.Fine($"{i}")]));
        }

        var stamp = scope.Stamp([], Tag.Fine("key"), 1, 1, 1);
        Assert.Equal((32, 101), (stamp.Statements.Length, stamp.Tags.Length));
    }

    [Theory, MemberData(nameof(Both))]
    public async Task Read_WhileAnotherReaderIsOpenOnItsConnection_IsNotStored(SqlDialect dialect)
    {
        // Npgsql refuses a second reader by itself.
        Assert.SkipUnless(dialect == SqlDialect.Sqlite, "Npgsql has one reader a connection.");
        await using var host = await TrackedHost.StartAsync(dialect);
        await using var connection = await host.OpenAsync();
        await using var command = connection.CreateCommand();
        command.CommandText = Names;
        await using var open = await command.ExecuteReaderAsync();
        await open.ReadAsync();

        await host.Cache.GetOrCreateAsync("key", TestCache.Minute, async _ => await connection.QuerySingleAsync<string>("SELECT name FROM items WHERE id = 1"));

        Assert.False(host.Cache.TryGet<string>("key", out _));
    }

    [Theory, MemberData(nameof(Both))]
    public async Task Reader_NotReadToItsEnd_IsNotStored(SqlDialect dialect)
    {
        await using var host = await TrackedHost.StartAsync(dialect);
        await ReadSomeAsync(host, "half", rows: 1);
        await ReadSomeAsync(host, "all", rows: 4);

        Assert.False(host.Cache.TryGet<string>("half", out _));
        Assert.True(host.Cache.TryGet<string>("all", out _));
    }

    [Theory, MemberData(nameof(Both))]
    public async Task QueryFirst_OfSeveralRows_IsStored(SqlDialect dialect)
    {
        await using var host = await TrackedHost.StartAsync(dialect);
        await host.Cache.GetOrCreateAsync("first", TestCache.Minute, async _ =>
        {
            await using var connection = await host.OpenAsync();
            return await connection.QueryFirstAsync<string>(Names);
        });

        Assert.True(host.Cache.TryGet<string>("first", out _));
        await host.ExecuteAsync("UPDATE items SET name = 'Mallet' WHERE id = 1");
        Assert.False(host.Cache.TryGet<string>("first", out _));
    }

    [Theory, MemberData(nameof(Both))]
    public async Task Read_OnASessionThatATemporaryTableTainted_IsNotStored(SqlDialect dialect)
    {
        await using var host = await TrackedHost.StartAsync(dialect, options => options with { Discard = DiscardOf(dialect) });
        await using var connection = await host.OpenAsync();
        await connection.ExecuteAsync("CREATE TEMPORARY TABLE items AS SELECT 1 AS id, 'Hidden' AS name, 1 AS price");

        Assert.Equal("Hidden", await host.Cache.GetOrCreateAsync("key", TestCache.Minute, async _ => await connection.QuerySingleAsync<string>(Names)));

        Assert.False(host.Cache.TryGet<string>("key", out _));
        await connection.CloseAsync();
        Assert.Equal("Hammer", await host.NameAsync(1));
        Assert.True(host.HasName(1));
    }

    [Fact]
    public async Task Read_AfterATaintedSqliteConnectionWentBackToItsPool_IsNotStoredAnyMore()
    {
        await using var host = await TrackedHost.StartAsync(SqlDialect.Sqlite);
        await host.ExecuteAsync("CREATE TEMPORARY TABLE hidden (id INTEGER)");

        Assert.Equal("Hammer", await host.NameAsync(1));
        Assert.False(host.HasName(1));
    }

    [Theory, MemberData(nameof(Both))]
    public async Task Read_OfAClock_IsNotStored(SqlDialect dialect)
    {
        await using var host = await TrackedHost.StartAsync(dialect);
        var clock = dialect == SqlDialect.Sqlite ? "SELECT name FROM items WHERE datetime('now') > '2000'" : "SELECT name FROM items WHERE now() > '2000-01-01'";
        await host.ReadAsync(clock);

        Assert.False(host.Has(clock));
    }

    [Theory, MemberData(nameof(Both))]
    public async Task Read_OfALockingStatement_IsNotStored(SqlDialect dialect)
    {
        Assert.SkipUnless(dialect == SqlDialect.PostgreSql, "SQLite has no row locks.");
        await using var host = await TrackedHost.StartAsync(dialect);
        await host.ReadAsync("SELECT name FROM items WHERE id = @id FOR UPDATE", 1);

        Assert.False(host.Has("SELECT name FROM items WHERE id = @id FOR UPDATE", 1));
    }

    [Fact]
    public async Task Read_WithAnArrayParameterOfDapper_RunsAndIsPinnedToItsElements()
    {
        await using var host = await TrackedHost.StartAsync(SqlDialect.PostgreSql);
        await host.Cache.GetOrCreateAsync("two", TestCache.Minute, async _ =>
        {
            await using var connection = await host.OpenAsync();
            return string.Join(',', await connection.QueryAsync<string>("SELECT name FROM items WHERE id = ANY(@ids) ORDER BY id", new { ids = new[] { 1, 2 } }));
        });

        await host.ExecuteAsync("UPDATE items SET name = 'Line' WHERE id = 3");
        Assert.True(host.Cache.TryGet<string>("two", out var stored));
        Assert.Equal("Hammer,Saw", stored);
        await host.ExecuteAsync("UPDATE items SET name = 'Axe' WHERE id = 2");
        Assert.False(host.Cache.TryGet<string>("two", out _));
    }

    [Theory, MemberData(nameof(Both))]
    public async Task Section_AfterATrackedWrite_IsReadAnewAndTheOthersAreHits(SqlDialect dialect)
    {
        await using var host = await TrackedHost.StartAsync(dialect);
        var view = View.Create("item").Parameter<int>("id")
            .Required("item", Sql.Row<string>("SELECT name FROM items WHERE id = @id"))
            .Optional("parts", Sql.Rows<string>("SELECT label FROM parts WHERE item_id = @id ORDER BY id")).Build();
        host.Executor.Check(view);
        await CallAsync(host, view);
        await host.ExecuteAsync("UPDATE parts SET label = 'rim' WHERE id = 1");

        var result = await CallAsync(host, view);

        Assert.Equal((SectionOutcome.Hit, SectionOutcome.Loaded), (result.OutcomeOf("item"), result.OutcomeOf("parts")));
        Assert.All(result.Runs, run => Assert.Equal(FreshnessKind.Tracked, run.Part!.Kind));
        await host.ExecuteAsync("UPDATE parts SET label = 'edge' WHERE id = 3");
        Assert.True((await CallAsync(host, view)).IsCached);
    }

    private static async Task<ViewResult> CallAsync(TrackedHost host, View view) =>
        await host.Executor.ExecuteAsync(Views.ViewHost.Bind(view, host.Time, "id=1", out _), CancellationToken.None).AsTask().Soon();

    private static Action<DbConnection>? DiscardOf(SqlDialect dialect) => dialect == SqlDialect.Sqlite
        ? connection => Microsoft.Data.Sqlite.SqliteConnection.ClearPool((Microsoft.Data.Sqlite.SqliteConnection)connection)
        : null;

    private static ValueTask<string> ReadSomeAsync(TrackedHost host, string key, int rows) => host.Cache.GetOrCreateAsync(key, TestCache.Minute, async _ =>
    {
        await using var connection = await host.OpenAsync();
        await using var command = connection.CreateCommand();
        command.CommandText = Names;
        await using var reader = await command.ExecuteReaderAsync(CommandBehavior.Default);
        for (var i = 0; i < rows; i++)
        {
            await reader.ReadAsync();
        }

        return key;
    });
}
