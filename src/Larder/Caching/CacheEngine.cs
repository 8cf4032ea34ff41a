using System.Runtime.CompilerServices;
using Larder.Caching.Verification;
using Larder.Freshness;
using Larder.Memory;
using Larder.Remote;

namespace Larder.Caching;

/// <summary>
/// What stands between a lookup and the store, for plain values, HybridCache callers and the sections of views alike. Every path obeys one
/// rule (see <see cref="FreshnessRules"/> for it and for its four preconditions; the paper behind it is docs/decisions/0008):
/// <list type="number">
/// <item>A caller reads the node's position, then looks. A hit is an entry found fresh at that position, most often by comparing one
/// reference, because nothing happened since it was last found so.</item>
/// <item>Otherwise the caller joins a load that is certain to see all that the caller must see, or one that may turn out so; or starts one. Of
/// one key at most two run at once: one that began too early for the newest caller, and its successor.</item>
/// <item>A load remembers the position from before its reads, P0, and collects tags while it runs. Its result is stored iff the view is
/// the same and no tag was written past P0.</item>
/// <item>A caller who joined without certainty asks the same when the load is there, and if not begins again.</item>
/// <item>Refreshes in the background are loads like any other: they never prolong what they could not load.</item>
/// </list>
/// No lock is held while anything is loaded, and none is taken for a hit. In any ambient transaction nothing is served, joined or stored,
/// because uncommitted rows may be seen there.
/// </summary>
internal sealed class CacheEngine
{
    private const int MaxWords = 256;
    private static readonly TimeSpan PauseBetweenRefreshes = TimeSpan.FromSeconds(1);

    private readonly TimeProvider _time;
    private readonly bool _enabled;
    private readonly bool _hasPlainHits;
    private readonly EntryKinds _kinds = new();
    private readonly HitClock _clock;
    private readonly StripedCounter _hits = new();
    private readonly StripedCounter _misses = new();

    internal CacheEngine(LarderCacheOptions options, TimeProvider time, FreshnessNode node, HitVerifier verifier, RemoteLevel? remote = null)
    {
        Remote = remote;
        Verifier = verifier;
        _enabled = options.Enabled;
        _hasPlainHits = options.Enabled && !verifier.IsOn;
        _time = time;
        _clock = new HitClock(time);
        Node = node;
        Store = new MemoryStore(options.MemoryLimitBytes, time, entry => !entry.OutlivesInvalidation && !IsFresh(entry, node.Now));
        Loads = new CacheLoadTable(this, Store, time);
    }

    internal FreshnessNode Node { get; }

    internal MemoryStore Store { get; }

    internal CacheLoadTable Loads { get; }

    internal HitVerifier Verifier { get; }

    /// <summary>The second level; null: there is none.</summary>
    internal RemoteLevel? Remote { get; }

    internal long Hits => _hits.Sum;

    internal long Misses => _misses.Sum;

    /// <summary>Looks a key up, and takes part in a load where it is not to be had.</summary>
    internal CacheLookup<T> Begin<T>(CacheRequest request, CacheCodec<T> codec) => Begin(request, codec, request.Arrival);

    /// <summary>
    /// Looks up a key of which no string was made, so that a hit allocates nothing. False: the caller makes one and begins; <paramref name="isStale"/>
    /// says whether something was found that may not be served.
    /// </summary>
    /// <param name="key">The key.</param>
    /// <param name="request">What is asked for but the key. The caller has seen to its token and is in no transaction.</param>
    /// <param name="codec">Reads the value.</param>
    /// <param name="timestamp">Now, by the cache's clock.</param>
    /// <param name="lookup">The hit.</param>
    /// <param name="isStale">Whether there is an entry that is not good for a hit.</param>
    internal bool TryHit<T>(ReadOnlySpan<char> key, in CacheRequest request, CacheCodec<T> codec, long timestamp, out CacheLookup<T> lookup, out bool isStale)
    {
        lookup = default;
        isStale = false;
        if (!_enabled || Verifier.IsObserving || !Store.TryGet(key, timestamp, out var entry) || !entry.Holds<T>())
        {
            return false;
        }

        var use = Judge(entry, request, request.Arrival, timestamp);
        if (use is EntryUse.None or EntryUse.IfLoadFails)
        {
            isStale = true;
            return false;
        }

        lookup = Hit(request, codec, entry, use, request.Arrival, timestamp);
        return true;
    }

