using System.Diagnostics.CodeAnalysis;
using Larder.Memory;

namespace Larder.Caching;

/// <summary>
/// A cache in this process's memory, bounded in bytes. Callers who want one key at one time share one load. A value of a mutable type
/// is kept as bytes, and every caller has an instance of its own. Keys have 1 to 1,024 characters.
/// </summary>
public sealed class LarderCache
{
    private const int MaxTags = 256;

    private readonly MemoryStore _store;
    private readonly CacheCodecs _codecs;
    private readonly TimeProvider _time;
    private readonly Dictionary<string, CachePolicy> _policies;
    private readonly bool _enabled;
    private long _hits;
    private long _misses;

    internal LarderCache(LarderCacheOptions options, TimeProvider time, CacheCodecs codecs)
    {
        _enabled = options.Enabled;
        _policies = options.ResolvePolicies();
        _time = time;
        _codecs = codecs;
        _store = new MemoryStore(options.MemoryLimitBytes, time);
        Loads = new CacheLoadTable(this, _store, time);
        DefaultPolicy = _policies[CachePolicies.Default];
    }

    internal CacheLoadTable Loads { get; }

    internal CachePolicy DefaultPolicy { get; }

    /// <summary>Finds a policy, built in or added.</summary>
    /// <param name="name">Its name, see <see cref="CachePolicies"/>; compared without case.</param>
    /// <returns>The policy with all settings applied.</returns>
    /// <exception cref="ArgumentException">There is no such policy.</exception>
    public CachePolicy GetPolicy(string name) => TryGetPolicy(name, out var policy)
        ? policy
        : throw new ArgumentException(
            $"There is no policy '{name}': there are {string.Join(", ", _policies.Keys.Order(StringComparer.Ordinal))}.", nameof(name));

    /// <summary>Finds a policy, built in or added.</summary>
    /// <param name="name">Its name; compared without case.</param>
    /// <param name="policy">The policy with all settings applied.</param>
    /// <returns>Whether there is one.</returns>
    public bool TryGetPolicy(string name, [NotNullWhen(true)] out CachePolicy? policy) => _policies.TryGetValue(name, out policy);

    /// <summary>Returns the value under the key, loading it if it is not stored; callers at one time share one load.</summary>
    /// <typeparam name="T">The type of the value; one key has one type.</typeparam>
    /// <param name="key">The key, 1 to 1,024 characters.</param>
    /// <param name="policy">How the value is stored.</param>
    /// <param name="load">
    /// Makes the value. Its token is cancelled when the last caller that waits has gone. It must not ask for the same key.
    /// </param>
    /// <param name="cancellationToken">Ends this caller's wait and nobody else's.</param>
    /// <returns>The value; an exception of the load reaches every caller that waited for it, and is not kept.</returns>
    /// <exception cref="ArgumentException">The key is empty or too long.</exception>
    public ValueTask<T> GetOrCreateAsync<T>(
        string key, CachePolicy policy, Func<CancellationToken, ValueTask<T>> load, CancellationToken cancellationToken = default) =>
        GetOrCreateAsync(key, load, policy, static (load, token) => load(token), tags: null, cancellationToken);

    /// <summary>Returns the value under the key, loading it if it is not stored; the state saves the load a closure.</summary>
    /// <typeparam name="TState">The type of the state.</typeparam>
    /// <typeparam name="T">The type of the value; one key has one type.</typeparam>
    /// <param name="key">The key, 1 to 1,024 characters.</param>
    /// <param name="state">Handed to the load.</param>
    /// <param name="policy">How the value is stored.</param>
    /// <param name="load">
    /// Makes the value. Its token is cancelled when the last caller that waits has gone. It must not ask for the same key.
    /// </param>
    /// <param name="tags">Names under which the entry can be removed: at most 256, each 1 to 1,024 characters and not "*".</param>
    /// <param name="cancellationToken">Ends this caller's wait and nobody else's.</param>
    /// <returns>The value; an exception of the load reaches every caller that waited for it, and is not kept.</returns>
    /// <exception cref="ArgumentException">The key or a tag is empty or too long, or there are too many tags.</exception>
    public ValueTask<T> GetOrCreateAsync<TState, T>(
        string key,
        TState state,
        CachePolicy policy,
        Func<TState, CancellationToken, ValueTask<T>> load,
        IReadOnlyCollection<string>? tags = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(policy);
        return GetOrCreateAsync(
            key, state, policy, load, tags, policy.Stores ? CacheVariant.None : CacheVariant.NoRead | CacheVariant.NoWrite, cancellationToken);
    }

