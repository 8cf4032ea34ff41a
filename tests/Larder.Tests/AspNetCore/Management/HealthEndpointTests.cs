using Larder.Freshness;
using Larder.Tests.Remote;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Larder.Tests.AspNetCore.Management;

/// <summary>What load balancers see.</summary>
public sealed class HealthEndpointTests
{
    [Fact]
    public async Task Health_OfAHealthyNode_IsLiveAndReadyForAnybody()
    {
        await using var host = await ManagementHost.StartAsync();

        using var live = await host.Web.SendAsync("/health/live", ("X-Forwarded-For", "203.0.113.7"), ("Host", "shop.example"));
        using var ready = await host.Web.SendAsync("/health/ready", ("X-Forwarded-For", "203.0.113.7"), ("Host", "shop.example"));

        Assert.Equal((200, """{"status":"live","reasons":[]}"""), await ReadAsync(live));
        Assert.Equal((200, """{"status":"ready","reasons":[]}"""), await ReadAsync(ready));
        Assert.Contains("no-store", ready.Headers.GetValues("Cache-Control").Single());
    }

    [Fact]
    public async Task Ready_WithTheCacheOff_IsDegraded()
    {
        await using var host = await ManagementHost.StartAsync(configure: static services => services.AddLarder(options => options.Enabled = false));

        Assert.Equal((200, """{"status":"degraded","reasons":["cache_off"]}"""), await ReadyAsync(host));
    }

    [Fact]
    public async Task Ready_WithTheSecondLevelAway_IsDegraded()
    {
        var remote = new FakeRemoteStore { IsReachable = false };
        await using var host = await ManagementHost.StartAsync(remote: remote);

        Assert.Equal((200, """{"status":"degraded","reasons":["second_level_unreachable"]}"""), await ReadyAsync(host));
        Assert.Equal(200, (await ReadAsync(await host.Web.SendAsync("/health/live"))).Status);
    }

    [Fact]
    public async Task Ready_OfANodeThatHasHeardNothing_IsNotForHalfAMinute()
    {
        await using var host = await ManagementHost.StartAsync(configure: static services => services.Replace(ServiceDescriptor.Singleton(
            provider => new FreshnessNode(provider.GetRequiredService<TimeProvider>()) { LagBound = TimeSpan.FromSeconds(5) })));
        var node = host.Web.Services.GetRequiredService<FreshnessNode>();

        Assert.Equal((503, """{"status":"unhealthy","reasons":["catching_up"]}"""), await ReadyAsync(host));
        host.Web.Time.Advance(TimeSpan.FromSeconds(31));
        Assert.Equal((200, """{"status":"degraded","reasons":["catching_up"]}"""), await ReadyAsync(host));
        node.Heard(host.Web.Time.GetTimestamp());
        Assert.Equal((200, """{"status":"ready","reasons":[]}"""), await ReadyAsync(host));
        host.Web.Time.Advance(TimeSpan.FromSeconds(6));
        Assert.Equal((200, """{"status":"degraded","reasons":["invalidation_log_behind"]}"""), await ReadyAsync(host));
    }

    [Fact]
    public async Task Ready_WithACheckOfTheHost_TellsItsNameAndNothingElse()
    {
        await using var host = await ManagementHost.StartAsync(configure: static services => services.AddHealthChecks().AddCheck(
            "database", static () => HealthCheckResult.Unhealthy("Host=db;Password=hunter2", new InvalidOperationException("hunter2")), ["ready"]));

        Assert.Equal((503, """{"status":"unhealthy","reasons":["database"]}"""), await ReadyAsync(host));
    }

    private static async Task<(int Status, string Body)> ReadyAsync(ManagementHost host)
    {
        using var response = await host.Web.SendAsync("/health/ready");
        return await ReadAsync(response);
    }

    private static async Task<(int Status, string Body)> ReadAsync(HttpResponseMessage response) =>
        ((int)response.StatusCode, await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
}
