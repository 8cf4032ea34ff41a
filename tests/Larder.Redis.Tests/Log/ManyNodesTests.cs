namespace Larder.Redis.Tests.Log;

/// <summary>Three caches over one Redis, written and read at random: what tokens promise, and what strict policies do without.</summary>
public sealed class ManyNodesTests(ITestOutputHelper output)
{
    private const int Clients = 8;

    // A read that joins a load in flight may be as much older as the load takes, and this machine does other things too.
    private static readonly TimeSpan Allowed = TimeSpan.FromSeconds(2) + TimeSpan.FromSeconds(0.5);

    [Fact]
    public Task Run_WithoutFaults_NoTokenIsBetrayedAndLagIsShort() => RunAsync(TimeSpan.FromSeconds(4), faults: false);

    [Fact]
    public Task Run_WithFaults_NoTokenIsBetrayedAndLagIsBounded() => RunAsync(TimeSpan.FromSeconds(18), faults: true);

    [Fact]
    [Trait("Category", "Long")]
    public Task Run_WithFaultsForAMinute_NoTokenIsBetrayedAndLagIsBounded() => RunAsync(TimeSpan.FromSeconds(60), faults: true);

    private async Task RunAsync(TimeSpan duration, bool faults)
    {
        await using var redis = await TestRedis.StartAsync("--appendonly", "yes", "--appendfsync", "everysec");
        TestNode[] nodes = [.. Enumerable.Range(0, 3).Select(_ => new TestNode(redis, TimeSpan.FromMilliseconds(250)))];
        await Task.WhenAll(nodes.Select(node => node.FollowsAsync()));
        var rows = new SharedRows(nodes, Allowed);
        using var stop = new CancellationTokenSource(duration);
        var clients = Enumerable.Range(0, Clients).Select(seed => Task.Run(() => ClientAsync(rows, new Random(seed), stop.Token))).ToArray();
        if (faults)
        {
            await new RedisFaults(redis, [.. nodes.Select(node => node.Log)], output.WriteLine).RunAsync(stop.Token);
        }

        await Task.WhenAll(clients);
        output.WriteLine(rows.Report());

        Assert.Empty(rows.Violations.Take(5));
        Assert.True(rows.Reads > 1_000 && rows.Writes > 100, rows.Report());
        if (!faults)
        {
            Assert.True(rows.StaleMsAt(0.99) < 50, rows.Report());
        }

        // Every node comes back by itself, and what it serves then is what there is.
        await Task.WhenAll(nodes.Select(node => node.FollowsAsync()));
        await TestNode.UntilAsync(() => nodes.All(node => node.Freshness.Now.Bypass is null));
        foreach (var node in nodes)
        {
            await node.DisposeAsync();
        }
    }

    private static async Task ClientAsync(SharedRows rows, Random random, CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            await (random.Next(20) == 0 ? rows.WriteAsync(random) : rows.ReadAsync(random));
            await Task.Yield();
        }
    }
}