    /// <summary>Reads a stored value.</summary>
    /// <typeparam name="T">The type it was stored as.</typeparam>
    /// <param name="key">The key, 1 to 1,024 characters.</param>
    /// <param name="value">The value.</param>
    /// <returns>False when nothing unexpired of this type is stored.</returns>
    /// <exception cref="ArgumentException">The key is empty or too long.</exception>
    public bool TryGet<T>(string key, [MaybeNullWhen(false)] out T value)
    {
        RequireKey(key);
        if (_enabled && _store.TryGet(key, out var entry) && entry.ValueType == typeof(T))
        {
            Interlocked.Increment(ref _hits);
            value = _codecs.Get<T>().Unpack(entry.Value);
            return true;
        }

        Interlocked.Increment(ref _misses);
        value = default;
        return false;
    }

    /// <summary>Stores a value. A load of the key in flight keeps its callers, and its result is not stored.</summary>
    /// <typeparam name="T">The type of the value; one key has one type.</typeparam>
    /// <param name="key">The key, 1 to 1,024 characters.</param>
    /// <param name="value">The value.</param>
    /// <param name="policy">How it is stored; under a policy that stores nothing, or if it is too large, the key is only removed.</param>
    /// <param name="tags">Names under which the entry can be removed: at most 256, each 1 to 1,024 characters and not "*".</param>
    /// <exception cref="ArgumentException">The key or a tag is empty or too long, or there are too many tags.</exception>
    public void Set<T>(string key, T value, CachePolicy policy, IReadOnlyCollection<string>? tags = null)
    {
        RequireKey(key);
        ArgumentNullException.ThrowIfNull(policy);
        var entry = Pack(key, _codecs.Get<T>(), value, policy, CheckTags(tags) ?? [], _time.GetTimestamp());
        if (entry is null)
        {
            Loads.Remove(key);
        }
        else
        {
            Loads.Set(entry);
        }
    }

    /// <summary>Removes a key. A load of it in flight keeps its callers, its result is not stored, and later callers load anew.</summary>
    /// <param name="key">The key, 1 to 1,024 characters.</param>
    /// <returns>Whether something unexpired was stored under it.</returns>
    /// <exception cref="ArgumentException">The key is empty or too long.</exception>
    public bool Remove(string key)
    {
        RequireKey(key);
        return Loads.Remove(key);
    }

    /// <summary>Removes every key that matches, loads in flight as in <see cref="Remove"/>. It looks at all keys.</summary>
    /// <param name="pattern">1 to 256 characters, in which <c>*</c> stands for any characters and nothing else is special.</param>
    /// <returns>How many unexpired entries were removed.</returns>
    /// <exception cref="ArgumentException">The pattern is empty or too long.</exception>
    public int RemoveByPattern(string pattern) => Loads.RemoveByPattern(new CachePattern(pattern));

    /// <summary>Removes every entry with the tag, loads in flight as in <see cref="Remove"/>. It looks at all entries.</summary>
    /// <param name="tag">The tag; "*" means every entry, tagged or not.</param>
    /// <returns>How many unexpired entries were removed.</returns>
    /// <exception cref="ArgumentException">The tag is empty.</exception>
    public int RemoveByTag(string tag)
    {
        ArgumentException.ThrowIfNullOrEmpty(tag);
        return tag == "*" ? RemoveByPattern("*") : Loads.RemoveByTag(tag);
    }

    /// <summary>Counts since the process started, and what is held now.</summary>
    /// <returns>The figures, each exact, read one after another.</returns>
    public CacheStatistics GetStatistics() => new()
    {
        Available = _enabled,
        TotalKeys = _store.Count,
        MemoryUsedBytes = _store.Bytes,
        Hits = Interlocked.Read(ref _hits),
        Misses = Interlocked.Read(ref _misses),
        Evictions = _store.Evictions,
    };

    /// <summary>
    /// Looks a key up for a caller that loads several at once. The tags are declared here, or given to Complete by a leader that learns
    /// them from its load; a removal by any tag then keeps the result from being stored.
    /// </summary>
    internal CacheLookup<T> BeginLoad<T>(string key, IReadOnlyCollection<string>? tags = null) =>
        BeginLoad<T>(key, CheckTags(tags), CacheVariant.None);

