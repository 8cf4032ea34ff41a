using Larder.Redis.Resp;
using Larder.Warming;

namespace Larder.Redis.Nodes;

/// <summary>Keeps what was popular under one key for all nodes, which see much the same requests: the last one to write wins.</summary>
internal sealed class RedisPopularStore(RedisNode redis, string key) : IPopularStore
{
    private static readonly TimeSpan Kept = TimeSpan.FromDays(7);

    private readonly RedisClient _commands = new(redis, redis.Settings.CommandLimit);

    public async ValueTask<byte[]?> ReadAsync(CancellationToken cancellationToken)
    {
        using var found = await _commands.GetAsync(key, cancellationToken);
        return found?.Memory.ToArray();
    }

    public async ValueTask WriteAsync(byte[] content, CancellationToken cancellationToken) => await _commands.SetAsync(key, content, Kept, cancellationToken);
}
