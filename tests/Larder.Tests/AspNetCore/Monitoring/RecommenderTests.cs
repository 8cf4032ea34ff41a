using System.Text.Json.Nodes;
using Larder.Caching;
using Larder.Diagnostics;
using Microsoft.Extensions.DependencyInjection;

namespace Larder.Tests.AspNetCore.Monitoring;

/// <summary>Each recommendation from the use that it is about, and not from a little less.</summary>
public sealed class RecommenderTests : IAsyncLifetime
{
    private MonitoringHost _host = null!;

    public async ValueTask InitializeAsync() => _host = await MonitoringHost.StartAsync();

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Theory]
    [InlineData("slow_endpoint", "Route", "Miss", 100, 501, 10, "Hit", 0, 0)]
    [InlineData("too_large", "Route", "Hit", 100, 1, 300_000, "Hit", 0, 0)]
    [InlineData("never_hit", "View", "Miss", 100, 1, 10, "Hit", 0, 0)]
    [InlineData("lifetime_too_short", "View", "Miss", 70, 10, 10, "Hit", 30, 1)]
    [InlineData("little_gain", "View", "Miss", 30, 10, 10, "Hit", 70, 9)]
    [InlineData("slow_section", "Section", "Miss", 100, 201, 10, "Hit", 0, 0)]
    public async Task Use_OfTheKind_IsRecommendedAgainstWithEvidenceAndASetting(
        string rule, string kind, string outcomeName, int times, int ms, int bytes, string otherName, int otherTimes, int otherMs)
    {
        var series = _host.Store.Series(Enum.Parse<SeriesKind>(kind), "product");
        var (outcome, other) = (Enum.Parse<CacheOutcome>(outcomeName), Enum.Parse<CacheOutcome>(otherName));
        Record(series, outcome, times - 1, ms, bytes);
        Record(series, other, otherTimes, otherMs, bytes);
        Assert.Null(await FindAsync(rule));

        Record(series, outcome, 1, ms, bytes);

        var found = await FindAsync(rule);
        Assert.Equal("product", (string)found!["subject"]!);
        Assert.False(string.IsNullOrEmpty((string)found["setting"]!));
        Assert.NotEmpty(found["evidence"]!.AsObject());
    }

    [Fact]
    public async Task Misses_OfManyWrites_AreNotALifetimeTooShort()
    {
        var series = _host.Store.Series(SeriesKind.View, "product");
        Record(series, CacheOutcome.Miss, 70, 10, 10);
        Record(series, CacheOutcome.Hit, 30, 1, 10);
        for (var i = 0; i < 70; i++)
        {
            _host.Web.Cache.RemoveByTag("product:1");
        }

        Assert.Null(await FindAsync("lifetime_too_short"));
    }

    [Fact]
    public async Task Lifetime_TooShort_NamesThePolicyOfTheViewAndTwiceItsDuration()
    {
        var series = _host.Store.Series(SeriesKind.View, "product");
        Record(series, CacheOutcome.Miss, 70, 10, 10);
        Record(series, CacheOutcome.Hit, 30, 1, 10);

        var found = await FindAsync("lifetime_too_short");

        Assert.Equal(("Larder:Policies:default:Duration", "00:10:00"), ((string)found!["setting"]!, (string)found["suggested_value"]!));
        Assert.Equal(30, (double)found["evidence"]!["cache_hit_rate"]!);
    }

    [Fact]
    public async Task Memory_FullAndEvicting_AsksForMoreAndForShorterLifetimes()
    {
        const long Limit = 2 * 1024 * 1024;
        await using var host = await MonitoringHost.StartAsync(configure: services => services.AddLarder(options =>
        {
            options.MemoryLimitBytes = Limit;
            options.Policies["default"] = new CachePolicyOptions { Duration = TimeSpan.FromHours(2) };
        }));
        var policy = host.Web.Cache.GetPolicy("default");
        Fill(0, 1_500);
        Assert.Null(await FindAsync(host, "memory_full"));
        Assert.Null(await FindAsync(host, "lifetime_too_long"));

        Fill(1_500, 4_000);

        var (memory, lifetime) = (await FindAsync(host, "memory_full"), await FindAsync(host, "lifetime_too_long"));
        Assert.Equal(("Larder:MemoryLimitBytes", $"{2 * Limit}"), ((string)memory!["setting"]!, (string)memory["suggested_value"]!));
        Assert.True((double)memory["evidence"]!["evictions"]! > 0);
        Assert.Equal(("Larder:Policies:default:Duration", "01:00:00"), ((string)lifetime!["setting"]!, (string)lifetime["suggested_value"]!));
        Assert.Equal(7_200, (double)lifetime["evidence"]!["duration_seconds"]!);

        void Fill(int from, int to)
        {
            for (var i = from; i < to; i++)
            {
                host.Web.Cache.Set($"key {i}", new byte[700], policy);
            }
        }
    }

    private static void Record(MetricSeries series, CacheOutcome outcome, int times, int ms, int bytes)
    {
        for (var i = 0; i < times; i++)
        {
            series.Record(outcome, 200, ms * TimeSpan.TicksPerMillisecond, bytes);
        }
    }

    private Task<JsonNode?> FindAsync(string rule) => FindAsync(_host, rule);

    private static async Task<JsonNode?> FindAsync(MonitoringHost host, string rule) =>
        (await host.GetAsync("/api/bff/monitoring/recommendations"))["data"]!.AsArray().SingleOrDefault(found => (string)found!["rule"]! == rule);
}
