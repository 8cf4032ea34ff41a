using Larder.Caching;
using Larder.Diagnostics;
using Larder.Redis.Log;
using Larder.Redis.Resp;
using Microsoft.Extensions.Hosting;

namespace Larder.Redis.Nodes;

/// <summary>Follows the log from the host's start on, before the first request, says again and again how this node is doing, and looks how Redis is.</summary>
internal sealed class NodeReporter(RedisInvalidationLog log, RedisNodeRegistry registry, LarderCache cache, TimeProvider time) : BackgroundService, IRemoteHealth
{
    private volatile Health _health = new(IsReachable: true, MemoryUsedPercent: null);

    /// <summary>Whether Redis took this node's last report; true before the first.</summary>
    public bool IsReachable => _health.IsReachable;

    /// <inheritdoc />
    public double? MemoryUsedPercent => _health.MemoryUsedPercent;

    public override Task StartAsync(CancellationToken cancellationToken)
    {
        log.Start();
        return base.StartAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (true)
        {
            try
            {
                await registry.ReportAsync(stoppingToken);
                _health = new(IsReachable: true, await MemoryAsync(stoppingToken));
            }
            catch (RedisException)
            {
                // Redis forgets this node after a while; it speaks again when Redis is back.
                _health = _health with { IsReachable = false };
            }

            await Task.Delay(RedisNodeRegistry.Interval, time, stoppingToken);
        }
    }

    // Null where Redis has no limit.
    private async ValueTask<double?> MemoryAsync(CancellationToken cancellationToken)
    {
        var health = cache.Engine.Remote is { } remote ? await remote.CheckAsync(cancellationToken) : null;
        return health?.State is { MemoryLimitBytes: > 0 and var limit, MemoryUsedBytes: { } used } ? 100.0 * used / limit : null;
    }

    private sealed record Health(bool IsReachable, double? MemoryUsedPercent);
}
