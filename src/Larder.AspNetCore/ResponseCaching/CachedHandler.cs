using Larder.AspNetCore.RequestLog;
using Larder.AspNetCore.Warming;
using Larder.Caching;
using Larder.Diagnostics;
using Larder.Memory;
using Larder.Views;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features.Authentication;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Larder.AspNetCore.ResponseCaching;

/// <summary>
/// Answers an endpoint's requests with whole responses: (1) whether the request may be answered from the store; (2) its key, written where no string is made of it;
/// (3) a hit is sent; (4) anything else is read through the cache, or past it, and sent. Who may ask was decided before, by authorization.
/// </summary>
internal abstract class CachedHandler
{
    // Enough for most keys; longer ones are written to rented memory.
    private const int KeyBufferChars = 256;

    private readonly TimeProvider _time;

    protected CachedHandler(IServiceProvider services, CachedAttribute options, string name, View? view = null, bool isCounted = true)
    {
        options.Check();
        var cache = services.GetRequiredService<LarderCache>();
        if (!cache.TryGetPolicy(options.Policy, out var policy))
        {
            throw new InvalidOperationException($"'{name}' names the cache policy '{options.Policy}', which is not configured.");
        }

        _time = services.GetRequiredService<TimeProvider>();
        Meter = cache.IsMonitored && isCounted ? new ResponseMeter(services.GetRequiredService<MetricStore>(), _time, view) : null;
        var logger = services.GetRequiredService<ILoggerFactory>().CreateLogger<CachedHandler>();
        Options = options;
        Policy = policy;
        Reader = new ResponseReader(cache, policy, name, _time, logger);
        Writer = new ResponseWriter(policy, options, _time, logger);
    }

    protected CachedAttribute Options { get; }

    protected CachePolicy Policy { get; }

    /// <summary>Counts what is answered; null: nothing is counted.</summary>
    protected ResponseMeter? Meter { get; }

    protected ResponseReader Reader { get; }

    /// <summary>Remembers what is worth asking for again; null: nothing does.</summary>
    protected PopularRequests? Popular { get; init; }

    protected ResponseWriter Writer { get; }

    /// <summary>The policy that the responses are kept under.</summary>
    public string PolicyName => Policy.Name;

    /// <summary>What every key of the endpoint begins with.</summary>
    protected abstract string KeyHead { get; }

    public Task HandleAsync(HttpContext context)
    {
        var wasStale = false;
        if (WhyPastTheStore(context) is null && !HasDirectives(context))
        {
            var key = new CacheKeyWriter(KeyHead, stackalloc char[KeyBufferChars]);
            try
            {
                if (TryWriteKey(context, ref key) && Reader.TryHit(key.Finish(), out var lookup, out var timestamp, out wasStale))
                {
                    if (lookup.Refresh is { } refresh)
                    {
                        Reader.Refresh(refresh, SourceOf(context));
                    }

                    var entry = (MemoryEntry)lookup.Part!;
                    ReportHit(context, entry);
                    if ((timestamp & PopularRequests.Sampled) == 0)
                    {
                        Popular?.CountHit(entry.State.Hash);
                    }

                    var writing = Writer.WriteHitAsync(context, lookup.Value, entry, timestamp, lookup.IsStale);
                    Meter?.Record(context, lookup.IsStale ? CacheOutcome.Stale : CacheOutcome.Hit, timestamp);
                    return writing;
                }
            }
            finally
            {
                key.Dispose();
            }
        }

        return AnswerAndCountAsync(context, wasStale);
    }

    /// <summary>What the response of a request is kept under, and why it is not: nothing is read or answered.</summary>
    /// <param name="context">The request.</param>
    /// <returns>The key, null where there is no telling it from the request; and a word as in Cache-Status where the store is passed by.</returns>
    public virtual (string? Key, string? Bypass) Describe(HttpContext context) => (KeyOf(context), WhyPastTheStore(context));

    /// <summary>The key as a text; null: there is no telling from the request alone.</summary>
    protected string? KeyOf(HttpContext context)
    {
        var key = new CacheKeyWriter(KeyHead, stackalloc char[KeyBufferChars]);
        try
        {
            return TryWriteKey(context, ref key) ? key.Finish().ToString() : null;
        }
        finally
        {
            key.Dispose();
        }
    }

    /// <summary>Adds to the key what the response depends on. False: there is no telling from the request alone.</summary>
    protected abstract bool TryWriteKey(HttpContext context, ref CacheKeyWriter key);

    /// <summary>What makes the response of a request whose key could be written.</summary>
    protected abstract IResponseSource SourceOf(HttpContext context);

    /// <summary>Answers what was no hit at first sight, and says what the cache did for it.</summary>
    protected abstract Task<CacheOutcome> AnswerAsync(HttpContext context, bool wasStale);

    /// <summary>Why the request is neither answered from the store nor its response stored; null: nothing is against it.</summary>
    protected string? WhyPastTheStore(HttpContext context) =>
        !Policy.Stores ? "no-store"
        : Options.Shared || Options.VariesByPrincipal || !IsAuthenticated(context) ? null
        : "authenticated";

