using System.Text.Json.Nodes;
using Larder.AspNetCore.Monitoring;
using Larder.AspNetCore.Monitoring.Alerts;
using Larder.Diagnostics;
using Microsoft.Extensions.DependencyInjection;

namespace Larder.Tests.AspNetCore.Monitoring;

/// <summary>Every rule, from requests and states that are really there to the document.</summary>
public sealed class AlertBoardTests
{
    [Theory]
    [InlineData("error_rate", "error", "Uncached", 6, 94, 1, 1)]
    [InlineData("slow_responses", "warning", "Uncached", 0, 100, 1001, 1001)]
    [InlineData("low_hit_rate", "warning", "Hit", 0, 100, 1, 100)]
    [InlineData("low_gain", "info", "Hit", 0, 100, 90, 100)]
    public async Task Rule_OfRequests_FiresAndIsResolved(string rule, string level, string outcomeName, int errors, int successes, int ms, int missMs)
    {
        await using var host = await MonitoringHost.StartAsync();
        var outcome = Enum.Parse<CacheOutcome>(outcomeName);
        var series = host.Store.Series(SeriesKind.Route, "GET /x");
        var misses = rule == "low_hit_rate" ? 2 * successes : rule == "low_gain" ? 1 : 0;
        for (var slice = 0; slice < 70; slice++)
        {
            Record(series, outcome, 200, ms, successes);
            Record(series, outcome, 500, ms, errors);
            Record(series, CacheOutcome.Miss, 200, missMs, misses);
            host.Web.Time.Advance(AlertBoard.Interval);
        }

        var alert = await AlertAsync(host, rule);
        Assert.Equal((level, "firing"), ((string)alert!["level"]!, (string)alert["state"]!));
        Assert.False(string.IsNullOrEmpty((string)alert["message"]!));
        Assert.NotNull((double?)alert["current_value"]);

        host.Web.Time.Advance(TimeSpan.FromMinutes(3));
        Assert.Equal("resolved", (string)(await AlertAsync(host, rule))!["state"]!);
    }

    [Theory]
    [InlineData("redis_unreachable", "critical", false, 10.0)]
    [InlineData("redis_memory", "warning", true, 81.0)]
    public async Task Rule_OfRedis_FiresAndIsResolved(string rule, string level, bool isReachable, double memory)
    {
        var remote = new FakeRemote { IsReachable = isReachable, MemoryUsedPercent = memory };
        await using var host = await MonitoringHost.StartAsync(configure: services => services.AddSingleton<IRemoteHealth>(remote));
        host.Web.Time.Advance(TimeSpan.FromMinutes(1));

        var alert = await AlertAsync(host, rule);
        Assert.Equal((level, "firing"), ((string)alert!["level"]!, (string)alert["state"]!));

        (remote.IsReachable, remote.MemoryUsedPercent) = (true, 70);
        host.Web.Time.Advance(TimeSpan.FromMinutes(2));
        Assert.Equal("resolved", (string)(await AlertAsync(host, rule))!["state"]!);
    }

    [Fact]
    public void Rule_OfTheInvalidationLog_IsPassedByARecordThatWaits()
    {
        var rule = AlertRules.All.Single(rule => rule.Name == "invalidation_lag");

        Assert.Equal(2, rule.Value(new(null!, null!, new(0, new Dictionary<string, long>(StringComparer.Ordinal), 2, 0, 0, false), null)));
        Assert.Equal(1, rule.Value(new(null!, null!, new(0, new Dictionary<string, long>(StringComparer.Ordinal), 0, 0, 0, true), null)));
        Assert.True(rule.IsPassedBy(1));
        Assert.True(rule.IsClearedBy(0));
    }

    [Fact]
    public async Task Alerts_OfAHealthyHost_AreNone()
    {
        await using var host = await MonitoringHost.StartAsync();
        await host.AskAsync("/products/1", 50);
        host.Web.Time.Advance(TimeSpan.FromMinutes(10));

        Assert.Empty((await host.GetAsync("/api/bff/monitoring/alerts"))["data"]!.AsArray());
        Assert.Contains("larder_alert_firing{rule=\"error_rate\",level=\"error\"} 0\n", (await host.Web.GetAsync("/metrics")).Body);
    }

    [Fact]
    public async Task Rates_OfTooFewRequests_AreNotJudged()
    {
        await using var host = await MonitoringHost.StartAsync();
        var series = host.Store.Series(SeriesKind.Route, "GET /x");
        for (var i = 0; i < 30; i++)
        {
            Record(series, CacheOutcome.Uncached, 500, 1, i % 4 == 0 ? 1 : 0);
            host.Web.Time.Advance(AlertBoard.Interval);
        }

        Assert.Null(await AlertAsync(host, "error_rate"));
    }

    private static void Record(MetricSeries series, CacheOutcome outcome, int status, int ms, int times)
    {
        for (var i = 0; i < times; i++)
        {
            series.Record(outcome, status, ms * TimeSpan.TicksPerMillisecond, 100);
        }
    }

    private static async Task<JsonNode?> AlertAsync(MonitoringHost host, string rule) =>
        (await host.GetAsync("/api/bff/monitoring/alerts"))["data"]!.AsArray().SingleOrDefault(alert => (string)alert!["rule"]! == rule);

    private sealed class FakeRemote : IRemoteHealth
    {
        public bool IsReachable { get; set; }

        public double? MemoryUsedPercent { get; set; }
    }
}
