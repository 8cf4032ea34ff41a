using System.Text.Json.Nodes;
using Larder.Caching;
using Microsoft.Extensions.DependencyInjection;

namespace Larder.Tests.AspNetCore.Management;

/// <summary>What the cache holds, and why.</summary>
public sealed class EntryEndpointTests
{
    private const string Response = "bff:app:product:";

    [Fact]
    public async Task Entries_Listed_HaveExactlyTheseMembers()
    {
        await using var host = await ManagementHost.StartAsync();
        await host.AskAsync("/products/1");

        var data = (await host.GetAsync("/api/v2/cache/entries"))["data"]!.AsObject();

        Assert.Equal(["total_keys", "matching", "is_complete", "entries"], data.Select(member => member.Key));
        Assert.Equal(
            ["key", "policy", "is_served", "freshness", "age_seconds", "remaining_seconds", "bytes", "tag_count", "recent_hits"],
            data["entries"]![0]!.AsObject().Select(member => member.Key));

        // The response and its three sections.
        Assert.Equal((4, 4, true), ((int)data["total_keys"]!, (int)data["matching"]!, (bool)data["is_complete"]!));
        Assert.All(data["entries"]!.AsArray(), entry => Assert.Equal(("default", true, "tracked"), ((string)entry!["policy"]!, (bool)entry["is_served"]!, (string)entry["freshness"]!)));
        Assert.All(data["entries"]!.AsArray(), entry => Assert.InRange((double)entry!["remaining_seconds"]!, 270, 300));
    }

    [Fact]
    public async Task Entries_ByPatternAndLimit_AreTheFirstByTheOrder()
    {
        await using var host = await ManagementHost.StartAsync();
        var policy = host.Web.Cache.GetPolicy(CachePolicies.Default);
        for (var i = 0; i < 5; i++)
        {
            host.Web.Cache.Set($"key:{i}", new string('x', 100 * (i + 1)), policy);
            host.Web.Time.Advance(TimeSpan.FromSeconds(1));
        }

        _ = host.Web.Cache.TryGet<string>("key:2", out _);

        Assert.Equal(["key:4", "key:3"], await KeysAsync("pattern=key:*&order_by=size&limit=2"));
        Assert.Equal(["key:0", "key:1"], await KeysAsync("pattern=key:*&order_by=age&limit=2"));
        Assert.Equal(["key:2", "key:4"], await KeysAsync("pattern=key:*&limit=2"));
        Assert.Empty(await KeysAsync("pattern=other*"));

        async Task<List<string>> KeysAsync(string query) =>
            [.. (await host.GetAsync($"/api/v2/cache/entries?{query}"))["data"]!["entries"]!.AsArray().Select(entry => (string)entry!["key"]!)];
    }

    [Theory]
    [InlineData("entries?limit=0", "limit")]
    [InlineData("entries?limit=1001", "limit")]
    [InlineData("entries?limit=many", "limit")]
    [InlineData("entries?order_by=colour", "order_by")]
    [InlineData("entries?pattern=a&pattern=b", "pattern")]
    [InlineData("entry", "key")]
    [InlineData("explain", "path")]
    [InlineData("explain?key=a&path=/b", "path")]
    [InlineData("explain?path=products", "path")]
    [InlineData("explain?path=/no/such/path", "path")]
    [InlineData("explain?path=/products/1%0D%0AX-Evil:1", "path")]
    [InlineData("explain?path=/products/1%2500", "path")]
    [InlineData("explain?path=//evil.example", "path")]
    public async Task Parameter_OutOfItsBounds_IsRefusedByName(string path, string member)
    {
        await using var host = await ManagementHost.StartAsync();

        var problem = await host.GetAsync($"/api/v2/cache/{path}", 400);

        Assert.NotNull(problem["errors"]![member]);
    }

    [Fact]
    public async Task Patterns_MadeToExplode_AreAnsweredAtOnceOrRefused()
    {
        await using var host = await ManagementHost.StartAsync();
        for (var i = 0; i < 100; i++)
        {
            host.Web.Cache.Set(new string('a', 1000) + i, 1, host.Web.Cache.GetPolicy(CachePolicies.Default));
        }

        var bomb = string.Concat(Enumerable.Repeat("*a", 127)) + "*b";
        var longer = string.Concat(Enumerable.Repeat("*a", 200));

        Assert.Equal(0, (int)(await host.GetAsync($"/api/v2/cache/entries?pattern={bomb}").Soon())["data"]!["matching"]!);
        Assert.Equal(0, (int)(await host.PostAsync("/api/v2/cache/invalidate", $$"""{"pattern":"{{bomb}}"}""").Soon())["dropped"]!);
        await host.GetAsync($"/api/v2/cache/entries?pattern={longer}", 400);
        await host.PostAsync("/api/v2/cache/invalidate", $$"""{"pattern":"{{longer}}"}""", 400);
        Assert.Equal(100, host.Web.Cache.GetStatistics().TotalKeys);
    }