    protected static bool IsAuthenticated(HttpContext context) =>
        context.Request.Headers.Authorization.Count > 0
        // The feature, because HttpContext.User makes a user where there is none.
        || (context.Features.Get<IHttpAuthenticationFeature>()?.User is { } user && user.Identities.Any(identity => identity.IsAuthenticated));

    /// <summary>Reads the response as request and policy ask, and sends it.</summary>
    /// <param name="context">The request.</param>
    /// <param name="key">Its key; null: <paramref name="bypass"/> says why there is none.</param>
    /// <param name="bypass">Why it is read past the store; null: it is not.</param>
    /// <param name="wasStale">Whether something is stored that may not be used.</param>
    /// <param name="source">Makes the response.</param>
    protected async Task<CacheOutcome> AnswerAsync(HttpContext context, string? key, string? bypass, bool wasStale, IResponseSource source)
    {
        ResponseAnswer answer;
        try
        {
            answer = key is null || bypass is not null
                ? await Reader.ReadAloneAsync(source, CacheStatus.Bypass(bypass!), OutcomeOf(bypass), isPastTheCache: false, context.RequestAborted)
                : await ReadAsync(context, key, wasStale, source);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // Nobody is left to answer.
            return CacheOutcome.Miss;
        }
        catch (LoadRefusedException)
        {
            answer = new(Of(ResponseProblem.Overloaded), CacheStatus.Forwarded(wasStale, isCollapsed: false, isStored: false, "overload"), null, IsStale: false, CacheOutcome.BypassOverload);
        }
        catch (ResponseFailedException failed)
        {
            answer = new(failed.Response, CacheStatus.Forwarded(wasStale, isCollapsed: false, isStored: false, detail: null), null, IsStale: false, CacheOutcome.Miss);
        }

        if (answer.Entry is { } entry)
        {
            ReportHit(context, entry);
        }
        else if (context.Features.Get<ILarderRequestFeature>() is { } log)
        {
            log.IsCached = answer.Response.IsFromCache;
            source.ReportTo(log);
        }

        if (answer.Entry is null && source.ServerTiming is { } timing)
        {
            context.Response.Headers["Server-Timing"] = timing;
        }

        await Writer.WriteAsync(context, answer);
        return answer.Outcome;
    }

    /// <summary>What a reason to go past the store is counted as.</summary>
    protected static CacheOutcome OutcomeOf(string? bypass) => bypass switch
    {
        "no-store" => CacheOutcome.BypassPolicy,
        "authenticated" => CacheOutcome.BypassAuthorization,
        _ => CacheOutcome.BypassRequest,
    };

    private async Task AnswerAndCountAsync(HttpContext context, bool wasStale)
    {
        var startedAt = _time.GetTimestamp();
        CacheOutcome outcome;
        try
        {
            outcome = await AnswerAsync(context, wasStale);
        }
        catch (Exception) when (Meter is not null)
        {
            // What the client gets is written further out.
            Meter.RecordFailure(context, startedAt);
            throw;
        }

        Meter?.Record(context, outcome, startedAt);
    }

    private async ValueTask<ResponseAnswer> ReadAsync(HttpContext context, string key, bool wasStale, IResponseSource source)
    {
        if (!HasDirectives(context))
        {
            return await Reader.ReadAsync(key, wasStale, source, context.RequestAborted);
        }

        var directives = RequestDirectives.Parse(context.Request.Headers);
        if (!directives.IsPastTheCache && Reader.TryHit(key, out var lookup, out var timestamp, out wasStale))
        {
            if (lookup.Refresh is { } refresh)
            {
                Reader.Refresh(refresh, source);
            }

            var entry = (MemoryEntry)lookup.Part!;
            if (Writer.AgeOf(lookup.Value, entry, timestamp).Age <= directives.MaxAgeSeconds)
            {
                return new(lookup.Value, default, entry, lookup.IsStale, lookup.IsStale ? CacheOutcome.Stale : CacheOutcome.Hit);
            }

            directives = directives with { IsPastTheCache = true };
        }

        return directives.IsOnlyIfCached ? new(Of(ResponseProblem.NothingStored), CacheStatus.Request, null, IsStale: false, CacheOutcome.BypassRequest)
            : directives.IsPastTheCache ? await Reader.ReadAloneAsync(source, CacheStatus.Request, CacheOutcome.BypassRequest, isPastTheCache: true, context.RequestAborted)
            : await Reader.ReadAsync(key, wasStale, source, context.RequestAborted);
    }

    private static void ReportHit(HttpContext context, MemoryEntry entry)
    {
        if (context.Features.Get<ILarderRequestFeature>() is not { } log)
        {
            return;
        }

        log.IsCached = true;
        if (log.IsLookupLogged)
        {
            log.ReportLookup(entry.Key, isHit: true);
        }
    }

    private bool HasDirectives(HttpContext context) =>
        Policy.HonoursRequestDirectives && (context.Request.Headers.CacheControl.Count > 0 || context.Request.Headers.Pragma.Count > 0);

    private static CachedResponse Of(ResponseProblem problem) => new() { StatusCode = problem.StatusCode, Problem = problem };
}
