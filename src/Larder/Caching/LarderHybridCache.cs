using System.Runtime.CompilerServices;
using Microsoft.Extensions.Caching.Hybrid;

namespace Larder.Caching;

/// <summary>
/// The standard face of <see cref="LarderCache"/>. There is no second level yet, so the flags about a distributed cache and compression
/// change nothing.
/// </summary>
internal sealed class LarderHybridCache(LarderCache cache) : HybridCache
{
    private volatile CachePolicy? _lastPolicy;

    public override ValueTask<T> GetOrCreateAsync<TState, T>(
        string key,
        TState state,
        Func<TState, CancellationToken, ValueTask<T>> factory,
        HybridCacheEntryOptions? options = null,
        IEnumerable<string>? tags = null,
        CancellationToken cancellationToken = default) => options is null
        ? cache.GetOrCreateAsync(key, state, cache.DefaultPolicy, factory, Materialize(tags), CacheVariant.None, cancellationToken)
        : GetWithOptionsAsync(key, state, factory, options, tags, cancellationToken);

    public override ValueTask SetAsync<T>(
        string key,
        T value,
        HybridCacheEntryOptions? options = null,
        IEnumerable<string>? tags = null,
        CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (VariantFor(options?.Flags ?? HybridCacheEntryFlags.None).HasFlag(CacheVariant.NoWrite))
        {
            // What was stored is not what the caller has just set.
            cache.Remove(key);
        }
        else
        {
            cache.Set(key, value, PolicyFor(options), Materialize(tags));
        }

        return default;
    }

    public override ValueTask RemoveAsync(string key, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        cache.Remove(key);
        return default;
    }

    public override ValueTask RemoveByTagAsync(string tag, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        cache.RemoveByTag(tag);
        return default;
    }

    // A method of its own, because its locals would have to be cleared where there are no options.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private ValueTask<T> GetWithOptionsAsync<TState, T>(
        string key,
        TState state,
        Func<TState, CancellationToken, ValueTask<T>> factory,
        HybridCacheEntryOptions options,
        IEnumerable<string>? tags,
        CancellationToken cancellationToken)
    {
        var flags = options.Flags ?? HybridCacheEntryFlags.None;
        var policy = PolicyFor(options);
        if (!flags.HasFlag(HybridCacheEntryFlags.DisableUnderlyingData))
        {
            return cache.GetOrCreateAsync(key, state, policy, factory, Materialize(tags), VariantFor(flags), cancellationToken);
        }

        if (cancellationToken.IsCancellationRequested)
        {
            return ValueTask.FromCanceled<T>(cancellationToken);
        }

        return flags.HasFlag(HybridCacheEntryFlags.DisableLocalCacheRead) || !cache.TryGet<T>(key, out var value)
            ? new(default(T)!)
            : new(value);
    }

    private CachePolicy PolicyFor(HybridCacheEntryOptions? options)
    {
        var policy = cache.DefaultPolicy;
        TimeSpan? expiration = (options?.Expiration, options?.LocalCacheExpiration) switch
        {
            ({ } all, { } local) => all < local ? all : local,
            var (all, local) => all ?? local,
        };
        var duration = expiration is { } asked ? TimeSpan.FromTicks(Math.Clamp(asked.Ticks, 0, CachePolicy.GreatestDuration.Ticks)) : policy.Duration;
        var usesRemoteStore = policy.UsesRemoteStore && MayUseRemoteStore(options);
        if (policy.Duration == duration && policy.UsesRemoteStore == usesRemoteStore)
        {
            return policy;
        }

        // Most callers ask for the same few, one after another for the same.
        if (_lastPolicy is not { } last || last.Duration != duration || last.UsesRemoteStore != usesRemoteStore)
        {
            _lastPolicy = last = policy with { Duration = duration, UsesRemoteStore = usesRemoteStore };
        }

        return last;
    }

    // One of the two flags is enough: what is only read, or only written, there would be missed by the next caller or found by it.
    private static bool MayUseRemoteStore(HybridCacheEntryOptions? options) =>
        ((options?.Flags ?? HybridCacheEntryFlags.None) & HybridCacheEntryFlags.DisableDistributedCache) == HybridCacheEntryFlags.None;

    private static CacheVariant VariantFor(HybridCacheEntryFlags flags) =>
        (flags.HasFlag(HybridCacheEntryFlags.DisableLocalCacheRead) ? CacheVariant.NoRead : CacheVariant.None)
        | (flags.HasFlag(HybridCacheEntryFlags.DisableLocalCacheWrite) ? CacheVariant.NoWrite : CacheVariant.None);

    private static IReadOnlyCollection<string>? Materialize(IEnumerable<string>? tags) =>
        tags is null ? null : tags as IReadOnlyCollection<string> ?? [.. tags];
}
