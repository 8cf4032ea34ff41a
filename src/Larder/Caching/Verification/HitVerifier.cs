using Larder.Freshness;
using Larder.Memory;
using Microsoft.Extensions.Logging;

namespace Larder.Caching.Verification;

/// <summary>
/// Compares what the cache holds with what a source gives, wherever a load ends beside a value that is still held to be fresh: every load in
/// <see cref="CacheMode.Observe"/>, and otherwise the refreshes that a small share of hits sets off. Both values fresh and different is a
/// violation: the value is removed everywhere, and what it was read by is tracked by table from then on.
/// </summary>
/// <remarks>
/// A commit is visible a moment before its record is in the log, so a difference counts only if both values are still fresh after a while.
/// </remarks>
internal sealed class HitVerifier(LarderCacheOptions options, InvalidationPublisher publisher, IReadSetSource? readSets, TimeProvider time, ILogger logger)
{
    internal const int KeptViolations = 100;
    private const int MaxConfirmations = 64;

    /// <summary>How long a record may take from its commit into the log before a difference is a violation.</summary>
    internal static readonly TimeSpan Grace = TimeSpan.FromSeconds(1);

    private readonly double _rate = options.VerifySampleRate;
    private readonly Queue<CacheViolation> _recent = new();
    private long _lookups;
    private long _hits;
    private long _compared;
    private long _overtaken;
    private long _violations;
    private int _confirmations;

    internal bool IsObserving { get; } = options.Mode == CacheMode.Observe;

    /// <summary>Whether anything is compared, so that a hit has to be looked at more closely.</summary>
    internal bool IsOn => IsObserving || _rate > 0;

    /// <summary>Whether this hit is one of the share that sets off a refresh.</summary>
    internal bool Samples(ReadStamp stamp) => _rate > 0 && stamp.Kind == FreshnessKind.Tracked && Random.Shared.NextDouble() < _rate;

    internal void CountLookup(bool wouldHaveHit)
    {
        Interlocked.Increment(ref _lookups);
        if (wouldHaveHit)
        {
            Interlocked.Increment(ref _hits);
        }
    }

    /// <summary>Compares a value that was just loaded with the one that is held. What is not tracked may differ and is passed over.</summary>
    /// <param name="held">What is held under the key.</param>
    /// <param name="codec">Reads and compares values.</param>
    /// <param name="value">What was loaded.</param>
    /// <param name="loaded">How it was read.</param>
    internal void Compare<T>(MemoryEntry held, CacheCodec<T> codec, T value, ReadStamp loaded)
    {
        if (!IsOn
            || held.Kind != FreshnessKind.Tracked
            || loaded.Kind != FreshnessKind.Tracked
            || !held.Holds<T>()
            || held.ExpiresAt <= time.GetTimestamp()
            || !AreFresh(held, loaded))
        {
            return;
        }

        Interlocked.Increment(ref _compared);
        if (codec.IsSame(held.Value, value))
        {
            return;
        }

        if (Interlocked.Increment(ref _confirmations) > MaxConfirmations)
        {
            // So many at once are confirmed by the others.
            Interlocked.Decrement(ref _confirmations);
            return;
        }

        DetachedWork.Start(() => ConfirmAsync(held, loaded));
    }

    internal VerificationReport Report()
    {
        lock (_recent)
        {
            return new VerificationReport
            {
                Mode = options.Mode,
                SampleRate = _rate,
                ObservedLookups = Interlocked.Read(ref _lookups),
                WouldHaveHit = Interlocked.Read(ref _hits),
                Compared = Interlocked.Read(ref _compared),
                Overtaken = Interlocked.Read(ref _overtaken),
                Violations = _violations,
                Recent = [.. _recent],
            };
        }
    }

    private async Task ConfirmAsync(MemoryEntry held, ReadStamp loaded)
    {
        await Task.Delay(Grace, time);
        Interlocked.Decrement(ref _confirmations);
        if (!AreFresh(held, loaded))
        {
            Interlocked.Increment(ref _overtaken);
            return;
        }

        var statements = held.Statements.Select(statement => statement.Text).Distinct(StringComparer.Ordinal).ToArray();
        var now = time.GetUtcNow();
        lock (_recent)
        {
            _violations++;
            if (_recent.Count == KeptViolations)
            {
                _recent.Dequeue();
            }

            _recent.Enqueue(new(held.Key, now - time.GetElapsedTime(held.LoadedAt), now, statements));
        }

        foreach (var statement in held.Statements)
        {
            readSets?.Degrade(statement);
        }

        // By the tag of its key, so that it goes on every node, and with it what was composed of it.
        await publisher.PublishAsync(new WriteSet(HandTags.Key(held.Key)) { IsHard = true, Cause = InvalidationCause.Verification });
        Log.HitDiffers(logger, held.Key, string.Join("; ", statements));
    }

    private bool AreFresh(ReadStamp held, ReadStamp loaded)
    {
        var node = publisher.Node;
        var now = node.Now;
        return node.Rules.IsFresh(node, held, now) && node.Rules.IsFresh(node, loaded, now);
    }
}
