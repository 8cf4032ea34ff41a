using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using Larder.Caching.Verification;
using Larder.Data.QueryCaching;
using Larder.Freshness;
using Larder.Memory;
using Larder.Remote;
using Microsoft.Extensions.Logging;

namespace Larder.Caching;

/// <summary>
/// A cache in this process's memory, bounded in bytes. Callers who want one key at one time share one load. A value of a mutable type
/// is kept as bytes, and every caller has an instance of its own. Keys have 1 to 1,024 characters. A request that starts after an
/// invalidation was published never gets what was read before it, whichever way it comes; <see cref="CacheEngine"/> says how.
/// </summary>
public sealed class LarderCache
{
    private readonly CacheCodecs _codecs;
    private readonly TimeProvider _time;
    private readonly Dictionary<string, CachePolicy> _policies;
    private readonly bool _enabled;
    private readonly InvalidationPublisher _publisher;
    private readonly ILogger _logger;
    private readonly CacheReader _reader;
    private readonly CacheRemovals _removals;

    internal LarderCache(LarderCacheOptions options, TimeProvider time, CacheCodecs codecs, InvalidationPublisher publisher, IReadSetSource? readSets, ILogger logger, RemoteLevel? remote = null)
    {
        _enabled = options.Enabled;
        _policies = options.ResolvePolicies();
        _time = time;
        _codecs = codecs;
        _publisher = publisher;
        _logger = logger;
        Engine = new CacheEngine(options, time, publisher.Node, new HitVerifier(options, publisher, readSets, time, logger), remote);
        _removals = new CacheRemovals(Engine, publisher);
        IsMonitored = options.MonitoringEnabled;
        Limiters = new LoadLimiters(options.MaxConcurrentLoads, options.MaxQueuedLoads);
        _reader = new CacheReader(Engine, logger);
        DefaultPolicy = _policies[CachePolicies.Default];
    }

    internal CacheEngine Engine { get; }

    internal InvalidationPublisher Publisher => _publisher;

    /// <summary>The statements whose results are kept here, by whichever data source.</summary>
    internal QueryMeters QueryMeters { get; } = new();

    internal TimeProvider Time => _time;

    internal bool IsMonitored { get; }

    internal CachePolicy DefaultPolicy { get; }

    /// <summary>Who loads how much at once.</summary>
    internal LoadLimiters Limiters { get; }

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
    /// Makes the value, perhaps in the background after its caller has been answered. Its token is cancelled when the last caller that waits has
    /// gone. It must not ask for the same key. What it depends on it says through <see cref="ReadScope.Current"/>, where its sources do not.
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
    /// Makes the value, perhaps in the background after its caller has been answered. Its token is cancelled when the last caller that waits has
    /// gone. It must not ask for the same key. What it depends on it says through <see cref="ReadScope.Current"/>, where its sources do not.
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
    /// <returns>False when nothing unexpired and fresh of this type is stored, and inside of a transaction.</returns>
    /// <exception cref="ArgumentException">The key is empty or too long.</exception>
    public bool TryGet<T>(string key, [MaybeNullWhen(false)] out T value)
    {
        CacheKeyFormat.RequireKey(key);
        var flow = FreshnessFlow.Current;
        var now = Engine.Node.Now;
        if (Engine.FindPlain(key, DefaultPolicy, flow, now) is { } entry && entry.Holds<T>())
        {
            Engine.CountPlain(entry, flow, now);
        }
        else
        {
            entry = Engine.FindTheLongWay<T>(key, DefaultPolicy, flow, now);
        }

        value = entry is null ? default : Unpack<T>(entry);
        return entry is not null;
    }

    /// <summary>
    /// Stores a value. A load of the key in flight keeps its callers, and its result is not stored. When the value was read is not known, so it is
    /// <see cref="FreshnessKind.Timed"/>: what was written between its reading and this call is seen only when its lifetime ends.
    /// </summary>
    /// <typeparam name="T">The type of the value; one key has one type.</typeparam>
    /// <param name="key">The key, 1 to 1,024 characters.</param>
    /// <param name="value">The value.</param>
    /// <param name="policy">How it is stored; under a policy that stores nothing, if it is too large, or inside of a transaction, the key is only removed.</param>
    /// <param name="tags">Names under which the entry can be removed: at most 256, each 1 to 1,024 characters and not "*".</param>
    /// <exception cref="ArgumentException">The key or a tag is empty or too long, or there are too many tags.</exception>
    public void Set<T>(string key, T value, CachePolicy policy, IReadOnlyCollection<string>? tags = null)
    {
        var reads = new ReadScope { Start = Engine.Node.Now };
        reads.MarkTimed();
        Set(key, value, policy, reads, tags);
    }