    /// <summary>
    /// Looks a key up for a caller who could not use what came of its first lookup. A hit is judged now; for joining, its first arrival stays, so
    /// that any load that began after it will do, unless it is of a view that is gone.
    /// </summary>
    internal CacheLookup<T> BeginAgain<T>(CacheRequest request, CacheCodec<T> codec)
    {
        var now = Node.Now;
        return Begin(ReferenceEquals(now.View, request.Arrival.View) ? request : request with { Arrival = now }, codec, now);
    }

    /// <summary>
    /// A hit for a caller without a token, when nothing else is to be done: fresh, unexpired, not due for a refresh, under a policy that is not
    /// strict. Null says nothing: the caller goes the long way. Of which type the value is the caller sees, and says that it was a hit.
    /// </summary>
    /// <remarks>Not inlined: where it does not know the type it takes half as long.</remarks>
    [MethodImpl(MethodImplOptions.NoInlining)]
    internal MemoryEntry? FindPlain(string key, CachePolicy policy, FreshnessFlow? flow, LogPosition now)
    {
        if (!_hasPlainHits || policy.IsStrict || flow is { Token.IsNone: false } || FreshnessFlow.IsInTransaction(flow))
        {
            return null;
        }

        var timestamp = _clock.Now;
        return Store.TryGet(key, timestamp, out var entry)
            && entry.ExpiresAt > timestamp
            && !entry.IsDueForRefresh(timestamp)
            && IsFresh(entry, now)
            ? entry
            : null;
    }

    /// <summary>Says that what <see cref="FindPlain"/> found is what its caller gets.</summary>
    internal void CountPlain(MemoryEntry entry, FreshnessFlow? flow, LogPosition now)
    {
        _hits.Increment();
        flow?.Scope?.AddPart(entry, now, isStale: false);
    }

    /// <summary>What <see cref="FindPlain"/> has not found, for a caller that loads nothing: a fresh and unexpired entry; null: none, or it may not be used here.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    internal MemoryEntry? FindTheLongWay<T>(string key, CachePolicy policy, FreshnessFlow? flow, LogPosition now)
    {
        var token = flow?.Token ?? default;
        var mayServe = FreshnessNode.Has(now, token) is true && !FreshnessFlow.IsInTransaction(flow);
        var entry = mayServe ? Find<T>(new(key, policy, null, CacheVariant.None, token, now)) : null;
        if (entry is not null)
        {
            flow?.Scope?.AddPart(entry, now, isStale: false);
        }

        return entry;
    }

    private MemoryEntry? Find<T>(in CacheRequest request)
    {
        var timestamp = _time.GetTimestamp();
        MemoryEntry? entry = null;
        var isFound = _enabled
            && Store.TryGet(request.Key, timestamp, out entry)
            && entry.Holds<T>()
            && Judge(entry, request, request.Arrival, timestamp) is EntryUse.Hit or EntryUse.HitAndRefresh;
        if (Verifier.IsObserving)
        {
            Verifier.CountLookup(isFound);
            isFound = false;
        }

        (isFound ? _hits : _misses).Increment();
        return isFound ? entry : null;
    }

    internal bool IsFresh(ReadStamp stamp, LogPosition now) => Node.Rules.IsFresh(Node, stamp, now);

    /// <summary>What the entry is good for. The position was read before the entry was.</summary>
    internal EntryUse Judge(MemoryEntry entry, in CacheRequest request, LogPosition now, long timestamp)
    {
        var policy = request.Policy;
        if (policy.IsStrict && Node.IsLagging(timestamp))
        {
            return EntryUse.None;
        }

        var life = entry.ExpiresAt - timestamp;
        if (IsFresh(entry, now))
        {
            return life > 0 ? timestamp < entry.RefreshAt ? EntryUse.Hit : EntryUse.HitAndRefresh
                : -life < TicksOf(policy.StaleWhileRevalidate) ? EntryUse.StaleAndRefresh
                : -life < TicksOf(policy.StaleIfError) ? EntryUse.IfLoadFails
                : EntryUse.None;
        }

        return policy.StaleAfterInvalidation > TimeSpan.Zero
            && life > 0
            && Node.Rules.MayBeStale(entry, now, request.Token)
            && entry.ValidAt is { } validAt
            && timestamp - validAt.EndedAt < TicksOf(policy.StaleAfterInvalidation)
            ? EntryUse.StaleAndRefresh
            : EntryUse.None;
    }

