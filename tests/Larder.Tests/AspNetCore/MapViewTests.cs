using System.Net;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Larder.Data;
using Larder.Tests.Data;
using Larder.Tests.Views;
using Larder.Views;
using Larder.Views.Sources;
using Microsoft.AspNetCore.Builder;

namespace Larder.Tests.AspNetCore;

/// <summary>A view behind HTTP: the exact bytes, the headers, and problem details for everything that goes wrong.</summary>
public sealed partial class MapViewTests : IAsyncLifetime
{
    private readonly SqliteTestDatabase _database = new(Shop.Schema);
    private WebHost _host = null!;

    public async ValueTask InitializeAsync() => _host = await WebHost.StartAsync(
        app =>
        {
            app.MapView("/products/{id}", Shop.Product);
            app.MapView("/lists", "lists", view => view.Parameter<int>("a").Parameter("limit", 20, limit => limit.Between(1, 100))
                .Required("limit", Code.Compute(inputs => inputs.Get<int>("limit")).Uses("limit")));
            app.MapView("/broken", "broken", view => view.Optional("a", Sql.Row<int>("SELECT x FROM missing")).Optional("b", Sql.Row<int>("SELECT x FROM missing")));
            app.MapView("/slow", "slow", view => view.Required("a", Code.Ask<string>((_, _) => throw new TimeoutException("internal detail"))));
            app.MapView("/nothing", "nothing", view => view.Required("opening_hours", Sql.Row<int>("SELECT 1 WHERE 1 = 0")));
        },
        configure: null,
        _database.ForViews);

