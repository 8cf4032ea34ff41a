using System.Net;
using System.Text.Json.Nodes;
using Larder.Views.Sources;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Logging;

namespace Erp.Tests;

/// <summary>The composed ERP on Kestrel, as its users meet it.</summary>
public sealed class ErpApplicationTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [Theory, BothDatabases]
    public async Task Get_TheSameViewBelowBothPrefixes_SharesCacheEntries(TestDatabaseKind kind)
    {
        await using var erp = await StartAsync(kind);
        using var client = ClientOf(erp);

        var first = JsonNode.Parse(await client.GetStringAsync("/api/mobile/products/1/complete"))!;
        var second = JsonNode.Parse(await client.GetStringAsync("/api/bff/mobile/products/1/complete"))!;

        Assert.Equal((false, true), ((bool)first["metadata"]!["cached"]!, (bool)second["metadata"]!["cached"]!));
        Assert.Equal(first["data"]!.ToJsonString(), second["data"]!.ToJsonString());
    }

    [Theory, BothDatabases]
    public async Task Get_OfARealView_IsValidatedAndCountsItsAge(TestDatabaseKind kind)
    {
        await using var erp = await StartAsync(kind);
        using var client = ClientOf(erp);
        foreach (var path in new[] { "/products/1/complete", "/customers/1/complete", "/orders/1/complete", "/salesperson/dashboard?salesperson_id=1", "/home" })
        {
            using var miss = await client.GetAsync($"/api/mobile{path}");
            using var head = await client.SendAsync(new(HttpMethod.Head, $"/api/mobile{path}"));
            using var request = new HttpRequestMessage(HttpMethod.Get, $"/api/bff/mobile{path}");
            request.Headers.IfNoneMatch.Add(miss.Headers.ETag!);
            using var notModified = await client.SendAsync(request);

            Assert.Equal((path, HttpStatusCode.OK, "Larder; fwd=miss; stored"), (path, miss.StatusCode, miss.Headers.GetValues("Cache-Status").Single()));
            Assert.Equal((HttpStatusCode.OK, HttpStatusCode.NotModified), (head.StatusCode, notModified.StatusCode));
            Assert.StartsWith("Larder; hit; ttl=", notModified.Headers.GetValues("Cache-Status").Single(), StringComparison.Ordinal);
            Assert.NotNull(notModified.Headers.Age);
        }
    }

    [Theory]
    [InlineData("/checkout?customer_id=1")]
    [InlineData("/health")]
    [InlineData("/home?customer_id=1")]
    public async Task Get_OfWhatIsNeverCached_IsReadEachTime(string path)
    {
        await using var erp = await StartAsync(TestDatabaseKind.Sqlite);
        using var client = ClientOf(erp);
        for (var i = 0; i < 2; i++)
        {
            using var answer = await client.GetAsync($"/api/mobile{path}");

            Assert.Equal("Larder; fwd=bypass; detail=no-store", answer.Headers.GetValues("Cache-Status").Single());
            Assert.False((bool)JsonNode.Parse(await answer.Content.ReadAsStringAsync())!["metadata"]!["cached"]!);
        }
    }

    [Theory, BothDatabases]
    public async Task Get_By200CallersOfAColdDashboard_RunsEachQueryOnce(TestDatabaseKind kind)
    {
        await using var erp = await StartAsync(kind);
        using var client = ClientOf(erp);

        var answers = await Task.WhenAll(Enumerable.Range(0, 200)
            .Select(_ => client.GetAsync("/api/mobile/salesperson/dashboard?salesperson_id=1&date_range=month"))).WaitAsync(Patience);

        Assert.All(answers, answer => Assert.Equal(HttpStatusCode.OK, answer.StatusCode));
        var timings = answers.SelectMany(answer => answer.Headers.TryGetValues("Server-Timing", out var values) ? values : []);
        Assert.Equal(8, timings.Sum(timing => timing.Split("desc=loaded").Length - 1));
    }

    [Fact]
    public async Task Get_Documentation_ShowsEveryPathOfTheFirstPrefix()
    {
        await using var erp = await StartAsync(TestDatabaseKind.Sqlite);
        using var client = ClientOf(erp);

        var document = JsonNode.Parse(await client.GetStringAsync("/openapi/v1.json"))!;
        var paths = document["paths"]!.AsObject();

        Assert.StartsWith("3.1", (string?)document["openapi"]);
        string[] views =
        [
            "/products/{id}/complete", "/products/{id}", "/customers/{id}/complete", "/customers/{id}/quick", "/customers/{id}/financial", "/customers/{id}/orders",
            "/orders/{id}/complete", "/orders/{id}/quick", "/salesperson/dashboard", "/home", "/checkout", "/health",
        ];
        Assert.All(views, view => Assert.NotNull(paths[$"/api/mobile{view}"]?["get"]));
        Assert.DoesNotContain(paths, path => path.Key.StartsWith("/api/bff", StringComparison.Ordinal) || path.Key.StartsWith("/api/v2", StringComparison.Ordinal));
        Assert.Equal(["Home & Dashboard", "Products", "Customers", "Orders", "Checkout"], document["tags"]!.AsArray().Select(tag => (string?)tag!["name"]));
        Assert.Contains("swagger-ui", await client.GetStringAsync("/docs/index.html"), StringComparison.Ordinal);
        Assert.Contains("redoc", await client.GetStringAsync("/redoc/index.html"), StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task Get_AnyRequest_LeavesItsLineInTheRequestLog()
    {
        var path = Path.Combine(Path.GetTempPath(), $"erp-requests-{Guid.NewGuid():N}.log");
        await using (var erp = await StartAsync(TestDatabaseKind.Sqlite, requestLog: path))
        {
            using var client = ClientOf(erp);
            await client.GetAsync("/api/mobile/products/1/complete?include_similar=false");
            await client.GetAsync("/api/mobile/products/999999");
        }

        var lines = (await File.ReadAllLinesAsync(path)).Select(line => JsonNode.Parse(line)!.AsObject()).ToArray();
        File.Delete(path);
        var events = lines.Select(line => (string)line["event"]!).Where(name => name.StartsWith("bff_request", StringComparison.Ordinal));
        Assert.Equal(["bff_request_success", "bff_request_client_error"], events);
        Assert.Equal("/api/mobile/products/{id}/complete", (string?)lines.First(line => (string)line["event"]! == "bff_aggregation_complete")["endpoint"]);
    }

    [Theory, BothDatabases]
    public async Task Operator_AskingWhyAndDropping_IsAnswered(TestDatabaseKind kind)
    {
        await using var erp = await StartAsync(kind);
        using var client = ClientOf(erp);
        const string Question = "/api/v2/cache/explain?path=/api/mobile/products/3/complete";
        await client.GetStringAsync("/api/bff/mobile/products/3/complete");

        var hit = JsonNode.Parse(await client.GetStringAsync(Question))!["data"]!;
        var table = kind == TestDatabaseKind.Sqlite ? "products" : "public.products";
        using var dropped = await client.PostAsync("/api/v2/cache/invalidate", new StringContent($$$$"""{"entity":{"table":"{{{{table}}}}","key":{"id":3}}}""", null, "application/json"));
        var invalidated = JsonNode.Parse(await client.GetStringAsync(Question))!["data"]!;
        var ready = await client.GetStringAsync("/health/ready");

        Assert.Equal(("hit", HttpStatusCode.OK, "invalidated"), ((string)hit["outcome"]!, dropped.StatusCode, (string)invalidated["outcome"]!));
        Assert.Contains("products.id = 3", (string)invalidated["because"]!);
        Assert.Equal("""{"status":"ready","reasons":[]}""", ready);
    }

    [Fact]
    public async Task Stop_WithARequestInFlight_AnswersItFirst()
    {
        var entered = new TaskCompletionSource();
        var released = new TaskCompletionSource();
        await using var erp = await StartAsync(TestDatabaseKind.Sqlite, app => app.MapView("/slow", "slow", view => view
            .Required("value", Code.Ask<string>(async (_, cancellationToken) =>
            {
                entered.SetResult();
                await released.Task.WaitAsync(cancellationToken);
                return "finished";
            }))));
        using var client = ClientOf(erp);

        var answer = client.GetStringAsync("/slow");
        await entered.Task.WaitAsync(Patience);
        var stopped = erp.StopAsync();
        released.SetResult();

        Assert.Contains("finished", await answer.WaitAsync(Patience), StringComparison.Ordinal);
        await stopped.WaitAsync(Patience);
    }

    // What is dropped at a start is dropped on every node; and without its log a node could cache nothing from then on.
    [Theory, BothDatabases]
    public async Task Start_OnADatabaseThatIsReady_DropsNothing(TestDatabaseKind kind)
    {
        await using var erp = await StartAsync(kind);
        using var client = ClientOf(erp);

        var dropped = JsonNode.Parse(await client.GetStringAsync("/api/bff/monitoring/invalidations"))!["data"]!;

        Assert.Equal(0, (long)dropped["total"]!);
    }

    private static HttpClient ClientOf(WebApplication erp) => new() { BaseAddress = new Uri(erp.Urls.Single()) };

    private static async Task<WebApplication> StartAsync(TestDatabaseKind kind, Action<WebApplication>? map = null, string? requestLog = null)
    {
        var shared = await ErpTestDatabase.SharedAsync(kind, TestContent.Demo);
        var builder = WebApplication.CreateBuilder(
        [
            "--urls", "http://127.0.0.1:0", "--ConnectionStrings:Erp", shared.ConnectionString,
            // The output of the tests is no place for it.
            .. requestLog is null ? new[] { "--Larder:RequestLog:Enabled", "false" } : ["--Larder:RequestLog:Destination", "File", "--Larder:RequestLog:FilePath", requestLog],
        ]);
        builder.Logging.ClearProviders();
        var app = builder.AddErp().Build();
        app.MapErp();
        map?.Invoke(app);
        await app.StartAsync();
        return app;
    }
}
