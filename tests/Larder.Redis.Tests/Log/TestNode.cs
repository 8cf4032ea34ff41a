using Larder.Caching;
using Larder.Freshness;
using Larder.Redis.Log;
using Larder.Redis.Nodes;
using Microsoft.Extensions.DependencyInjection;

namespace Larder.Redis.Tests.Log;

/// <summary>One node as a host has it, with a cache, over one Redis.</summary>
internal sealed class TestNode : IAsyncDisposable
{
    // The log alone is looked at: with the second level, what one node loads after a write is a hit on the other.
    private static readonly CachePolicy Strict = new("strict", TimeSpan.FromMinutes(10)) { Jitter = 0, IsStrict = true, UsesRemoteStore = false };
    private static readonly CachePolicy Shared = Strict with { UsesRemoteStore = true };
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(2);

    private readonly ServiceProvider _services;

    public TestNode(TestRedis redis, TimeSpan? commandTimeout = null)
        : this($"redis://127.0.0.1:{redis.Port}", commandTimeout)
    {
    }

    public TestNode(string url, TimeSpan? commandTimeout = null)
    {
        _services = new ServiceCollection()
            .AddLarderRedis(
                options =>
                {
                    options.Url = url;

                    // Tests run beside others on a busy machine.
                    options.CommandTimeout = commandTimeout ?? TimeSpan.FromSeconds(2);
                },
                options => options.StalenessBound = Bound)
            .BuildServiceProvider();
        Cache = _services.GetRequiredService<LarderCache>();
    }

    public LarderCache Cache { get; }

    public FreshnessNode Freshness => _services.GetRequiredService<FreshnessNode>();

    public RedisInvalidationLog Log => _services.GetRequiredService<RedisInvalidationLog>();

    public InvalidationPublisher Publisher => _services.GetRequiredService<InvalidationPublisher>();

    public RedisNodeRegistry Registry => _services.GetRequiredService<RedisNodeRegistry>();

    public ulong Epoch => Freshness.Now.View.Epoch;

    public bool IsLagging => Freshness.IsLagging(TimeProvider.System.GetTimestamp());

    public static Tag RowTag(int row) => Tag.Fine($"row {row}");

    /// <summary>Waits until the node follows the log and is not behind.</summary>
    public Task FollowsAsync() => UntilAsync(() => Epoch != 0 && !IsLagging);

    public static async Task UntilAsync(Func<bool> isSo) => await Patience.UntilAsync(() => Task.FromResult(isSo()));

    public ValueTask<WriteToken> PublishAsync(int row) => Publisher.PublishAsync(new WriteSet(RowTag(row)));

    public ValueTask<long> ReadAsync(int row, Func<long> source) => ReadAsync(row, source, Strict);

    /// <summary>A read that the second level may answer.</summary>
    public ValueTask<long> ReadSharedAsync(int row, Func<long> source) => ReadAsync(row, source, Shared);

    private ValueTask<long> ReadAsync(int row, Func<long> source, CachePolicy policy) => Cache.GetOrCreateAsync(
        $"row:{row}",
        (row, source),
        policy,
        static (state, _) =>
        {
            // What a tracked data source does: the tags first, then the read.
            ReadScope.Current!.Report([RowTag(state.row)]);
            return new ValueTask<long>(state.source());
        });

    /// <summary>Whether a read is answered without its source.</summary>
    public async Task<bool> IsHitAsync(int row)
    {
        var isLoaded = false;
        await ReadAsync(row, () =>
        {
            isLoaded = true;
            return 0;
        });
        return !isLoaded;
    }

    public ValueTask DisposeAsync() => _services.DisposeAsync();
}