    /// <summary>Stores a value that was read within a scope begun by <see cref="BeginRead"/>, unless something it depends on was written since.</summary>
    /// <typeparam name="T">The type of the value; one key has one type.</typeparam>
    /// <param name="key">The key, 1 to 1,024 characters.</param>
    /// <param name="value">The value.</param>
    /// <param name="policy">How it is stored.</param>
    /// <param name="reads">The scope, which this ends: a later read through it drops the value.</param>
    /// <param name="tags">More tags: at most 256, each 1 to 1,024 characters and not "*".</param>
    /// <exception cref="ArgumentException">
    /// The scope was not begun by this cache; the key or a tag is empty or too long, or there are too many tags.
    /// </exception>
    public void Set<T>(string key, T value, CachePolicy policy, ReadScope reads, IReadOnlyCollection<string>? tags = null)
    {
        CacheKeyFormat.RequireKey(key);
        ArgumentNullException.ThrowIfNull(policy);
        ArgumentNullException.ThrowIfNull(reads);
        var start = reads.Start ?? throw new ArgumentException("The scope does not know when its reads began; begin it with BeginRead.", nameof(reads));
        reads.Seal();
        var from = _time.GetTimestamp();
        var declared = CacheEngine.TagsOf(tags, key);
        var position = Engine.Node.Rules.PositionOf(start, reads.LeastPosition, Engine.Node.Now);
        var stamp = reads.Stamp(declared.AsSpan(..^1), declared[^1], start.View.Epoch, position, from + Engine.LifeOf(value, policy));
        if (reads.NotStorable is null && Engine.Store.TryGet(key, out var held))
        {
            Engine.Verifier.Compare(held, _codecs.Get<T>(), value, stamp);
        }

        var entry = FreshnessFlow.IsInTransaction(FreshnessFlow.Current) ? null : Engine.Pack(key, _codecs.Get<T>(), value, policy, stamp, from);
        var isGood = entry is not null && reads.TryTie(entry) && Engine.IsFresh(entry, Engine.Node.Now);
        Engine.Set(key, isGood ? entry : null, _codecs.Get<T>(), policy);
    }

    /// <summary>Begins to collect what a value depends on, from a position before its reads, for <see cref="Set{T}(string, T, CachePolicy, ReadScope, IReadOnlyCollection{string}?)"/>.</summary>
    /// <returns>The scope; to be disposed by the method that began it.</returns>
    public ReadScope BeginRead() => ReadScope.Begin(Engine.Node.Now);

    /// <summary>
    /// Removes a key, here, on other nodes and in what was composed of its value. A load of it in flight keeps its callers, its result is not
    /// stored, and later callers load anew.
    /// </summary>
    /// <param name="key">The key, 1 to 1,024 characters.</param>
    /// <returns>Whether something unexpired and fresh was stored under it on this node.</returns>
    /// <exception cref="ArgumentException">The key is empty or too long.</exception>
    public bool Remove(string key)
    {
        CacheKeyFormat.RequireKey(key);
        return _removals.Remove(key);
    }

    /// <summary>
    /// Removes every key that this node holds or loads and that matches, as <see cref="Remove"/> does. It looks at all keys. "*" removes everything,
    /// on every node.
    /// </summary>
    /// <param name="pattern">1 to 256 characters, in which <c>*</c> stands for any characters and nothing else is special.</param>
    /// <returns>How many unexpired entries were removed.</returns>
    /// <exception cref="ArgumentException">The pattern is empty or too long.</exception>
    public int RemoveByPattern(string pattern) => _removals.Remove(new CachePattern(pattern));

    /// <summary>As <see cref="RemoveByPattern"/>, and also what matches in the second level, which is searched page by page.</summary>
    /// <param name="pattern">1 to 256 characters, in which <c>*</c> stands for any characters and nothing else is special.</param>
    /// <param name="cancellationToken">Ends the search; what was removed stays removed.</param>
    /// <returns>How many keys were removed, and whether none can be left: false where the second level is away or cannot list its keys.</returns>
    /// <exception cref="ArgumentException">The pattern is empty or too long.</exception>
    public ValueTask<PatternRemoval> RemoveByPatternAsync(string pattern, CancellationToken cancellationToken = default) =>
        _removals.RemoveAsync(new CachePattern(pattern), cancellationToken);

    /// <summary>
    /// Removes every entry with the tag, loads in flight as in <see cref="Remove"/>, on every node. It takes the same time however many there are;
    /// their memory comes free as it is needed.
    /// </summary>
    /// <param name="tag">The tag; "*" means every entry, tagged or not.</param>
    /// <returns>The place of the removal in the log.</returns>
    /// <exception cref="ArgumentException">The tag is empty.</exception>
    public WriteToken RemoveByTag(string tag)
    {
        ArgumentException.ThrowIfNullOrEmpty(tag);
        return _removals.Publish(CacheRemovals.WritesOf([tag], isHard: true) with { Cause = InvalidationCause.Tag });
    }

    /// <summary>Counts the unexpired, fresh entries with the tag on this node. It looks at all entries.</summary>
    /// <param name="tag">The tag; "*" means every entry.</param>
    /// <returns>How many there are.</returns>
    /// <exception cref="ArgumentException">The tag is empty.</exception>
    public int CountByTag(string tag)
    {
        ArgumentException.ThrowIfNullOrEmpty(tag);
        var (word, now) = (HandTags.Word(tag), Engine.Node.Now);
        return Engine.Store.CountWhere(0, (_, entry) => (tag == "*" || entry.Tags.Contains(word)) && Engine.IsFresh(entry, now));
    }

