using System.Text.Json.Nodes;

namespace Larder.Tests.AspNetCore.Monitoring;

/// <summary>The documents against section 4 of the requirements, member by member: names, order, kinds of values.</summary>
public sealed class MonitoringShapeTests : IAsyncLifetime
{
    private const string Times = "min:n max:n avg:n median:n p95:n p99:n";
    private const string Cache = "available:b total_keys:n memory_used_bytes:n memory_limit_bytes:n memory_used_percent:n hit_rate:n hits:n misses:n evictions:n";
    private const string Summary =
        "total_requests:n total_errors:n error_rate:n avg_response_time:n p95_response_time:n cache_hit_rate:n total_endpoints:n top_endpoints:a";

    private const string Outcomes = "hit:n miss:n stale:n collapsed:n uncached:n bypass:o";
    private const string Point = "count:n per_second:n error_rate:n avg_response_time:n p95_response_time:n cache_hit_rate:n";

    private MonitoringHost _host = null!;

    public async ValueTask InitializeAsync()
    {
        _host = await MonitoringHost.StartAsync();
        await _host.AskAsync("/products/1", 3);
        await _host.AskAsync("/products/99");
    }

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Theory]
    [InlineData("/api/bff/monitoring/stats", "", "success:b data:o")]
    [InlineData("/api/bff/monitoring/stats", "data/GET ~1products~1{id}", "endpoint:s count:n errors:n error_rate:n response_times:o cache_hit_rate:n cache_hits:n cache_misses:n")]
    [InlineData("/api/bff/monitoring/stats", "data/GET ~1products~1{id}/response_times", Times)]
    [InlineData("/api/bff/monitoring/summary", "", "success:b data:o")]
    [InlineData("/api/bff/monitoring/summary", "data", Summary)]
    [InlineData("/api/bff/monitoring/summary", "data/top_endpoints/0", "endpoint:s count:n avg_response_time:n")]
    [InlineData("/api/bff/monitoring/health", "", "status:s service:s metrics:o")]
    [InlineData("/api/bff/monitoring/health", "metrics", "total_requests:n error_rate:n avg_response_time:n cache_hit_rate:n")]
    [InlineData("/api/bff/monitoring/details", "data", "kind:s window:s series:a")]
    [InlineData("/api/bff/monitoring/details", "data/series/0/outcomes", Outcomes)]
    [InlineData("/api/bff/monitoring/details", "data/series/0/outcomes/bypass", "policy:n request:n authorization:n token:n transaction:n lag:n response:n overload:n")]
    [InlineData("/api/bff/monitoring/trends", "data/GET ~1products~1{id}", "endpoint:s windows:o requests:s p95:s cache_hit_rate:s")]
    [InlineData("/api/bff/monitoring/trends", "data/GET ~1products~1{id}/windows/1h", Point)]
    [InlineData("/api/bff/monitoring/invalidations", "data", "total:n by_cause:o pending:n log_position:n log_lag_ms:n is_lagging:b")]
    [InlineData("/api/bff/monitoring/invalidations", "data/by_cause", "write:n schema:n application:n tag:n key:n pattern:n verification:n")]
    [InlineData("/api/v2/cache/health", "", "status:s service:s available:b mode:s reasons:a cache:o invalidations:o")]
    [InlineData("/api/v2/cache/metrics", "data", Cache)]
    [InlineData("/api/v2/cache/performance-report", "data", "generated_at:s window:s summary:o cache:o database_time_saved_ms:n gain_percent:z slowest_endpoints:a slowest_sections:a recommendations:a")]
    [InlineData("/api/v2/cache/performance-report", "data/summary", Summary)]
    [InlineData("/api/v2/cache/performance-report", "data/slowest_endpoints/0", "name:s count:n avg_response_time:n p95_response_time:n")]
    [InlineData("/api/advanced-cache/analytics/overview", "data", "generated_at:s window:s requests:o client_errors:n outcomes:o database_time_saved_ms:n cache:o invalidations:o windows:o")]
    [InlineData("/api/advanced-cache/analytics/query-metrics", "data", "queries:a sections:a")]
    [InlineData("/api/advanced-cache/analytics/query-metrics", "data/sections/0", "query:s execution_count:n cache_hits:n cache_misses:n hit_rate:n avg_db_time_ms:n avg_cache_time_ms:z speedup_factor:z last_executed:z")]
    public async Task Document_AtItsPlace_HasExactlyTheseMembers(string path, string place, string members)
    {
        JsonNode node = await _host.GetAsync(path);
        foreach (var step in place.Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            node = node is JsonArray array ? array[int.Parse(step)]! : node[step.Replace("~1", "/")]!;
        }

        Assert.Equal(members, string.Join(' ', node.AsObject().Select(member => $"{member.Key}:{KindOf(member.Value)}")));
    }

    [Fact]
    public async Task Reset_Asked_AnswersAsRequiredAndLetsTheFiguresBeginAnew()
    {
        using var response = await _host.Web.SendAsync(HttpMethod.Post, "/api/bff/monitoring/reset");
        var body = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);

        Assert.Equal("""{"success":true,"message":"Performance statistics reset successfully"}""", body);
        Assert.Empty((await _host.GetAsync("/api/bff/monitoring/stats"))["data"]!.AsObject());
        Assert.Equal(0, (int)(await _host.GetAsync("/api/bff/monitoring/summary?window=1m"))["data"]!["total_requests"]!);
        Assert.Null((await _host.GetAsync("/api/bff/monitoring/summary"))["data"]!["error_rate"]);

        await _host.AskAsync("/products/1", 2);
        Assert.Equal(2, (int)(await _host.GetAsync("/api/bff/monitoring/summary"))["data"]!["total_requests"]!);
        Assert.Equal(2, (int)(await _host.GetAsync("/api/bff/monitoring/summary?window=5m"))["data"]!["total_requests"]!);
        Assert.Contains("result=\"success\"} 4", (await _host.Web.GetAsync("/metrics")).Body);
    }

    [Theory]
    [InlineData("/api/bff/monitoring/stats?window=2m", "window")]
    [InlineData("/api/bff/monitoring/details?kind=path", "kind")]
    public async Task Parameter_WithoutSuchAValue_IsRefusedByName(string path, string parameter)
    {
        var (response, body) = await _host.Web.GetAsync(path);

        Assert.Equal(400, (int)response.StatusCode);
        Assert.NotNull(JsonNode.Parse(body)!["errors"]![parameter]);
    }

    [Theory]
    [InlineData("/products/{id}", 1)]
    [InlineData("GET /products/{id}", 1)]
    [InlineData("/products", 0)]
    public async Task Stats_OfAnEndpoint_AreOfItAlone(string endpoint, int count)
    {
        await _host.AskAsync("/work/1/200");

        var data = (await _host.GetAsync($"/api/bff/monitoring/stats?endpoint={Uri.EscapeDataString(endpoint)}"))["data"]!.AsObject();

        Assert.Equal(count, data.Count);
    }

    [Fact]
    public async Task OpenApi_OfMonitoring_StatesTheMembersByTheirRealNames()
    {
        var document = JsonNode.Parse((await _host.Web.GetAsync("/openapi/monitoring.json")).Body)!;

        var summary = document["paths"]!["/api/bff/monitoring/summary"]!["get"]!;
        var data = summary["responses"]!["200"]!["content"]!["application/json"]!["schema"]!["properties"]!["data"]!;
        Assert.Equal(Summary.Split(' ').Select(member => member[..member.IndexOf(':')]), data["properties"]!.AsObject().Select(member => member.Key));
        Assert.Equal("window", (string)summary["parameters"]![0]!["name"]!);
        Assert.Null((await _host.Web.DocumentAsync())["paths"]!["/api/bff/monitoring/summary"]);
    }

    // n number, s string, b boolean, o object, a array, z null.
    private static char KindOf(JsonNode? value) => value switch
    {
        null => 'z',
        JsonObject => 'o',
        JsonArray => 'a',
        _ => value.GetValueKind() switch
        {
            System.Text.Json.JsonValueKind.Number => 'n',
            System.Text.Json.JsonValueKind.String => 's',
            _ => 'b',
        },
    };
}
