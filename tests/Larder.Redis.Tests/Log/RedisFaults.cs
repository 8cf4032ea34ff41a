using Larder.Redis.Log;
using Larder.Redis.Resp;

namespace Larder.Redis.Tests.Log;

/// <summary>Does to a server and its nodes what happens to them in years, one thing after the other, until it is told to stop.</summary>
internal sealed class RedisFaults(TestRedis redis, RedisInvalidationLog[] logs, Action<string> say)
{
    private static readonly TimeSpan Between = TimeSpan.FromMilliseconds(700);

    internal async Task RunAsync(CancellationToken stop)
    {
        (string Name, Func<CancellationToken, Task> Do)[] faults =
        [
            ("FLUSHALL", _ => OnServerAsync("FLUSHALL")),
            ("failover to a replica that lost the tail", FailOverAsync),
            ("maxmemory is reached with allkeys-lru", RunOutOfMemoryAsync),
            ("a node is stopped", HoldAsync),
            ("XTRIM to nothing", _ => OnServerAsync("XTRIM", "{larder}:log", "MAXLEN", 0)),
            ("kill -9, restart with its file", RestartAsync),
            ("DEL of the log", _ => OnServerAsync("DEL", "{larder}:log")),
            ("CLIENT PAUSE", _ => OnServerAsync("CLIENT PAUSE", 900, "ALL")),
            ("kill -9, restart empty", RestartEmptyAsync),
            ("a node is stopped, and XTRIM", HoldAndTrimAsync),
        ];
        for (var i = 0; !stop.IsCancellationRequested; i++)
        {
            var (name, act) = faults[i % faults.Length];
            say(name);
            await act(stop);
            await PauseAsync(Between, stop);
        }
    }

    private async Task OnServerAsync(string verb, params RespArgument[] arguments)
    {
        await using var admin = await redis.ConnectAsync();
        await admin.RunAsync(verb, arguments);
    }

    private async Task RestartAsync(CancellationToken stop)
    {
        await redis.KillAsync();
        await PauseAsync(Between / 2, stop);
        await redis.RestartAsync();
    }

    private async Task RestartEmptyAsync(CancellationToken stop)
    {
        await redis.KillAsync();
        Directory.Delete(Path.Combine(redis.Folder, "appendonlydir"), recursive: true);
        await PauseAsync(Between / 2, stop);
        await redis.RestartAsync();
    }

    // Behind the same address: what another server had when the two were cut off from each other, and writes that were acknowledged since are gone.
    private async Task FailOverAsync(CancellationToken stop)
    {
        var (data, copy) = (Path.Combine(redis.Folder, "appendonlydir"), Path.Combine(redis.Folder, "replica"));
        await using (var replica = await TestRedis.StartAsync("--appendonly", "yes", "--replicaof", "127.0.0.1", $"{redis.Port}"))
        {
            await using var admin = await replica.ConnectAsync();
            while (!(await admin.RunAsync("INFO", "replication")).Text.Contains("master_link_status:up", StringComparison.Ordinal))
            {
                await PauseAsync(TimeSpan.FromMilliseconds(20), CancellationToken.None);
            }

            await admin.RunAsync("REPLICAOF", "NO", "ONE");
            await PauseAsync(Between / 2, stop);
            await replica.KillAsync();
            Directory.Move(Path.Combine(replica.Folder, "appendonlydir"), copy);
        }

        await redis.KillAsync();
        Directory.Delete(data, recursive: true);
        Directory.Move(copy, data);
        await redis.RestartAsync();
    }

    private async Task RunOutOfMemoryAsync(CancellationToken stop)
    {
        await OnServerAsync("CONFIG SET", "maxmemory-policy", "allkeys-lru");
        await OnServerAsync("CONFIG SET", "maxmemory", 1_000_000);
        await PauseAsync(Between, stop);
        await OnServerAsync("CONFIG SET", "maxmemory", 0);
    }

    private async Task HoldAsync(CancellationToken stop)
    {
        using var held = logs[0].Hold();
        await PauseAsync(Between * 2, stop);
    }

    private async Task HoldAndTrimAsync(CancellationToken stop)
    {
        using var held = logs[1].Hold();
        await PauseAsync(Between / 2, stop);
        await OnServerAsync("XTRIM", "{larder}:log", "MAXLEN", 0);
    }

    private static async Task PauseAsync(TimeSpan pause, CancellationToken stop)
    {
        try
        {
            await Task.Delay(pause, TimeProvider.System, stop);
        }
        catch (OperationCanceledException)
        {
            // The run is over; what was broken is mended before it ends.
        }
    }
}