    internal bool MayServeOnError(MemoryEntry entry, in CacheRequest request) =>
        Judge(entry, request, Node.Now, _time.GetTimestamp()) != EntryUse.None;

    /// <summary>Ends a load: makes its stamp, and an entry of it where it may be stored.</summary>
    internal void Complete<T>(CacheLoad<T> load, T value, CachePolicy policy, IReadOnlyCollection<string>? words)
    {
        var reads = load.Reads;
        reads.Seal();
        var end = Node.Now;
        var life = LifeOf(value, policy);
        var declared = words is null ? load.DeclaredTags.AsSpan(..^1) : [.. load.DeclaredTags.AsSpan(..^1), .. WordsOf(words)];
        var stamp = reads.Stamp(
            declared, load.DeclaredTags[^1], load.Start.View.Epoch, Node.Rules.PositionOf(load.Start, reads.LeastPosition, end), load.StartedAt + life);
        if (reads.NotStorable is null && Store.TryGet(load.Key, out var held))
        {
            Verifier.Compare(held, load.Codec, value, stamp);
        }

        var isStorable = !load.Variant.HasFlag(CacheVariant.NoWrite)
            && ReferenceEquals(load.Start.View, end.View)
            && reads.NotStorable is null
            && (reads.Epoch ?? stamp.Epoch) == stamp.Epoch
            && Loads.IsListed(load);
        var entry = isStorable ? Pack(load.Key, load.Codec, value, policy, stamp, load.StartedAt) : null;
        if (Loads.Complete(load, value, stamp, entry) && load.UsesRemoteStore)
        {
            Remote!.Write(this, entry!, load.Codec);
        }
    }

    /// <summary>Ends a load with what the second level had.</summary>
    /// <param name="load">The load.</param>
    /// <param name="bytes">The value, which the serializer of its type may refuse by an exception.</param>
    /// <param name="policy">How it is stored.</param>
    /// <param name="stamp">How it was read, wherever that was.</param>
    /// <param name="from">When its life began.</param>
    /// <param name="now">Where it was found fresh.</param>
    internal void CompleteFound<T>(CacheLoad<T> load, byte[] bytes, CachePolicy policy, ReadStamp stamp, long from, LogPosition now)
    {
        var value = load.Codec.Deserialize(bytes);
        var entry = Pack(load.Key, load.Codec, value, policy, stamp, from, bytes);
        load.FoundAt = now;
        Loads.Complete(load, value, stamp, entry);
    }

    /// <summary>Stores what a caller has set; null: whatever is stored is only removed.</summary>
    internal void Set<T>(string key, MemoryEntry? entry, CacheCodec<T> codec, CachePolicy policy)
    {
        if (entry is null)
        {
            Loads.Drop(key);
        }
        else
        {
            Loads.Set(entry);
        }

        if (Remote is null || !policy.UsesRemoteStore)
        {
            return;
        }

        if (entry is null)
        {
            Remote.Drop(key);
        }
        else
        {
            Remote.Set(this, entry, codec);
        }
    }

    /// <summary>Makes an entry; null when the policy stores nothing of the kind.</summary>
    internal MemoryEntry? Pack<T>(string key, CacheCodec<T> codec, T value, CachePolicy policy, ReadStamp stamp, long from, byte[]? serialized = null)
    {
        if (!_enabled || !policy.Stores || stamp.ExpiresAt <= from)
        {
            return null;
        }

        var (stored, bytes) = codec.Pack(value, serialized);
        if (bytes > policy.MaxEntryBytes)
        {
            return null;
        }

        var staleness = IsNegative(value) ? 0 : Math.Max(TicksOf(policy.StaleWhileRevalidate), TicksOf(policy.StaleIfError));
        var rules = new EntryRules(staleness, policy.EagerRefresh, policy.StaleAfterInvalidation > TimeSpan.Zero, policy.Name);
        return new MemoryEntry(key, stored, stamp, bytes, from, _kinds.Get<T>(CacheCodec<T>.SharesInstances, stamp, rules));
    }

