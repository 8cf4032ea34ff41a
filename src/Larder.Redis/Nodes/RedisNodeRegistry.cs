using System.Reflection;
using System.Security.Cryptography;
using System.Text.Json;
using Larder.Caching;
using Larder.Freshness;
using Larder.Redis.Log;
using Larder.Redis.Resp;

namespace Larder.Redis.Nodes;

/// <summary>
/// The nodes that share a log, by what each says of itself in Redis every two seconds. A node that has not spoken for ten seconds is no longer
/// listed. No clocks of two machines are compared: Redis's own expiry decides.
/// </summary>
public sealed class RedisNodeRegistry
{
    /// <summary>The most nodes that <see cref="ListAsync"/> returns.</summary>
    public const int MaxNodes = 200;

    internal static readonly TimeSpan Interval = TimeSpan.FromSeconds(2);
    private const int LifetimeMs = 10_000;
    private const int RandomBytes = 4;

    // KEYS: the index, this node's key. ARGV: the node's id, its lifetime in milliseconds, what it says. The time is the server's.
    private static readonly RedisScript Report = new(
        """
        local time = redis.call('TIME')
        local now = time[1] * 1000 + math.floor(time[2] / 1000)
        redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now - ARGV[2])
        redis.call('ZADD', KEYS[1], now, ARGV[1])
        redis.call('PEXPIRE', KEYS[1], ARGV[2])
        redis.call('SET', KEYS[2], ARGV[3], 'PX', ARGV[2])
        return 1
        """);

    private static readonly RespVerb ZRevRange = new("ZREVRANGE");
    private static readonly RespVerb MGet = new("MGET");
    private static readonly string Version = Assembly.GetEntryAssembly()?.GetName().Version?.ToString() ?? "";

    private readonly RedisClient _client;
    private readonly RedisLogOptions _options;
    private readonly FreshnessNode _node;
    private readonly LarderCache _cache;
    private readonly TimeProvider _time;
    private readonly long _startedAt;

    internal RedisNodeRegistry(RedisNode redis, RedisLogOptions options, FreshnessNode node, LarderCache cache, TimeProvider time)
    {
        (_client, _options, _node, _cache, _time) = (new(redis, redis.Settings.CommandLimit), options, node, cache, time);
        _startedAt = time.GetTimestamp();
        Id = $"{Environment.MachineName}-{Environment.ProcessId}-{RandomNumberGenerator.GetHexString(RandomBytes * 2, lowercase: true)}";
    }

    /// <summary>This node's name in the list.</summary>
    public string Id { get; }

    /// <summary>Lists the nodes that have spoken within the last ten seconds, at most <see cref="MaxNodes"/>, the latest first.</summary>
    /// <param name="cancellationToken">Frees the caller.</param>
    /// <returns>The nodes; empty when Redis cannot be asked.</returns>
    public async Task<IReadOnlyList<RedisNodeInfo>> ListAsync(CancellationToken cancellationToken = default)
    {
        try
        {
            var ids = await _client.ExecuteAsync(ZRevRange, [_options.NodesKey, 0, MaxNodes - 1], cancellationToken);
            RespArgument[] keys = [.. ids.Items.Select(id => (RespArgument)_options.NodeKey(id.Text))];
            if (keys.Length == 0)
            {
                return [];
            }

            var said = await _client.ExecuteAsync(MGet, keys, cancellationToken);
            return [.. said.Items.Where(item => !item.IsNull).Select(item => Read(item.Bytes.Span)).OfType<RedisNodeInfo>()];
        }
        catch (RedisException)
        {
            return [];
        }
    }

    internal async Task ReportAsync(CancellationToken cancellationToken) => await _client.EvalAsync(
        Report,
        [_options.NodesKey, _options.NodeKey(Id)],
        [Id, LifetimeMs, JsonSerializer.SerializeToUtf8Bytes(Describe(), JsonSerializerOptions.Web)],
        RespReplies.Anything,
        cancellationToken);

    private RedisNodeInfo Describe()
    {
        var now = _node.Now;
        var timestamp = _time.GetTimestamp();
        var statistics = _cache.GetStatistics();
        return new(
            Id,
            Version,
            LogTail.EpochText(now.View.Epoch),
            now.Applied,
            _node.LagAt(timestamp) is { } lag && lag < TimeSpan.MaxValue ? lag.TotalMilliseconds : null,
            statistics.HitRatePercent,
            statistics.Hits,
            statistics.Misses,
            (long)_time.GetElapsedTime(_startedAt, timestamp).TotalSeconds);
    }

    // Another release may have written it, or another program.
    private static RedisNodeInfo? Read(ReadOnlySpan<byte> json)
    {
        try
        {
            return JsonSerializer.Deserialize<RedisNodeInfo>(json, JsonSerializerOptions.Web);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
