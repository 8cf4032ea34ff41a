using System.Text;
using System.Text.Json.Nodes;
using Larder.AspNetCore.Warming;
using Larder.Data;
using Larder.SqlAnalysis;
using Larder.Tests.AspNetCore;
using Larder.Tests.Data;
using Larder.Tests.Views;
using Larder.Warming;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Larder.Tests.Warming;

/// <summary>Hosts that end and start again: what was asked for most is there before it is asked for.</summary>
public sealed class WarmRestartTests : IDisposable
{
    private const int Products = 2_000;
    private const string Status = "/api/advanced-cache/analytics/warming-status";

    private static readonly string Schema = $"""
        {Shop.Schema}
        WITH RECURSIVE n (i) AS (SELECT 4 UNION ALL SELECT i + 1 FROM n WHERE i < {Products}) INSERT INTO products SELECT i, 'Product ' || i, 'more', 100 FROM n;
        """;

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("larder-warming-");

    private string File => Path.Combine(_folder.FullName, "data", "popular.json");

    [Fact]
    public async Task Start_AfterAnEarlierRun_HitsAsOftenAsThatDid()
    {
        double before;
        await using (var database = new SqliteTestDatabase(Schema))
        {
            await using (var host = await StartAsync(database))
            {
                await AskAsync(host, new Random(1), 4_000);
                before = await AskAsync(host, new Random(2), 1_000);
                await host.StopAsync();
            }

            Assert.True(System.IO.File.Exists(File));
            await using (var host = await StartAsync(database))
            {
                await WarmedAsync(host);
                var after = await AskAsync(host, new Random(3), 1_000);
                Assert.True(after >= 0.8 * before, $"{before:P1} before, {after:P1} in the first 1,000 requests after the restart");
            }

            // Without it, to see that the test would fail.
            System.IO.File.Delete(File);
            await using (var host = await StartAsync(database))
            {
                await WarmedAsync(host);
                var cold = await AskAsync(host, new Random(3), 1_000);
                Assert.True(cold < 0.8 * before, $"{before:P1} before, {cold:P1} without anything warmed");
            }
        }
    }

    [Fact]
    public async Task Stop_RequestsOfSomebody_AreNotInTheFile()
    {
        await using (var database = new SqliteTestDatabase(Schema))
        await using (var host = await StartAsync(database))
        {
            for (var i = 0; i < 50; i++)
            {
                await host.SendAsync("/products/1?include_reviews=false&secret=word", ("Cookie", "session=hidden"));
                await host.SendAsync("/products/2", ("Authorization", "Bearer hidden"));
                await host.SendAsync("/products/999999");
            }

            await host.StopAsync();
        }

        var requests = JsonNode.Parse(await System.IO.File.ReadAllTextAsync(File, TestContext.Current.CancellationToken))!["requests"]!.AsArray();
        var only = Assert.Single(requests)!;
        Assert.Equal("""{"id":"1","include_reviews":"false"}""", only["parameters"]!.ToJsonString());
        Assert.Equal("product", (string)only["view"]!);
        Assert.Single(new FileInfo(File).Directory!.GetFiles());
    }