    /// <summary>
    /// Says that something the application named by tags has changed: whatever depends on it is not served any more, on any node. To be called
    /// after the change is visible to new readers of its source; inside of a transaction it is done again when the transaction ends.
    /// </summary>
    /// <param name="tags">The tags; "*" means everything.</param>
    /// <param name="by">Who asks, for the log.</param>
    /// <param name="reason">Why, for the log.</param>
    /// <param name="isHard">Whether policies that allow stale answers after an invalidation are overruled.</param>
    /// <param name="cancellationToken">Ends the wait before it began; the invalidation itself is not cancelled.</param>
    /// <returns>The place in the log, for the client that made the change; poison when the log could not be reached yet.</returns>
    /// <exception cref="ArgumentException">A tag or <paramref name="by"/> is empty, or there are no tags or more than 4,096.</exception>
    public async ValueTask<WriteToken> InvalidateAsync(
        IReadOnlyCollection<string> tags, string by, string? reason = null, bool isHard = false, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(tags);
        ArgumentException.ThrowIfNullOrWhiteSpace(by);
        if (tags.Count is 0 or > WriteSet.MaxTags || tags.Any(string.IsNullOrEmpty))
        {
            throw new ArgumentException($"There are 1 to {WriteSet.MaxTags} tags, none of them empty.", nameof(tags));
        }

        cancellationToken.ThrowIfCancellationRequested();
        var writes = CacheRemovals.WritesOf(tags, isHard) with { Cause = InvalidationCause.Application };
        AmbientTransaction.TryDefer(writes, again => _ = _publisher.PublishAsync(again).AsTask());
        var token = await _publisher.PublishAsync(writes);
        if (_logger.IsEnabled(LogLevel.Information))
        {
            Freshness.Log.Invalidated(_logger, string.Join(", ", tags), by, reason ?? "no reason given", isHard, token);
        }

        return token;
    }

    /// <summary>What came of comparing values with their sources: in <see cref="CacheMode.Observe"/>, or for a share of the hits.</summary>
    /// <returns>The figures, each exact, read one after another.</returns>
    public VerificationReport GetVerification() => Engine.Verifier.Report();

    /// <summary>Counts since the process started, and what is held now.</summary>
    /// <returns>The figures, each exact, read one after another.</returns>
    public CacheStatistics GetStatistics() => new()
    {
        Available = _enabled,
        TotalKeys = Engine.Store.Count,
        MemoryUsedBytes = Engine.Store.Bytes,
        Hits = Engine.Hits,
        Misses = Engine.Misses,
        Evictions = Engine.Store.Evictions,
        RemoteStore = Engine.Remote?.Statistics,
    };

    /// <summary>
    /// Looks a key up for a caller that loads several at once. The tags are declared here, or given to Complete by a leader that learns
    /// them from its load, or collected by the flight's scope. The caller has seen to its token and is in no transaction.
    /// </summary>
    internal CacheLookup<T> BeginLoad<T>(
        string key, IReadOnlyCollection<string>? tags = null, CachePolicy? policy = null, WriteToken token = default, bool isOfASnapshot = false) =>
        BeginLoadAgain<T>(new CacheRequest(key, policy ?? DefaultPolicy, tags, CacheVariant.None, token, Engine.Node.Now) { IsOfASnapshot = isOfASnapshot });

    /// <summary>Looks a key up for a caller whose answer was to ask again.</summary>
    internal CacheLookup<T> BeginLoadAgain<T>(CacheRequest request)
    {
        CacheKeyFormat.RequireKey(request.Key);
        return Engine.BeginAgain(request, _codecs.Get<T>());
    }

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
        CacheKeyFormat.RequireKey(key);
        if (cancellationToken.IsCancellationRequested)
        {
            return ValueTask.FromCanceled<T>(cancellationToken);
        }

        var flow = FreshnessFlow.Current;
        var now = Engine.Node.Now;
        if (variant == CacheVariant.None && Engine.FindPlain(key, policy, flow, now) is { } entry && entry.Holds<T>())
        {
            Engine.CountPlain(entry, flow, now);
            return new(Unpack<T>(entry));
        }

        return GetTheLongWay(new CacheRequest(key, policy, tags, variant, default, now), state, load, cancellationToken);
    }

    // A method of its own, because its locals would have to be cleared on the short way.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private ValueTask<T> GetTheLongWay<TState, T>(
        CacheRequest request, TState state, Func<TState, CancellationToken, ValueTask<T>> load, CancellationToken cancellationToken) =>
        _reader.GetAsync(request, new CacheSource<TState, T>(state, load, _codecs.Get<T>()), cancellationToken);

    private T Unpack<T>(MemoryEntry entry) => entry.HoldsInstance ? entry.Instance<T>() : _codecs.Get<T>().Unpack(entry.Value);
}
