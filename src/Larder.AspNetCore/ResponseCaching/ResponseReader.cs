using Larder.Caching;
using Larder.Diagnostics;
using Larder.Freshness;
using Larder.Memory;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Primitives;

namespace Larder.AspNetCore.ResponseCaching;

/// <summary>
/// Whole responses through the cache's engine: the same hits, flights, stale rules and tokens as for any other value, so that a response is dropped exactly as what
/// it was made from is. A load belongs to no request: its client may go, and it is cancelled when the last one has.
/// </summary>
internal sealed class ResponseReader(LarderCache cache, CachePolicy policy, string name, TimeProvider time, ILogger logger)
{
    private static readonly CacheCodec<CachedResponse> Codec = new(new CachedResponseSerializer());
    private readonly CacheEngine _engine = cache.Engine;
    private readonly LoadLimiter _limiter = cache.Limiters.Of(name);

    /// <summary>Looks a key up. It takes no lock and allocates nothing.</summary>
    /// <param name="key">The key.</param>
    /// <param name="lookup">The hit, and perhaps a refresh that is to be begun.</param>
    /// <param name="timestamp">Now, by the cache's clock.</param>
    /// <param name="wasStale">Whether something is stored that may not be used.</param>
    public bool TryHit(ReadOnlySpan<char> key, out CacheLookup<CachedResponse> lookup, out long timestamp, out bool wasStale)
    {
        var flow = FreshnessFlow.Current;
        var now = _engine.Node.Now;
        var token = flow?.Token ?? default;
        timestamp = time.GetTimestamp();
        if (FreshnessFlow.IsInTransaction(flow) || FreshnessNode.Has(now, token) is not true)
        {
            lookup = default;
            wasStale = false;
            return false;
        }

        return _engine.TryHit(key, new CacheRequest("", policy, null, CacheVariant.None, token, now), Codec, timestamp, out lookup, out wasStale);
    }

    /// <summary>Makes the response anew in the background.</summary>
    public void Refresh(CacheFlight<CachedResponse> refresh, IResponseSource source) => DetachedWork.Start(async () =>
    {
        using (refresh)
        {
            await LeadAsync(refresh, source);
        }
    });

    /// <summary>Takes part in the load of a response, or begins it.</summary>
    /// <exception cref="LoadRefusedException">There are too many loads, and no old response may be used.</exception>
    /// <exception cref="ResponseFailedException">It came to an error, and no old response may be used.</exception>
    public async ValueTask<ResponseAnswer> ReadAsync(string key, bool wasStale, IResponseSource source, CancellationToken cancellationToken)
    {
        var flow = FreshnessFlow.Current;
        if (FreshnessFlow.IsInTransaction(flow))
        {
            return await ReadAloneAsync(source, CacheStatus.Bypass("transaction"), CacheOutcome.BypassTransaction, isPastTheCache: false, cancellationToken);
        }

        var token = flow?.Token ?? default;
        if (!await _engine.Node.WaitForAsync(token, CacheReader.TokenPatience, cancellationToken))
        {
            return await ReadAloneAsync(source, CacheStatus.Bypass("write-token"), CacheOutcome.BypassToken, isPastTheCache: true, cancellationToken);
        }

        var lookup = _engine.Begin(new CacheRequest(key, policy, null, CacheVariant.None, token, _engine.Node.Now), Codec);
        while (!lookup.IsHit)
        {
            var flight = lookup.Flight;
            if (flight.IsLeader)
            {
                _ = LeadAsync(flight, source);
            }

            var answer = await flight.AnswerAsync(cancellationToken);
            if (answer.Kind == CacheAnswerKind.Usable)
            {
                return Answer(flight, answer, wasStale);
            }

            if (answer.Kind == CacheAnswerKind.LoadAlone)
            {
                return await ReadAloneAsync(source, CacheStatus.Bypass("private"), CacheOutcome.BypassTransaction, isPastTheCache: false, cancellationToken);
            }

            lookup = _engine.BeginAgain(flight.Request, Codec);
        }

        if (lookup.Refresh is { } refresh)
        {
            Refresh(refresh, source);
        }

        return new(lookup.Value, default, (MemoryEntry)lookup.Part, lookup.IsStale, lookup.IsStale ? CacheOutcome.Stale : CacheOutcome.Hit);
    }