    [Fact]
    public async Task Entry_OfASection_HasItsTagsAndTheStatementBehindEach()
    {
        await using var host = await ManagementHost.StartAsync();
        await host.AskAsync("/products/1");
        var key = await KeyAsync(host, "*product/reviews*");

        var data = (await host.GetAsync($"/api/v2/cache/entry?key={Uri.EscapeDataString(key)}"))["data"]!.AsObject();

        Assert.Equal(["entry", "because", "read_at", "tags", "statements", "value"], data.Select(member => member.Key));
        var statement = Assert.Single(data["statements"]!.AsArray())!;
        Assert.StartsWith("SELECT rating FROM reviews", (string)statement["text"]!, StringComparison.Ordinal);
        Assert.Contains(data["tags"]!.AsArray(), tag => ((string)tag!["name"]!).StartsWith("reviews", StringComparison.Ordinal) && tag["statements"]!.AsArray().Count == 1);

        // Neither the value nor what was asked for is shown unless the host says so.
        Assert.Null(data["value"]);
        Assert.True(statement["parameters"]!.AsObject().ContainsKey("id"));
        Assert.Null(statement["parameters"]!["id"]);
        Assert.Contains("/api/v2/cache/explain", (string)(await host.GetAsync("/api/v2/cache/entry?key=none", 404))["detail"]!);
    }

    [Fact]
    public async Task Entry_WhereTheHostShowsValues_HasThem()
    {
        await using var host = await ManagementHost.StartAsync(configure: static services => services.AddLarderManagement(options => options.ShowValues = true));
        await host.AskAsync("/products/1");

        var section = await EntryAsync("*product/reviews*");
        var response = await EntryAsync($"{Response}*");

        Assert.Equal(("[5,4]", "1"), ((string)section["value"]!, (string)section["statements"]![0]!["parameters"]!["id"]!));
        Assert.Equal("Hammer", (string)JsonNode.Parse((string)response["value"]!)!["data"]!["product"]!["name"]!);

        async Task<JsonNode> EntryAsync(string pattern) =>
            (await host.GetAsync($"/api/v2/cache/entry?key={Uri.EscapeDataString(await KeyAsync(host, pattern))}"))["data"]!;
    }

