using Larder.AspNetCore.RequestLog;
using Larder.Data;
using Larder.Tests.Data;
using Larder.Tests.Views;
using Larder.Views.Sources;
using Microsoft.AspNetCore.Builder;

namespace Larder.Tests.AspNetCore.RequestLog;

/// <summary>Slow statements of views on both databases, with and without their plan.</summary>
public sealed class SlowQueryTests : IDisposable
{
    private static readonly TimeSpan Slow = TimeSpan.FromMilliseconds(1500);

    private readonly SqliteTestDatabase _sqlite = new(Shop.Schema);

    [Fact]
    public async Task Sqlite_SlowStatement_IsWrittenWithItsText()
    {
        await using var host = await StartAsync();
        SlowDown(host, "SELECT rating");

        await host.SendAsync("/products/1", ("X-Request-ID", "slow-1"));

        var line = await host.Sink.TakeAsync("bff_slow_query");
        Assert.Equal(
            ("warning", "default", 1500.0, true, 1),
            ((string)line["level"]!, (string)line["database"]!, (double)line["duration_ms"]!, (bool)line["completed"]!, (int)line["statements"]!));
        Assert.Equal("""["reviews"]""", line["sections"]!.ToJsonString());
        Assert.Equal("SELECT rating FROM reviews WHERE product_id = @id ORDER BY id", (string)line["statement"]!);
        Assert.False(line.ContainsKey("plan"));
        await host.Sink.TakeAsync("bff_request_success");
        Assert.Equal(0, host.Sink.CountOf("bff_slow_query"));
    }

    [Fact]
    public async Task Sqlite_AsLongAsTheThreshold_IsNotSlow()
    {
        await using var host = await StartAsync(options => options.SlowQuery = Slow);
        SlowDown(host, "SELECT rating");

        await host.SendAsync("/products/1");

        await host.Sink.TakeAsync("bff_request_success");
        Assert.Equal(0, host.Sink.CountOf("bff_slow_query"));
    }

    [Fact]
    public async Task Sqlite_StatementFails_IsSlowAndNotCompleted()
    {
        await using var host = await StartAsync(map: app => app.MapView("/bad", "bad", view => view.Required("a", Sql.Row<int>("SELECT abs(-9223372036854775808) FROM products"))));
        SlowDown(host, "SELECT abs");

        await host.SendAsync("/bad");

        Assert.False((bool)(await host.Sink.TakeAsync("bff_slow_query"))["completed"]!);
    }

    [Fact]
    public async Task Sqlite_PlanAskedFor_IsExplainedAndNotRunAgain()
    {
        await using var host = await StartAsync(options => options.ExplainSlowQueries = true);
        SlowDown(host, "SELECT rating");

        await host.SendAsync("/products/1");

        Assert.Contains("SCAN", (string)(await host.Sink.TakeAsync("bff_slow_query"))["plan"]!);
        Assert.Single(_sqlite.Statements, statement => statement.StartsWith("SELECT rating", StringComparison.Ordinal));
        Assert.Equal((1, 1), (_sqlite.CountOf("BEGIN"), _sqlite.CountOf("ROLLBACK")));
    }

    [Fact]
    public async Task Sqlite_PlansWithinTheInterval_AreOne()
    {
        await using var host = await StartAsync(options =>
        {
            options.ExplainSlowQueries = true;
            options.ExplainInterval = TimeSpan.FromSeconds(10);
        });
        SlowDown(host, "SELECT rating");

        await host.SendAsync("/products/1");
        Assert.NotNull((await host.Sink.TakeAsync("bff_slow_query"))["plan"]);
        await host.SendAsync("/products/2");
        Assert.False((await host.Sink.TakeAsync("bff_slow_query")).ContainsKey("plan"));
        host.Web.Time.Advance(TimeSpan.FromSeconds(10));
        await host.SendAsync("/products/3");
        Assert.NotNull((await host.Sink.TakeAsync("bff_slow_query"))["plan"]);
    }

    [Fact]
    public async Task Sqlite_TwoStatementsInOne_AreNotExplained()
    {
        await using var host = await StartAsync(
            options => options.ExplainSlowQueries = true,
            app => app.MapView("/two", "two", view => view.Required("a", Sql.Row<long>("SELECT price FROM products WHERE id = 2; DELETE FROM reviews WHERE id = 3"))));
        SlowDown(host, "SELECT price");

        await host.SendAsync("/two");

        Assert.Contains("not asked for", (string)(await host.Sink.TakeAsync("bff_slow_query"))["plan"]!);
    }

    [Fact]
    public async Task Sqlite_PlanFails_SaysWhy()
    {
        await using var database = new SqlDatabase(_sqlite, SqliteTestDatabase.Options with { Explain = "ELUCIDATE" });
        await using var host = await RequestLogHost.StartAsync(
            app => app.MapView("/products/{id}", Shop.Product), options => options.ExplainSlowQueries = true, database);
        SlowDown(host, "SELECT rating");

        await host.SendAsync("/products/1");

        var line = await host.Sink.TakeAsync("bff_slow_query");
        Assert.Null(line["plan"]);
        Assert.Contains("ELUCIDATE", (string)line["plan_error"]!);
    }

    [Fact]
    public async Task PostgreSql_SlowBatch_IsOneLineWithThePlanOfEachStatement()
    {
        await using var postgres = await PostgresTestDatabase.CreateAsync(Shop.Schema);
        await using var host = await RequestLogHost.StartAsync(
            app => app.MapView("/held/{id}", "held", view => view
                .Parameter<int>("id")
                .Required("product", Sql.Row<string>("SELECT name FROM products WHERE id = @id"))
                .Required("waiting", Sql.Row<int>("SELECT 1 FROM pg_advisory_xact_lock_shared(1701)"))),
            options => options.ExplainSlowQueries = true,
            postgres.ForViews);
        Task<HttpResponseMessage> answer;
        await using (await postgres.HoldAsync(1701))
        {
            answer = host.SendAsync("/held/1");
            await postgres.UntilSomeoneWaitsForAsync(1701);
            host.Web.Time.Advance(Slow);
        }

        Assert.True((await answer).IsSuccessStatusCode);
        var line = await host.Sink.TakeAsync("bff_slow_query");
        var plan = (string)line["plan"]!;
        Assert.Equal((2, 1500.0, """["product","waiting"]"""), ((int)line["statements"]!, (double)line["duration_ms"]!, line["sections"]!.ToJsonString()));
        Assert.Contains("-- product\n", plan);
        Assert.Contains("Index Scan", plan);
        Assert.Contains("Function Scan on pg_advisory_xact_lock_shared", plan);
        Assert.DoesNotContain("actual time", plan);
    }

    public void Dispose() => _sqlite.Dispose();

    private void SlowDown(RequestLogHost host, string start) => _sqlite.OnStatement = statement =>
    {
        if (statement.StartsWith(start, StringComparison.Ordinal))
        {
            host.Web.Time.Advance(Slow);
        }
    };

    private Task<RequestLogHost> StartAsync(Action<RequestLogOptions>? configure = null, Action<WebApplication>? map = null) => RequestLogHost.StartAsync(
        app =>
        {
            app.MapView("/products/{id}", Shop.Product);
            map?.Invoke(app);
        },
        configure,
        _sqlite.ForViews);
}