    internal ValueTask<T> GetOrCreateAsync<TState, T>(
        string key,
        TState state,
        CachePolicy policy,
        Func<TState, CancellationToken, ValueTask<T>> load,
        IReadOnlyCollection<string>? tags,
        CacheVariant variant,
        CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(load);
        if (cancellationToken.IsCancellationRequested)
        {
            return ValueTask.FromCanceled<T>(cancellationToken);
        }

        var lookup = BeginLoad<T>(key, CheckTags(tags) ?? [], variant);
        if (lookup.IsHit)
        {
            return new(lookup.Value);
        }

        var flight = lookup.Flight;
        if (flight.IsLeader)
        {
            _ = RunAsync(flight, state, policy, load);
        }

        return new(flight.WaitAsync(cancellationToken));
    }

    internal void Complete<T>(CacheLoad<T> load, T value, CachePolicy policy, IReadOnlyCollection<string>? tags)
    {
        if (load.Tags is not null && tags is not null)
        {
            throw new InvalidOperationException($"The tags of '{load.Key}' were declared when its load began.");
        }

        MemoryEntry? entry = null;
        if (!load.Variant.HasFlag(CacheVariant.NoWrite) && Loads.IsListed(load))
        {
            entry = Pack(load.Key, load.Codec, value, policy, CheckTags(tags) ?? load.Tags ?? [], load.StartedAt);
        }

        Loads.TryComplete(load, value, entry);
    }

    private CacheLookup<T> BeginLoad<T>(string key, string[]? tags, CacheVariant variant)
    {
        RequireKey(key);
        var codec = _codecs.Get<T>();
        if (!_enabled)
        {
            variant |= CacheVariant.NoRead | CacheVariant.NoWrite;
        }

        CacheLookup<T> lookup;
        if (!variant.HasFlag(CacheVariant.NoRead) && _store.TryGet(key, out var entry) && entry.ValueType == typeof(T))
        {
            lookup = new(codec.Unpack(entry.Value));
        }
        else
        {
            lookup = Loads.Begin(key, variant, tags, codec);
        }

        Interlocked.Increment(ref lookup.IsHit ? ref _hits : ref _misses);
        return lookup;
    }

    private static async Task RunAsync<TState, T>(
        CacheFlight<T> flight, TState state, CachePolicy policy, Func<TState, CancellationToken, ValueTask<T>> load)
    {
        try
        {
            flight.Complete(await load(state, flight.Abandoned), policy);
        }
        catch (Exception exception)
        {
            // Every caller that waits receives it; one that ended the load by itself has been told already.
            flight.Fail(exception);
        }
    }

    private MemoryEntry? Pack<T>(string key, CacheCodec<T> codec, T value, CachePolicy policy, string[] tags, long from)
    {
        if (!_enabled || !policy.Stores)
        {
            return null;
        }

        var (stored, bytes) = codec.Pack(value);
        var lifetime = policy.Duration.TotalSeconds * (1 - (policy.Jitter * Random.Shared.NextDouble()));
        var expiresAt = from + (long)(lifetime * _time.TimestampFrequency);
        return bytes > policy.MaxEntryBytes ? null : new MemoryEntry(key, stored, typeof(T), tags, bytes, expiresAt);
    }

    private static void RequireKey(string key)
    {
        ArgumentException.ThrowIfNullOrEmpty(key);
        if (key.Length > CacheKeyFormat.MaxLength)
        {
            throw new ArgumentException(
                $"A key has at most {CacheKeyFormat.MaxLength} characters; this one has {key.Length} and begins '{key[..40]}'.", nameof(key));
        }
    }

    private static string[]? CheckTags(IReadOnlyCollection<string>? tags)
    {
        if (tags is null)
        {
            return null;
        }

        if (tags.Count > MaxTags)
        {
            throw new ArgumentException($"An entry has at most {MaxTags} tags; these are {tags.Count}.", nameof(tags));
        }

        string[] checkedTags = [.. tags];
        foreach (var tag in checkedTags)
        {
            if (string.IsNullOrEmpty(tag) || tag == "*" || tag.Length > CacheKeyFormat.MaxLength)
            {
                throw new ArgumentException("A tag has 1 to 1,024 characters and is not '*', which means every entry.", nameof(tags));
            }
        }

        return checkedTags;
    }
}