    /// <summary>Makes a response for one request.</summary>
    /// <param name="source">Makes it.</param>
    /// <param name="status">Why nobody else takes part.</param>
    /// <param name="outcome">What that is counted as.</param>
    /// <param name="isPastTheCache">Whether no part of it may come from the cache or go into it either.</param>
    /// <param name="cancellationToken">The request's.</param>
    public async ValueTask<ResponseAnswer> ReadAloneAsync(
        IResponseSource source, StringValues status, CacheOutcome outcome, bool isPastTheCache, CancellationToken cancellationToken)
    {
        if (isPastTheCache)
        {
            // Left when this method returns.
            FreshnessFlow.Enter(WriteToken.Poison);
        }

        await _limiter.EnterAsync(cancellationToken);
        try
        {
            return new((await source.LoadAsync(cancellationToken)).Response, status, null, IsStale: false, outcome);
        }
        finally
        {
            _limiter.Exit();
        }
    }

    private async Task LeadAsync(CacheFlight<CachedResponse> flight, IResponseSource source)
    {
        try
        {
            if (await flight.TryTakeRemoteAsync())
            {
                return;
            }

            FreshnessFlow.Enter(flight.Reads);
            await _limiter.EnterAsync(flight.Abandoned);
            try
            {
                End(flight, await source.LoadAsync(flight.Abandoned));
            }
            finally
            {
                _limiter.Exit();
            }
        }
        catch (Exception exception)
        {
            // Every caller that waits receives it; one that ended the load by itself has been told already.
            flight.Fail(exception);
            if (flight.IsRefresh)
            {
                Log.RefreshFailed(logger, flight.Key, exception);
            }
        }
    }

    private void End(CacheFlight<CachedResponse> flight, LoadedResponse loaded)
    {
        switch (loaded.Sharing)
        {
            case ResponseSharing.Stored:
                flight.Complete(loaded.Response, policy);
                break;
            case ResponseSharing.Error:
                throw new ResponseFailedException(loaded.Response);
            case ResponseSharing.Private:
                flight.Reads.MarkPrivate(loaded.Response.WhyNotStored ?? "private");
                flight.CompleteWithoutStoring(loaded.Response);
                break;
            default:
                flight.CompleteWithoutStoring(loaded.Response);
                break;
        }
    }

    private ResponseAnswer Answer(CacheFlight<CachedResponse> flight, in CacheAnswer<CachedResponse> answer, bool wasStale)
    {
        if (flight.Fallback is { } fallback && ReferenceEquals(answer.Part, fallback))
        {
            return new(answer.Value, CacheStatus.StaleIfError, fallback, IsStale: true, CacheOutcome.Stale);
        }

        if (answer is { IsFromRemoteStore: true, Part: MemoryEntry found })
        {
            return new(answer.Value, default, found, IsStale: false, CacheOutcome.Hit);
        }

        // Ended is not stored: something it read may have been written since, or the store may have no room.
        var isStored = answer.Part is MemoryEntry entry && _engine.Store.TryGet(flight.Key, out var stored) && ReferenceEquals(stored, entry);
        var detail = isStored ? null : answer.Value.WhyNotStored ?? answer.NotStorable;
        return new(answer.Value, CacheStatus.Forwarded(wasStale, isCollapsed: !flight.IsLeader, isStored, detail), null, IsStale: false, flight.IsLeader ? CacheOutcome.Miss : CacheOutcome.Collapsed);
    }
}

/// <summary>What a request is answered with.</summary>
/// <param name="Response">The response.</param>
/// <param name="CacheStatus">How it came about; empty for a hit.</param>
/// <param name="Entry">Where it was found; null: it was made just now.</param>
/// <param name="IsStale">Whether it is older than it should be.</param>
/// <param name="Outcome">What it is counted as.</param>
internal readonly record struct ResponseAnswer(CachedResponse Response, StringValues CacheStatus, MemoryEntry? Entry, bool IsStale, CacheOutcome Outcome);