    [Fact]
    public async Task Explain_OfAPath_SaysMissThenHitThenWhatInvalidatedItThenExpired()
    {
        await using var host = await ManagementHost.StartAsync();
        const string Question = "/api/v2/cache/explain?path=/products/1%3Finclude_reviews%3Dtrue";

        var miss = (await host.GetAsync(Question))["data"]!;
        await host.AskAsync("/products/1");
        var hit = (await host.GetAsync(Question))["data"]!;
        await host.WriteAsync("UPDATE products SET name = 'Mallet' WHERE id = 1");
        var written = (await host.GetAsync(Question))["data"]!;
        await host.AskAsync("/products/1");
        host.Web.Time.Advance(TimeSpan.FromHours(1));
        var expired = (await host.GetAsync(Question))["data"]!;

        Assert.Equal(["path", "route", "policy", "key", "outcome", "because", "entry"], miss.AsObject().Select(member => member.Key));
        Assert.Equal(("miss", "hit", "invalidated", "miss"), ((string)miss["outcome"]!, (string)hit["outcome"]!, (string)written["outcome"]!, (string)expired["outcome"]!));
        Assert.Equal(("/products/{id}", "default", (string)miss["key"]!), ((string)hit["route"]!, (string)hit["policy"]!, (string)hit["key"]!));
        Assert.Contains("was not asked for", (string)miss["because"]!);
        Assert.StartsWith("written since it was read: products.id = 1", (string)written["because"]!, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Explain_OfWhatIsNotCached_SaysSo()
    {
        await using var host = await ManagementHost.StartAsync();

        var number = (await host.GetAsync("/api/v2/cache/explain?path=/constrained/1"))["data"]!;
        var name = (await host.GetAsync("/api/v2/cache/explain?path=/constrained/x"))["data"]!;
        var wrong = (await host.GetAsync("/api/v2/cache/explain?path=/products/x"))["data"]!;

        Assert.Equal(("miss", "/constrained/{id:int}"), ((string)number["outcome"]!, (string)number["route"]!));
        Assert.Equal(("uncached", "/constrained/{name}"), ((string)name["outcome"]!, (string)name["route"]!));
        Assert.Equal(("bypass", "its parameters are wrong: it is answered with 400"), ((string)wrong["outcome"]!, (string)wrong["because"]!));
    }

    [Fact]
    public async Task Explain_WithTheCacheObserving_SaysThatNothingIsServed()
    {
        await using var host = await ManagementHost.StartAsync(configure: static services => services.AddLarder(options => options.Mode = CacheMode.Observe));
        await host.AskAsync("/products/1");

        var data = (await host.GetAsync("/api/v2/cache/explain?path=/products/1"))["data"]!;

        Assert.Equal(("bypass", "the cache observes and serves nothing: Larder:Mode"), ((string)data["outcome"]!, (string)data["because"]!));
        Assert.NotNull(data["entry"]);
    }

    [Fact]
    public async Task Explain_WithTheCacheOff_SaysThatItIs()
    {
        await using var host = await ManagementHost.StartAsync(configure: static services => services.AddLarder(options => options.Enabled = false));
        await host.AskAsync("/products/1");

        var data = (await host.GetAsync("/api/v2/cache/explain?path=/products/1"))["data"]!;

        Assert.Equal(("miss", "the cache is off: Larder:Enabled is false"), ((string)data["outcome"]!, (string)data["because"]!));
    }

    [Fact]
    public async Task ExplainRow_OfATable_NamesWhatDependsOnIt()
    {
        await using var host = await ManagementHost.StartAsync();
        await host.AskAsync("/products/1", "/products/2", "/products/3");

        var data = (await host.PostAsync("/api/v2/cache/explain/row", """{"table":"products","key":{"id":2}}"""))["data"]!;

        // The section and the response of product 2, and what is read by category of others, of which 2 may be one.
        var drops = data["drops"]!.AsArray().Select(key => (string)key!).ToList();
        Assert.Equal(drops.Count, (int)data["drop_count"]!);
        Assert.Contains(drops, key => key.StartsWith("bff:app:product/product:2:", StringComparison.Ordinal));
        Assert.DoesNotContain(drops, key => key.StartsWith("bff:app:product/product:1:", StringComparison.Ordinal) || key.Contains("/reviews:"));
        Assert.Contains("products.id = 2", data["tags"]!.AsArray().Select(tag => (string)tag!));
        Assert.StartsWith("Larder; hit", await host.StatusAsync("/products/2"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"table":"nowhere","key":{"id":1}}""", "table", "has no table 'nowhere'")]
    [InlineData("""{"table":"products'; DROP TABLE products; --","key":{"id":1}}""", "table", "has no table")]
    [InlineData("""{"table":"products","key":{"name":"x"}}""", "key", "they are by id")]
    [InlineData("""{"table":"products","key":{}}""", "key", "is needed")]
    [InlineData("""{"table":"products"}""", "key", "is needed")]
    [InlineData("""{"key":{"id":1}}""", "table", "is needed")]
    [InlineData("""{"table":"products","key":{"id":[1]}}""", "key.id", "must be a text")]
    [InlineData("""{"table":"products","key":{"id":1},"database":"other"}""", "database", "No tracked database")]
    public async Task ExplainRow_OfWhatIsNotThere_IsRefusedByName(string body, string member, string detail)
    {
        await using var host = await ManagementHost.StartAsync();

        var problem = await host.PostAsync("/api/v2/cache/explain/row", body, 400);

        Assert.NotNull(problem["errors"]![member]);
        Assert.Contains(detail, (string)problem["detail"]!);
    }

    [Fact]
    public async Task ExplainStatement_OfAWrite_NamesWhatItWouldDropAndDropsNothing()
    {
        await using var host = await ManagementHost.StartAsync();
        await host.AskAsync("/products/1", "/products/2");

        var data = (await host.PostAsync(
            "/api/v2/cache/explain/statement", """{"sql":"UPDATE products SET price = 1 WHERE id = @id","parameters":{"id":1}}"""))["data"]!;

        Assert.Contains(data["drops"]!.AsArray(), key => ((string)key!).StartsWith("bff:app:product/product:1:", StringComparison.Ordinal));
        Assert.DoesNotContain(data["drops"]!.AsArray(), key => ((string)key!).StartsWith("bff:app:product/product:2:", StringComparison.Ordinal));
        Assert.StartsWith("Larder; hit", await host.StatusAsync("/products/1"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task ExplainStatement_ThatDoesNotParse_CountsAsWritingEverything()
    {
        await using var host = await ManagementHost.StartAsync();
        var deep = new string('(', 30_000) + new string(')', 30_000);

        foreach (var sql in new[] { "SELEKT * FORM", "SELECT 'unclosed", $"DELETE FROM products WHERE id = {deep}", "\u0000", "🦊", "DROP TABLE products" })
        {
            var body = new JsonObject { ["sql"] = sql }.ToJsonString();
            var data = (await host.PostAsync("/api/v2/cache/explain/statement", body).Soon())["data"]!;

            Assert.False((bool)data["is_cacheable"]!);
            Assert.NotNull((string?)data["not_cacheable"]);
        }

        await host.PostAsync("/api/v2/cache/explain/statement", "{}", 400);
        await host.PostAsync("/api/v2/cache/explain/statement", """{"sql":"SELECT 1","database":"other"}""", 400);
    }

    private static async Task<string> KeyAsync(ManagementHost host, string pattern) =>
        (string)(await host.GetAsync($"/api/v2/cache/entries?pattern={Uri.EscapeDataString(pattern)}"))["data"]!["entries"]![0]!["key"]!;
}
