using Larder.Redis.Log;
using Larder.Redis.Resp;
using Microsoft.Extensions.Hosting;

namespace Larder.Redis.Nodes;

/// <summary>Follows the log from the host's start on, before the first request, and says again and again how this node is doing.</summary>
internal sealed class NodeReporter(RedisInvalidationLog log, RedisNodeRegistry registry, TimeProvider time) : BackgroundService
{
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
            }
            catch (RedisException)
            {
                // Redis forgets this node after a while; it speaks again when Redis is back.
            }

            await Task.Delay(RedisNodeRegistry.Interval, time, stoppingToken);
        }
    }
}