    [Fact]
    public async Task Get_MissAndHit_AreTheSameBytesButForCached()
    {
        const string Expected = """{"success":true,"data":{"product":{"id":1,"name":"Hammer","category":"tools","price":12.5},"reviews":[5,4],"similar":["Saw"]},"metadata":{"cached":false,"data_sources":3,"generated_at":"2025-01-01T00:00:00Z"}}""";
        var miss = await _host.GetAsync("/products/1");
        _host.Time.Advance(TimeSpan.FromSeconds(10));
        var hit = await _host.GetAsync("/products/1?include_reviews=true");

        Assert.Equal(Expected, miss.Body);
        Assert.Equal(Expected.Replace("\"cached\":false", "\"cached\":true", StringComparison.Ordinal), hit.Body);
        Assert.Equal("application/json; charset=utf-8", miss.Response.Content.Headers.ContentType!.ToString());
        Assert.Equal(miss.Body.Length, miss.Response.Content.Headers.ContentLength);
        Assert.Equal("no-cache", miss.Response.Headers.CacheControl!.ToString());
        Assert.Equal(
            miss.Response.Headers.Select(header => header.Key).Append("Age").Except(["Server-Timing"]).Order(StringComparer.Ordinal),
            hit.Response.Headers.Select(header => header.Key).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Get_ServerTiming_NamesEverySectionAskedFor()
    {
        var miss = (await _host.GetAsync("/products/1?include_reviews=false")).Response.Headers.GetValues("Server-Timing").Single();
        var hit = (await _host.GetAsync("/products/1")).Response.Headers.GetValues("Server-Timing").Single();

        Assert.Matches(Metrics(), miss);
        Assert.Equal(["product loaded", "similar loaded"], Metric().Matches(miss).Select(match => $"{match.Groups[1]} {match.Groups[2]}"));
        Assert.Equal(["product hit", "reviews loaded", "similar hit"], Metric().Matches(hit).Select(match => $"{match.Groups[1]} {match.Groups[2]}"));
    }

    [Fact]
    public async Task Get_UnknownQueryParameters_AreIgnoredAndShareTheEntry()
    {
        var first = await _host.GetAsync("/products/1");
        var second = await _host.GetAsync("/products/1?utm_source=mail&id=2&x=1&x=2");

        Assert.Contains("\"cached\":true", second.Body);
        Assert.Equal(Data(first.Body), Data(second.Body));
    }

    [Fact]
    public async Task Get_BadParameters_AreAllNamed()
    {
        var (response, body) = await _host.GetAsync("/lists?limit=101");

        var problem = await ProblemAsync(response, HttpStatusCode.BadRequest);
        Assert.Equal("""{"a":["is required."],"limit":["must be between 1 and 100."]}""", problem["errors"]!.ToJsonString());
        Assert.Contains("'limit' must be between 1 and 100.", (string)problem["detail"]!);
        Assert.DoesNotContain("success", body);
    }

    [Fact]
    public async Task Get_BadRouteValue_NamesIt() =>
        Assert.NotNull((await ProblemAsync((await _host.GetAsync("/products/one")).Response, HttpStatusCode.BadRequest))["errors"]!["id"]);

    [Fact]
    public async Task Get_NoSuchThing_Is404AndSaysWhat()
    {
        var problem = await ProblemAsync((await _host.GetAsync("/products/99")).Response, HttpStatusCode.NotFound);
        Assert.Equal("There is no product with id 99.", (string)problem["detail"]!);

        problem = await ProblemAsync((await _host.GetAsync("/nothing")).Response, HttpStatusCode.NotFound);
        Assert.Equal("There is no opening hours.", (string)problem["detail"]!);
    }

    [Fact]
    public async Task Get_OneSectionFails_Is200AndSaysWhich()
    {
        _database.Execute("DROP TABLE reviews");

        var (response, body) = await _host.GetAsync("/products/1");

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.EndsWith("\"complete\":false,\"errors\":[{\"section\":\"reviews\",\"reason\":\"error\"}]}}", body);
        Assert.Contains("\"reviews\":null", body);
    }

    [Fact]
    public async Task Get_AllSectionsFail_Is502WithoutDetailsOfTheError()
    {
        var (response, body) = await _host.GetAsync("/broken");

        await ProblemAsync(response, HttpStatusCode.BadGateway);
        Assert.DoesNotContain("missing", body);
    }

    [Fact]
    public async Task Get_SourceTimesOut_Is504()
    {
        var (response, body) = await _host.GetAsync("/slow");

        await ProblemAsync(response, HttpStatusCode.GatewayTimeout);
        Assert.DoesNotContain("internal detail", body);
    }

    [Fact]
    public async Task Get_DatabaseIsAway_Is503WithRetryAfter()
    {
        await using var postgres = await PostgresTestDatabase.CreateAsync(Shop.Schema);
        await using var host = await WebHost.StartAsync(app => app.MapView("/products/{id}", Shop.Product), configure: null, postgres.ForViews);
        Assert.Equal(HttpStatusCode.OK, (await host.GetAsync("/products/1")).Response.StatusCode);
        await postgres.Relay.StopAsync();

        var (response, _) = await host.GetAsync("/products/2");

        await ProblemAsync(response, HttpStatusCode.ServiceUnavailable);
        Assert.True(response.Headers.RetryAfter!.Delta > TimeSpan.Zero);
        Assert.Equal(HttpStatusCode.OK, (await host.GetAsync("/products/1")).Response.StatusCode);
    }

    [Fact]
    public async Task Get_HundredsOfParallelRequestsOfDifferentIds_EachGetsItsOwnData()
    {
        _database.Execute("WITH RECURSIVE n(i) AS (SELECT 10 UNION ALL SELECT i + 1 FROM n WHERE i < 59) INSERT INTO products SELECT i, 'Product ' || i, 'c' || i, 1 FROM n");
        _database.Execute("INSERT INTO reviews SELECT id + 100, id, id FROM products WHERE id >= 10");
        var ids = Enumerable.Range(0, 400).Select(i => 10 + (i * 7 % 50)).ToArray();

        await Parallel.ForEachAsync(ids, new ParallelOptions { MaxDegreeOfParallelism = 100 }, async (id, _) =>
        {
            var include = id % 2 == 0;
            var data = JsonNode.Parse((await _host.GetAsync($"/products/{id}?include_reviews={include}")).Body)!["data"]!;
            Assert.Equal((id, $"Product {id}"), ((int)data["product"]!["id"]!, (string)data["product"]!["name"]!));
            Assert.Equal(include ? $"[{id}]" : null, data["reviews"]?.ToJsonString());
        });
        Assert.Equal(50, _database.CountOf("price FROM products"));
    }

    [Fact]
    public async Task Get_ClientGoesAway_CancelsItsLoadAndNoOtherRequest()
    {
        var load = new Caching.HeldLoad<string>();
        await using var host = await WebHost.StartAsync(app => app.MapView("/held", "held", view => view.Required("a", Code.Ask<string>((_, token) => load.RunAsync(token)!))));
        var cancelled = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var leaving = new CancellationTokenSource();
        var request = host.Client.GetAsync("/held", leaving.Token);
        await load.Started.Soon();
        await using var registration = load.Token.Register(cancelled.SetResult);

        await leaving.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => request);
        await cancelled.Task.Soon();
    }

    [Fact]
    public async Task MapView_WhatCannotWork_IsRefusedAtStart()
    {
        await RefusedAsync("parameter 'product_id'", app => app.MapView("/products/{product_id}", Shop.Product), _database.ForViews);
        await RefusedAsync("database 'default'", app => app.MapView("/products/{id}", Shop.Product));
        var bare = WebApplication.CreateSlimBuilder().Build();
        Assert.Contains("AddLarder", Assert.Throws<InvalidOperationException>(() => bare.MapView("/products/{id}", Shop.Product)).Message);
    }

    public async ValueTask DisposeAsync()
    {
        await _host.DisposeAsync();
        _database.Dispose();
    }

    private static async Task RefusedAsync(string message, Action<WebApplication> map, params SqlDatabase[] databases) =>
        Assert.Contains(message, (await Assert.ThrowsAsync<InvalidOperationException>(() => WebHost.StartAsync(map, configure: null, databases))).Message);

    private static string Data(string body) => JsonNode.Parse(body)!["data"]!.ToJsonString();

    private static async Task<JsonNode> ProblemAsync(HttpResponseMessage response, HttpStatusCode status)
    {
        Assert.Equal(status, response.StatusCode);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType!.MediaType);
        var problem = JsonNode.Parse(await response.Content.ReadAsStringAsync())!;
        Assert.Equal((int)status, (int)problem["status"]!);
        return problem;
    }

    // W3C Server Timing: metric names and parameters are tokens.
    [GeneratedRegex(@"^[a-z_]+;dur=\d+(\.\d+)?;desc=[a-z]+(, [a-z_]+;dur=\d+(\.\d+)?;desc=[a-z]+)*$")]
    private static partial Regex Metrics();

    [GeneratedRegex(@"([a-z_]+);dur=[\d.]+;desc=([a-z]+)")]
    private static partial Regex Metric();
}