    [Theory]
    [InlineData("{")]
    [InlineData("[]")]
    [InlineData("""{"version":1,"requests":null}""")]
    [InlineData("""{"version":7,"requests":[]}""")]
    [InlineData("""{"version":1,"requests":[{"view":null,"parameters":{},"value":1}]}""")]
    public async Task Start_FileIsBroken_StartsColdAndIsWrittenAnew(string content)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(File)!);
        await System.IO.File.WriteAllTextAsync(File, content, TestContext.Current.CancellationToken);
        await using (var database = new SqliteTestDatabase(Schema))
        await using (var host = await StartAsync(database))
        {
            await WarmedAsync(host);
            await AskAsync(host, new Random(1), 100);
            await host.StopAsync();
        }

        Assert.Contains("\"view\":\"product\"", await System.IO.File.ReadAllTextAsync(File, TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_RequestsThatAreAnsweredNoMore_AreLeftOut()
    {
        Directory.CreateDirectory(Path.GetDirectoryName(File)!);
        await System.IO.File.WriteAllTextAsync(
            File,
            """
            {"version":1,"requests":[{"view":"gone","parameters":{},"value":9},{"view":"product","parameters":{"id":"999999"},"value":8},{"view":"product","parameters":{"unknown":"1"},"value":7},
            {"view":"product","parameters":{"id":"1","include_reviews":"maybe"},"value":6},{"view":"product","parameters":{"id":"2"},"value":5}]}
            """,
            TestContext.Current.CancellationToken);
        await using var database = new SqliteTestDatabase(Schema);
        await using var host = await StartAsync(database);

        await WarmedAsync(host);

        using var response = await host.SendAsync("/products/2");
        Assert.StartsWith("Larder; hit", response.Headers.GetValues("Cache-Status").Single(), StringComparison.Ordinal);
        var status = await DataAsync(host, Status);
        Assert.Equal(("succeeded", 1), ((string)status["tasks"]![0]!["state"]!, (int)status["popular_requests"]!));
    }

    [Fact]
    public async Task Endpoints_StatusAndWarm_SayWhatTheyDo()
    {
        await using var database = new SqliteTestDatabase(Schema);
        await using var host = await StartAsync(database, services => services
            .AddWarmingRequests("products", ["/products/1", "/products/2?include_reviews=false"], task => task with { Priority = WarmingPriority.Critical, Interval = TimeSpan.FromMinutes(5) })
            .AddWarmingRequests("wrong", ["/nowhere"], task => task with { Retries = 0, DependsOn = ["products"] }));
        await Patience.UntilAsync(async () => (await DataAsync(host, Status))["tasks"]!.AsArray().All(task => (string)task!["state"]! is not ("waiting" or "running")));

        var data = await DataAsync(host, Status);
        Assert.Equal(["is_enabled", "popular_requests", "tasks"], data.AsObject().Select(member => member.Key));
        var tasks = data["tasks"]!.AsArray().ToDictionary(task => (string)task!["name"]!, task => task!);
        Assert.Equal(
            ["name", "priority", "state", "last_run", "next_run", "runs", "failures", "success_rate", "average_duration_ms", "last_error", "interval_seconds", "depends_on"],
            tasks["products"].AsObject().Select(member => member.Key));
        Assert.Equal(("critical", "succeeded", 1, 100, 300), (
            (string)tasks["products"]["priority"]!, (string)tasks["products"]["state"]!, (int)tasks["products"]["runs"]!, (double)tasks["products"]["success_rate"]!, (double)tasks["products"]["interval_seconds"]!));
        Assert.Equal(("failed", "InvalidOperationException: 'path' is answered by no endpoint.", 0), (
            (string)tasks["wrong"]["state"]!, (string)tasks["wrong"]["last_error"]!, (double)tasks["wrong"]["success_rate"]!));
        using var response = await host.SendAsync("/products/1");
        Assert.StartsWith("Larder; hit", response.Headers.GetValues("Cache-Status").Single(), StringComparison.Ordinal);

        // What warming asks is in no figure.
        Assert.Equal(1, (int)(await DataAsync(host, "/api/bff/monitoring/summary"))["total_requests"]!);

        Assert.Equal(404, await PostAsync(host, "/api/v2/cache/warm-cache", """{"tasks":["products","nobody"]}"""));
        Assert.Equal(400, await PostAsync(host, "/api/v2/cache/warm-cache", """{"tasks":7}"""));
        Assert.Equal(200, await PostAsync(host, "/api/v2/cache/warm-cache", """{"tasks":["products"]}"""));
        await Patience.UntilAsync(async () => (int)(await DataAsync(host, Status))["tasks"]!.AsArray().First(task => (string)task!["name"]! == "products")!["runs"]! == 2);
        Assert.Equal(200, await PostAsync(host, "/api/advanced-cache/management/warm-critical", ""));
        await Patience.UntilAsync(async () => (int)(await DataAsync(host, Status))["tasks"]!.AsArray().First(task => (string)task!["name"]! == "products")!["runs"]! == 3);
        Assert.Equal(200, await PostAsync(host, "/api/v2/cache/warm-cache", ""));
        using var foreign = await host.SendAsync(Status, ("X-Forwarded-For", "10.0.0.1"));
        Assert.Equal(403, (int)foreign.StatusCode);
    }

    public void Dispose() => _folder.Delete(recursive: true);

    private Task<WebHost> StartAsync(SqliteTestDatabase database, Action<IServiceCollection>? configure = null) => WebHost.StartAsync(
        app =>
        {
            app.UseLarderMonitoring();
            app.MapView("/products/{id}", Shop.Product);
            app.MapLarderMonitoring();
            app.MapLarderManagement();
        },
        services =>
        {
            services.AddTrackedDatabase(_ => new TrackedDatabaseOptions { DataSource = database, Dialect = SqlDialect.Sqlite, Views = SqliteTestDatabase.Options });
            services.AddLarderManagement().AddLarderRequestWarming(options => options.File = File);
            configure?.Invoke(services);
        });

    private static async Task WarmedAsync(WebHost host) => await Patience.UntilAsync(async () =>
        (string)(await DataAsync(host, Status))["tasks"]![0]!["state"]! == "succeeded");

    // By zipf, as people do. The share of hits.
    private static async Task<double> AskAsync(WebHost host, Random random, int count)
    {
        var hits = 0;
        for (var i = 0; i < count; i++)
        {
            var id = (int)Math.Exp(random.NextDouble() * Math.Log(Products));
            using var response = await host.SendAsync($"/products/{id}");
            hits += response.Headers.GetValues("Cache-Status").Single().StartsWith("Larder; hit", StringComparison.Ordinal) ? 1 : 0;
        }

        return (double)hits / count;
    }

    private static async Task<JsonNode> DataAsync(WebHost host, string path) => JsonNode.Parse((await host.GetAsync(path)).Body)!["data"]!;

    private static async Task<int> PostAsync(WebHost host, string path, string body)
    {
        using var content = new StringContent(body, Encoding.UTF8, "application/json");
        using var response = await host.Client.PostAsync(path, content, TestContext.Current.CancellationToken);
        return (int)response.StatusCode;
    }
}
