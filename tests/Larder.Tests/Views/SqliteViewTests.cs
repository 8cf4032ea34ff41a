using System.Data.Common;
using Larder.Data;
using Larder.Tests.Data;
using Larder.Views;
using Larder.Views.Sources;

namespace Larder.Tests.Views;

/// <summary>SQLite: one section after the other on one connection, whose statements are interrupted from outside.</summary>
public sealed class SqliteViewTests : IAsyncDisposable
{
    private const string Endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n";

    private readonly SqliteTestDatabase _database = new(Shop.Schema);
    private readonly ViewHost _host;

    public SqliteViewTests() => _host = new ViewHost(_database.ForViews);

    [Fact]
    public async Task Get_EndlessStatement_IsInterruptedAtItsLimitAndTheOthersHaveTheirValues()
    {
        // On the real clock: the statement runs on this thread, so nothing else could tell when it is under way.
        await using var host = new ViewHost(services => ServiceOf(services, TimeProvider.System), _database.ForViews);
        var view = View.Create("endless").Required("a", Sql.Row<int>("SELECT 1"))
            .Optional("b", Sql.Row<int>(Endless), section => section.Timeout(TimeSpan.FromMilliseconds(50)))
            .Required("c", Sql.Row<int>("SELECT 3")).Build();

        var result = await Task.Run(() => host.GetAsync(view)).Soon();

        Assert.Equal("""{"a":1,"b":null,"c":3}""", host.DataTextOf(result));
        Assert.Equal("b:timeout", ViewHost.ErrorsOf(result));
        Assert.InRange(result.Runs[1].Elapsed, TimeSpan.FromMilliseconds(40), TimeSpan.FromSeconds(15));
        Assert.InRange(result.Runs[2].Elapsed, TimeSpan.Zero, result.Runs[1].Elapsed);
    }

    [Fact]
    public async Task Get_LastCallerLeavesDuringALongStatement_InterruptsIt()
    {
        using var leaving = new CancellationTokenSource();
        var running = new TaskCompletionSource();
        _database.OnStatement = statement =>
        {
            if (statement.StartsWith("WITH RECURSIVE", StringComparison.Ordinal))
            {
                running.SetResult();
            }
        };
        var view = View.Create("left").Required("a", Sql.Row<int>(Endless)).Build();

        var getting = Task.Run(() => _host.GetAsync(view, cancellationToken: leaving.Token));
        await running.Task.Soon();
        await leaving.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => getting).Soon();
    }

    [Fact]
    public async Task Get_InterruptThrows_DoesNotEndTheProcess()
    {
        var options = SqliteTestDatabase.Options with { Interrupt = static _ => throw new InvalidOperationException("the driver is confused") };
        await using var limit = new Larder.Views.Execution.SqlTimeLimit(new SqlDatabase(_database, options), _host.Time, CancellationToken.None);
        await using var connection = await _database.OpenConnectionAsync();
        await limit.StartAsync(TimeSpan.FromSeconds(1), connection);

        _host.Time.Advance(TimeSpan.FromSeconds(1));

        Assert.True(limit.IsReached);
    }

    [Fact]
    public async Task Get_SnapshotWhileAnotherConnectionWrites_ShowsOneState()
    {
        var view = View.Create("snapshot").Snapshot()
            .Required("count", Sql.Row<int>("SELECT count(*) FROM products").Select(count =>
            {
                _database.Execute("INSERT INTO products VALUES (4, 'Nail', NULL, 100)");
                return count;
            }))
            .Required("ids", Sql.Rows<int>("SELECT id FROM products ORDER BY id")).Build();

        var result = await _host.GetAsync(view);

        Assert.Equal("""{"count":3,"ids":[1,2,3]}""", _host.DataTextOf(result));
        Assert.True(result.IsSnapshot);
        Assert.Equal((1, 1), (_database.CountOf("BEGIN"), _database.CountOf("COMMIT")));
        Assert.Equal("[1,2,3,4]", _host.DataOf(await _host.GetAsync(Ids))["ids"]!.ToJsonString());
    }

    [Fact]
    public async Task Get_SectionFailsInASnapshot_LeavesNoTransactionBehind()
    {
        var view = View.Create("snapshot").Snapshot().Optional("bad", Sql.Row<int>("SELECT x FROM missing")).Required("count", Sql.Row<int>("SELECT count(*) FROM products")).Build();

        var result = await _host.GetAsync(view);
        _database.Execute("BEGIN; COMMIT");

        Assert.Equal("bad:error", ViewHost.ErrorsOf(result));
        Assert.False(result.IsSnapshot);
    }

    [Fact]
    public async Task Get_MoneyAndTimes_AreReadAndBoundAsTheyAreStored()
    {
        _database.Execute("CREATE TABLE sales (amount INTEGER NOT NULL, at TEXT NOT NULL); INSERT INTO sales VALUES (1999900, '2024-12-31T23:59:59Z'), (100, '2025-01-01T00:00:00Z')");
        var view = View.Create("sales").Parameter<decimal>("least")
            .Required("sales", Sql.Rows<Sale>("SELECT amount, at FROM sales WHERE amount >= @least AND at < @before ORDER BY at")
                .With("before", _ => new DateTimeOffset(2025, 1, 1, 1, 0, 0, TimeSpan.FromHours(1)))).Build();

        Assert.Equal("""{"sales":[{"amount":199.99,"at":"2024-12-31T23:59:59Z"}]}""", _host.DataTextOf(await _host.GetAsync(view, "least=0.02")));
        Assert.Equal("""{"sales":[]}""", _host.DataTextOf(await _host.GetAsync(view, "least=200")));
    }

    [Fact]
    public async Task Get_FileIsAway_IsUnavailable()
    {
        await using var host = new ViewHost(new SqlDatabase(new MissingFile()));

        Assert.Equal(SectionFailureKind.Unavailable, (await host.GetAsync(Ids)).Failure!.Kind);
    }

    public async ValueTask DisposeAsync()
    {
        await _host.DisposeAsync();
        _database.Dispose();
    }

    private static View Ids { get; } = View.Create("ids").Required("ids", Sql.Rows<int>("SELECT id FROM products ORDER BY id")).Build();

    private static void ServiceOf(Microsoft.Extensions.DependencyInjection.IServiceCollection services, TimeProvider time) =>
        Microsoft.Extensions.DependencyInjection.ServiceCollectionServiceExtensions.AddSingleton(services, time);

    private sealed record Sale(decimal Amount, DateTimeOffset At);

    private sealed class MissingFile : DbDataSource
    {
        public override string ConnectionString => "Data Source=/nonexistent/folder/larder.db";

        protected override DbConnection CreateDbConnection() => new Microsoft.Data.Sqlite.SqliteConnection(ConnectionString);
    }
}
