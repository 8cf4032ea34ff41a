using System.Diagnostics;
using Erp.Tests.Writes;
using Larder.Freshness;
using Larder.Redis.Log;
using Larder.Redis.Tests;
using Larder.Redis.Tests.Log;
using Microsoft.Extensions.DependencyInjection;

namespace Erp.Tests.Nodes;

/// <summary>Three nodes of the ERP over one database and one Redis, asked 500 times a second whatever the answers do, 5 % of it writes.</summary>
public sealed class ThreeNodesTests(WritesTemplates templates, ITestOutputHelper output)
{
    private const int Nodes = 3;
    private const int Rate = 500;

    // What is asked for at a time is bounded, or a machine that cannot keep up would prove nothing but that.
    private const int MaxInFlight = 400;
    private static readonly TimeSpan Allowed = TimeSpan.FromSeconds(2) + TimeSpan.FromSeconds(1);

    [Fact]
    public async Task Start_RedisIsDead_ServesFromMemoryAndTakesWrites()
    {
        await using var redis = await TestRedis.StartAsync();
        await redis.KillAsync();
        await using var host = await StartAsync(await templates.CopyAsync(Db.Sqlite), redis, isStrict: false);
        var limits = new CreditLimits([host], TimeSpan.MaxValue);

        await limits.BeginAsync();
        await host.Client.GetStringAsync(WritesHost.Prefix + "/products/2");
        var clock = Stopwatch.StartNew();
        for (var i = 0; i < 50; i++)
        {
            using var response = await host.Client.GetAsync(WritesHost.Prefix + "/products/2");
            Assert.Contains("hit", response.Headers.GetValues("Cache-Status").Single(), StringComparison.Ordinal);
        }

        Assert.True(clock.Elapsed < TimeSpan.FromSeconds(5), $"{clock.Elapsed}");
        Assert.Equal(2, limits.Writes);
    }

    [Theory]
    [InlineData(Db.Sqlite, false, 4)]
    [InlineData(Db.Sqlite, true, 8)]
    [Trait("Category", "Slow")]
    public Task Run_AFewSeconds_NoTokenIsBetrayedAndLagIsBounded(Db kind, bool faults, int seconds) => RunAsync(kind, faults, TimeSpan.FromSeconds(seconds));

    [Theory]
    [InlineData(Db.PostgreSql, false)]
    [InlineData(Db.PostgreSql, true)]
    [Trait("Category", "Long")]
    public Task Run_AMinute_NoTokenIsBetrayedAndLagIsBounded(Db kind, bool faults) => RunAsync(kind, faults, TimeSpan.FromSeconds(60));

    private static Task<WritesHost> StartAsync(string database, TestRedis redis, bool isStrict) => WritesHost.StartAsync(
        database, ("REDIS_URL", $"redis://127.0.0.1:{redis.Port}"), ("Larder:Policies:customer:IsStrict", isStrict ? "true" : "false"));

    private async Task RunAsync(Db kind, bool faults, TimeSpan duration)
    {
        await using var redis = await TestRedis.StartAsync("--appendonly", "yes", "--appendfsync", "everysec");
        var database = await templates.CopyAsync(kind);
        var hosts = new List<WritesHost>();
        try
        {
            for (var i = 0; i < Nodes; i++)
            {
                hosts.Add(await StartAsync(database, redis, isStrict: true));
            }

            await FollowAsync(hosts);
            var limits = new CreditLimits([.. hosts], Allowed);
            await limits.BeginAsync();
            using var stop = new CancellationTokenSource(duration);
            var load = LoadAsync(limits, stop.Token);
            if (faults)
            {
                await new RedisFaults(redis, [.. hosts.Select(host => host.Services.GetRequiredService<RedisInvalidationLog>())], output.WriteLine).RunAsync(stop.Token);
            }

            var skipped = await load;
            output.WriteLine($"{limits.Report()}; {skipped} of {Rate * duration.TotalSeconds} not sent, because {MaxInFlight} were under way");

            Assert.Empty(limits.Violations.Take(5));
            Assert.True(limits.Reads > 100 && limits.Writes > 10, limits.Report());
            await FollowAsync(hosts);
        }
        finally
        {
            foreach (var host in hosts)
            {
                await host.DisposeAsync();
            }
        }
    }

    // Open loop: a request is sent when it is due, not when the one before it was answered.
    private static async Task<int> LoadAsync(CreditLimits limits, CancellationToken stop)
    {
        var random = new Random(1);
        var sent = new List<Task>();
        var clock = Stopwatch.StartNew();
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(10), TimeProvider.System);
        var (due, skipped) = (0, 0);
        while (!stop.IsCancellationRequested)
        {
            await timer.WaitForNextTickAsync(CancellationToken.None);
            sent.RemoveAll(task => task.IsCompletedSuccessfully);
            for (; due < clock.Elapsed.TotalSeconds * Rate; due++)
            {
                if (sent.Count >= MaxInFlight)
                {
                    skipped++;
                    continue;
                }

                sent.Add(limits.SendAsync(random));
            }
        }

        await Task.WhenAll(sent);
        return skipped;
    }

    private static Task FollowAsync(IEnumerable<WritesHost> hosts) => Patience.UntilAsync(() => Task.FromResult(hosts
        .Select(host => host.Services.GetRequiredService<FreshnessNode>())
        .All(node => node.Now.View.Epoch != 0 && node.Now.Bypass is null && !node.IsLagging(TimeProvider.System.GetTimestamp()))));
}
