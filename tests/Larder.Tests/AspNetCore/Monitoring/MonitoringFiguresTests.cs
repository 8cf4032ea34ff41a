using System.Text.Json.Nodes;

namespace Larder.Tests.AspNetCore.Monitoring;

/// <summary>The figures against an independent count.</summary>
public sealed class MonitoringFiguresTests : IAsyncLifetime
{
    private const int Requests = 10_000;
    private const string Route = "GET /work/{microseconds}/{status}";

    private MonitoringHost _host = null!;

    public async ValueTask InitializeAsync() => _host = await MonitoringHost.StartAsync();

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Fact]
    public async Task Statistics_OfTenThousandRequests_AreThoseOfAnIndependentCount()
    {
        var random = new Random(6);
        var (times, statuses) = (new List<double>(Requests), new Dictionary<int, int>());
        for (var i = 0; i < Requests; i++)
        {
            // From 10 µs to 1 s, evenly by their logarithm; 4 in 100 fail, half of them by the client.
            var microseconds = (int)Math.Exp(Math.Log(10) + (random.NextDouble() * (Math.Log(1_000_000) - Math.Log(10))));
            var status = random.Next(100) switch { 0 => 503, 1 => 599, 2 => 404, 3 => 422, _ => 200 };
            await _host.AskAsync($"/work/{microseconds}/{status}");
            times.Add(microseconds / 1000.0);
            statuses[status] = statuses.GetValueOrDefault(status) + 1;
        }

        times.Sort();
        var stats = (await _host.GetAsync("/api/bff/monitoring/stats"))["data"]![Route]!;
        var errors = statuses[503] + statuses[599];
        Assert.Equal((Requests, errors), ((int)stats["count"]!, (int)stats["errors"]!));
        Assert.Equal(Math.Round(100.0 * errors / Requests, 2), (double)stats["error_rate"]!);
        Near(times[0], stats["response_times"]!["min"]!, 1e-9);
        Near(times[^1], stats["response_times"]!["max"]!, 1e-9);
        Near(times.Average(), stats["response_times"]!["avg"]!, 1e-6);
        Near(times[(Requests / 2) - 1], stats["response_times"]!["median"]!, 0.01);
        Near(times[(Requests * 95 / 100) - 1], stats["response_times"]!["p95"]!, 0.01);
        Near(times[(Requests * 99 / 100) - 1], stats["response_times"]!["p99"]!, 0.01);

        var summary = (await _host.GetAsync("/api/bff/monitoring/summary"))["data"]!;
        Assert.Equal((Requests, errors, 1), ((int)summary["total_requests"]!, (int)summary["total_errors"]!, (int)summary["total_endpoints"]!));
        Near(times[(Requests * 95 / 100) - 1], summary["p95_response_time"]!, 0.01);

        var details = (await _host.GetAsync("/api/bff/monitoring/details"))["data"]!["series"]![0]!;
        Assert.Equal(statuses[404] + statuses[422], (int)details["client_errors"]!);
        Assert.Equal(Requests, (int)details["outcomes"]!["uncached"]!);
    }

    [Fact]
    public async Task Outcomes_OfAView_AreHitsMissesAndBypassesWithTheirReason()
    {
        await _host.AskAsync("/products/1", 5);
        using (await _host.Web.SendAsync("/products/1", ("Authorization", "Basic eDp5")))
        {
        }

        var details = (await _host.GetAsync("/api/bff/monitoring/details?kind=view"))["data"]!["series"]![0]!;

        Assert.Equal("product", (string)details["name"]!);
        Assert.Equal((4, 1, 1), ((int)details["outcomes"]!["hit"]!, (int)details["outcomes"]!["miss"]!, (int)details["outcomes"]!["bypass"]!["authorization"]!));
        Assert.Equal(80, (double)details["cache_hit_rate"]!);
    }

    [Fact]
    public async Task Windows_AsTimePasses_ForgetWhatIsOlder()
    {
        await _host.AskAsync("/work/1/200", 3);
        _host.Web.Time.Advance(TimeSpan.FromMinutes(2));
        await _host.AskAsync("/work/1/200", 2);

        foreach (var (window, count) in new[] { ("1m", 2), ("5m", 5), ("1h", 5), ("all", 5) })
        {
            Assert.Equal(count, (int)(await _host.GetAsync($"/api/bff/monitoring/summary?window={window}"))["data"]!["total_requests"]!);
        }
    }

    [Fact]
    public async Task Health_WithFivePercentErrors_IsDegradedUntilTheyArePast()
    {
        await _host.AskAsync("/work/1/200", 19);
        Assert.Equal("healthy", (string)(await _host.GetAsync("/api/bff/monitoring/health"))["status"]!);

        await _host.AskAsync("/work/1/500");
        Assert.Equal("degraded", (string)(await _host.GetAsync("/api/bff/monitoring/health"))["status"]!);

        _host.Web.Time.Advance(TimeSpan.FromMinutes(6));
        Assert.Equal("healthy", (string)(await _host.GetAsync("/api/bff/monitoring/health"))["status"]!);
    }

    [Fact]
    public async Task Health_WithAnAverageOfASecond_IsDegraded()
    {
        await _host.AskAsync("/work/1000000/200");

        Assert.Equal("degraded", (string)(await _host.GetAsync("/api/bff/monitoring/health"))["status"]!);
    }

    [Fact]
    public async Task Invalidations_ByTagAndByKey_AreCountedByCause()
    {
        _host.Web.Cache.RemoveByTag("product:1");
        _host.Web.Cache.Remove("key");
        _host.Web.Cache.RemoveByPattern("none*");
        await _host.Web.Cache.InvalidateAsync(["product:2"], "test", cancellationToken: TestContext.Current.CancellationToken);

        var data = (await _host.GetAsync("/api/bff/monitoring/invalidations"))["data"]!;

        Assert.Equal((1, 1, 0, 1), ((int)data["by_cause"]!["tag"]!, (int)data["by_cause"]!["key"]!, (int)data["by_cause"]!["pattern"]!, (int)data["by_cause"]!["application"]!));
        Assert.Equal(3, (int)data["total"]!);
    }

    [Fact]
    public async Task Requests_ForFigures_AreInNoFigure()
    {
        for (var i = 0; i < 3; i++)
        {
            await _host.GetAsync("/api/bff/monitoring/stats");
            await _host.Web.GetAsync("/metrics");
        }

        Assert.Equal(0, (int)(await _host.GetAsync("/api/bff/monitoring/summary"))["data"]!["total_requests"]!);
    }

    [Fact]
    public async Task Routes_WithoutACache_AreCountedByTemplateAndMethod()
    {
        using (await _host.Web.SendAsync(HttpMethod.Post, "/write"))
        using (await _host.Web.SendAsync(new HttpMethod("INVENTED"), "/any/1"))
        using (await _host.Web.SendAsync(new HttpMethod("MADEUP"), "/any/2"))
        using (await _host.Web.SendAsync("/no/such/path"))
        {
        }

        var data = (await _host.GetAsync("/api/bff/monitoring/stats"))["data"]!.AsObject();

        Assert.Equal(["(unmatched)", "POST /write", "_OTHER /any/{id}"], data.Select(route => route.Key).Order(StringComparer.Ordinal));
        Assert.Equal(2, (int)data["_OTHER /any/{id}"]!["count"]!);
    }

    private static void Near(double expected, JsonNode actual, double within) =>
        Assert.InRange((double)actual, expected * (1 - within), expected * (1 + within));
}
