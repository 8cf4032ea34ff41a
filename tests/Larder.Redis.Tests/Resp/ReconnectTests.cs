using System.Diagnostics;
using Larder.Redis.Resp;

namespace Larder.Redis.Tests.Resp;

/// <summary>Connections that break over and over leave nothing behind.</summary>
[Collection<RunsAlone>]
public sealed class ReconnectTests
{
    private const long AllowedBytes = 4 * 1024 * 1024;

    [Fact]
    public Task Reconnect_AThousandTimes_GrowsNothing() => ReconnectAsync(1_000);

    [Fact]
    [Trait("Category", "Long")]
    public Task Reconnect_TenThousandTimes_GrowsNothing() => ReconnectAsync(10_000);

    private static async Task ReconnectAsync(int times)
    {
        await using var redis = await TestRedis.StartAsync();

        // One breath between attempts: what is looked for is growth, not patience.
        var settings = redis.Settings with { FirstBackOff = TimeSpan.FromMilliseconds(1), MaxBackOff = TimeSpan.FromMilliseconds(1) };
        await using var channel = new RespChannel(new(settings, TimeProvider.System), new Random(1));
        await using var admin = await redis.ConnectAsync();
        await BreakAsync(channel, admin, times / 10);
        var before = Usage.Take();
        await BreakAsync(channel, admin, times);
        var after = Usage.Take();

        Assert.True(channel.ConnectCount >= times, $"{channel.ConnectCount} connections");
        Assert.InRange(after.Sockets, 0, before.Sockets + 2);
        Assert.InRange(after.Threads, 0, before.Threads + 8);
        Assert.InRange(after.Bytes, 0, before.Bytes + AllowedBytes);
    }

    // The server drops the connection; a command is on its way, or one is refused, and the next connection is waited for.
    private static async Task BreakAsync(RespChannel channel, RespConnection admin, int times)
    {
        for (var i = 0; i < times; i++)
        {
            var id = await UntilAnsweredAsync(channel);
            var underWay = i % 2 == 0 ? channel.RunAsync("BLPOP", "nothing", 0) : null;
            await admin.RunAsync("CLIENT KILL", "ID", id);
            if (underWay is not null)
            {
                await Assert.ThrowsAsync<RedisConnectionException>(() => underWay);
            }
        }
    }

    private static async Task<long> UntilAnsweredAsync(RespChannel channel)
    {
        while (true)
        {
            try
            {
                return await channel.Client().ClientIdAsync();
            }
            catch (RedisConnectionException)
            {
                await Task.Yield();
            }
        }
    }

    private sealed record Usage(int Sockets, int Threads, long Bytes)
    {
        public static Usage Take()
        {
            for (var i = 0; i < 3; i++)
            {
                GC.Collect();
                GC.WaitForPendingFinalizers();
            }

            using var self = Process.GetCurrentProcess();
            return new(Directory.GetFileSystemEntries("/proc/self/fd").Length, self.Threads.Count, GC.GetTotalMemory(forceFullCollection: true));
        }
    }
}
