using Larder.Caching;
using Larder.Diagnostics;
using Larder.Redis.Log;
using Larder.Redis.Resp;
using Microsoft.Extensions.Hosting;

namespace Larder.Redis.Nodes;

/// <summary>Follows the log from the host's start on, before the first request, says again and again how this node is doing, and looks how Redis is.</summary>
internal sealed class NodeReporter(RedisInvalidationLog log, RedisNodeRegistry registry, LarderCache cache, TimeProvider time) : BackgroundService, IRemoteHealth
{
    private volatile bool _isReachable = true;
    private volatile object? _memoryUsedPercent;

    /// <summary>Whether Redis took this node's last report; true before the first.</summary>
    public bool IsReachable => _isReachable;

    /// <inheritdoc />
    public double? MemoryUsedPercent => (double?)_memoryUsedPercent;

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
                _memoryUsedPercent = await MemoryAsync(stoppingToken);
                _isReachable = true;
            }
            catch (RedisException)
            {
                // Redis forgets this node after a while; it speaks again when Redis is back.
                _isReachable = false;
            }

            await Task.Delay(RedisNodeRegistry.Interval, time, stoppingToken);
        }
    }

    // Null where Redis has no limit.
    private async ValueTask<object?> MemoryAsync(CancellationToken cancellationToken)
    {
        var health = cache.Engine.Remote is { } remote ? await remote.CheckAsync(cancellationToken) : null;
        return health?.State is { MemoryLimitBytes: > 0 and var limit, MemoryUsedBytes: { } used } ? 100.0 * used / limit : null;
    }
}
