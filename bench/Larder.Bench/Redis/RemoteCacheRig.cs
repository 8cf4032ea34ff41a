using Larder.Caching;
using Larder.Redis.Remote;
using Larder.Redis.Resp;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace Larder.Bench.Redis;

/// <summary>A cache whose second level is a redis-server, as a host has it.</summary>
internal sealed class RemoteCacheRig : IAsyncDisposable
{
    private static readonly CachePolicy Policy = new("bench", TimeSpan.FromHours(1)) { Jitter = 0 };

    private readonly ServiceProvider _services;
    private readonly LarderCache _cache;
    private readonly RedisClient _client;
    private long _asked;

    private RemoteCacheRig(RespSettings settings)
    {
        _services = new ServiceCollection()
            .AddLarder()
            .AddSingleton(new RedisNode(settings, TimeProvider.System, NullLogger.Instance))
            .AddRedisRemoteStore()
            .BuildServiceProvider();
        _cache = _services.GetRequiredService<LarderCache>();
        _client = new(_services.GetRequiredService<RedisNode>(), TimeSpan.FromSeconds(5));
    }

    public static async Task<RemoteCacheRig> StartAsync(RespSettings settings)
    {
        var rig = new RemoteCacheRig(settings);
        await rig._client.PingAsync();
        return rig;
    }

    /// <summary>Loads a value and waits until it is in Redis.</summary>
    public async Task FillAsync(int size)
    {
        var value = new byte[size];
        new Random(size).NextBytes(value);
        var before = _cache.GetStatistics().RemoteStore!.Writes;
        await _cache.GetOrCreateAsync(KeyOf(size), Policy, _ => new ValueTask<byte[]>(value));
        while (_cache.GetStatistics().RemoteStore!.Writes == before)
        {
            await Task.Yield();
        }
    }

    public async ValueTask GetEntryAsync(int size)
    {
        using var entry = await _client.GetAsync($"{RedisRemoteStore.DefaultPrefix}:entry:{KeyOf(size)}");
    }

    public async ValueTask GetFromL2Async(int size)
    {
        _cache.Engine.Store.Remove(KeyOf(size));
        Interlocked.Increment(ref _asked);
        await GetAsync(size);
    }

    public async ValueTask GetFromL1Async(int size) => await GetAsync(size);

    /// <exception cref="InvalidOperationException">Something was measured that was no hit of the second level.</exception>
    public void Check()
    {
        if (_cache.GetStatistics().RemoteStore!.Hits < Interlocked.Read(ref _asked))
        {
            throw new InvalidOperationException($"Of {_asked} reads {_cache.GetStatistics().RemoteStore!.Hits} were hits of the second level.");
        }
    }

    public async ValueTask DisposeAsync() => await _services.DisposeAsync();

    private ValueTask<byte[]> GetAsync(int size) =>
        _cache.GetOrCreateAsync(KeyOf(size), Policy, static _ => ValueTask.FromException<byte[]>(new InvalidOperationException("A hit was expected.")));

    private static string KeyOf(int size) => $"bytes:{size}";
}