    /// <summary>How long a value lives from the start of its load, in the clock's units. Jitter only shortens.</summary>
    internal long LifeOf<T>(T value, CachePolicy policy)
    {
        var duration = policy.NegativeDuration is { } negative && negative < policy.Duration && IsNegative(value) ? negative : policy.Duration;
        return (long)(duration.TotalSeconds * (1 - (policy.Jitter * Random.Shared.NextDouble())) * _time.TimestampFrequency);
    }

    /// <summary>The tags of the words and, last, of the key.</summary>
    internal static Tag[] TagsOf(IReadOnlyCollection<string>? words, string key) => [.. WordsOf(words ?? []), HandTags.Key(key)];

    private static IEnumerable<Tag> WordsOf(IReadOnlyCollection<string> words)
    {
        if (words.Count > MaxWords)
        {
            throw new ArgumentException($"An entry has at most {MaxWords} tags; these are {words.Count}.", nameof(words));
        }

        foreach (var word in words)
        {
            if (string.IsNullOrEmpty(word) || word == "*" || word.Length > CacheKeyFormat.MaxLength)
            {
                throw new ArgumentException("A tag has 1 to 1,024 characters and is not '*', which means every entry.", nameof(words));
            }

            yield return HandTags.Word(word);
        }
    }

    private static bool IsNegative<T>(T value) => value is null or ICacheSized { IsNegative: true };

    private CacheLookup<T> Begin<T>(CacheRequest request, CacheCodec<T> codec, LogPosition now)
    {
        if (!_enabled)
        {
            request = request with { Variant = request.Variant | CacheVariant.NoRead | CacheVariant.NoWrite };
        }

        else if (Verifier.IsObserving)
        {
            return Observe(request, codec, now);
        }

        MemoryEntry? entry = null;
        var use = EntryUse.None;
        var timestamp = _time.GetTimestamp();
        if (!request.Variant.HasFlag(CacheVariant.NoRead) && Store.TryGet(request.Key, timestamp, out entry) && entry.Holds<T>())
        {
            use = Judge(entry, request, now, timestamp);
            if (use is not (EntryUse.None or EntryUse.IfLoadFails))
            {
                return Hit(request, codec, entry, use, now, timestamp);
            }
        }

        var lookup = Loads.Begin(request, codec, use == EntryUse.IfLoadFails ? entry : null);
        (lookup.IsHit ? _hits : _misses).Increment();
        return lookup;
    }

    /// <summary>Notes what the store would have answered and answers from the source, even where the store was filled since.</summary>
    private CacheLookup<T> Observe<T>(in CacheRequest request, CacheCodec<T> codec, LogPosition now)
    {
        var timestamp = _time.GetTimestamp();
        Verifier.CountLookup(!request.Variant.HasFlag(CacheVariant.NoRead)
            && Store.TryGet(request.Key, timestamp, out var entry)
            && entry.Holds<T>()
            && Judge(entry, request, now, timestamp) is EntryUse.Hit or EntryUse.HitAndRefresh);
        _misses.Increment();
        return Loads.Begin(request with { Variant = request.Variant | CacheVariant.NoRead }, codec, fallback: null);
    }

    private CacheLookup<T> Hit<T>(in CacheRequest request, CacheCodec<T> codec, MemoryEntry entry, EntryUse use, LogPosition now, long timestamp)
    {
        _hits.Increment();
        var isStale = use == EntryUse.StaleAndRefresh;
        CacheFlight<T>? refresh = null;
        if ((use != EntryUse.Hit || (!request.IsOfASnapshot && Verifier.Samples(entry))) && entry.TryClaimRefresh(timestamp, TicksOf(PauseBetweenRefreshes)))
        {
            // Here the key is needed as a string, which a caller may have done without.
            refresh = Loads.TryBeginRefresh(request with { Key = entry.Key }, codec);
        }

        return new(codec.Unpack(entry.Value), entry, isStale ? null : now, refresh, isStale);
    }

    private long TicksOf(TimeSpan span) => (long)(span.TotalSeconds * _time.TimestampFrequency);
}
