using Larder.Freshness;
using Microsoft.Extensions.Logging;

namespace Larder.Caching;

/// <summary>Get-or-create for one key: waits for tokens, runs loads, asks again where an answer came too early, and reports to the scope around it.</summary>
internal sealed class CacheReader(CacheEngine engine, ILogger logger)
{
    /// <summary>How long a read waits for the position of its caller's token before it goes past the cache.</summary>
    internal static readonly TimeSpan TokenPatience = TimeSpan.FromMilliseconds(250);

    internal ValueTask<T> GetAsync<TState, T>(CacheRequest request, CacheSource<TState, T> source, CancellationToken cancellationToken)
    {
        var flow = FreshnessFlow.Current;
        if (FreshnessFlow.IsInTransaction(flow))
        {
            return LoadAloneAsync(source, flow?.Scope, isPrivate: true, cancellationToken);
        }

        if (flow is { Token.IsNone: false })
        {
            request = request with { Token = flow.Token };
            if (FreshnessNode.Has(request.Arrival, request.Token) is not true)
            {
                return AfterTokenAsync(request, source, flow.Scope, cancellationToken);
            }
        }

        var lookup = engine.Begin(request, source.Codec);
        return lookup.IsHit
            ? new(Take(request, lookup, source, flow?.Scope))
            : FinishAsync(lookup.Flight, source, flow?.Scope, cancellationToken);
    }

    private async ValueTask<T> AfterTokenAsync<TState, T>(
        CacheRequest request, CacheSource<TState, T> source, ReadScope? outer, CancellationToken cancellationToken)
    {
        if (!await engine.Node.WaitForAsync(request.Token, TokenPatience, cancellationToken))
        {
            return await LoadAloneAsync(source, outer, isPrivate: false, cancellationToken);
        }

        request = request with { Arrival = engine.Node.Now };
        var lookup = engine.Begin(request, source.Codec);
        return lookup.IsHit
            ? Take(request, lookup, source, outer)
            : await FinishAsync(lookup.Flight, source, outer, cancellationToken);
    }

    private async ValueTask<T> FinishAsync<TState, T>(
        CacheFlight<T> flight, CacheSource<TState, T> source, ReadScope? outer, CancellationToken cancellationToken)
    {
        while (true)
        {
            if (flight.IsLeader)
            {
                _ = LeadAsync(flight, source);
            }

            CacheAnswer<T> answer;
            try
            {
                answer = await flight.AnswerAsync(cancellationToken);
            }
            catch (Exception)
            {
                outer?.MarkNotStorable("a part failed");
                throw;
            }

            if (answer.Kind == CacheAnswerKind.Usable)
            {
                Report(outer, answer, flight.Request);
                return answer.Value;
            }

            if (answer.Kind == CacheAnswerKind.LoadAlone)
            {
                return await LoadAloneAsync(source, outer, isPrivate: false, cancellationToken);
            }

            var lookup = engine.BeginAgain(flight.Request, source.Codec);
            if (lookup.IsHit)
            {
                return Take(flight.Request, lookup, source, outer);
            }

            flight = lookup.Flight;
        }
    }

    private T Take<TState, T>(in CacheRequest request, in CacheLookup<T> lookup, CacheSource<TState, T> source, ReadScope? outer)
    {
        if (lookup.Refresh is { } refresh)
        {
            RefreshInBackground(refresh, source);
        }

        if (outer is not null)
        {
            outer.AddPart(lookup.Part!, lookup.CheckedAt, lookup.IsStale);
            MarkUnstored(outer, request);
        }

        return lookup.Value;
    }

    private void RefreshInBackground<TState, T>(CacheFlight<T> refresh, CacheSource<TState, T> source) => DetachedWork.Start(async () =>
    {
        using (refresh)
        {
            await LeadAsync(refresh, source);
        }
    });

    private async Task LeadAsync<TState, T>(CacheFlight<T> flight, CacheSource<TState, T> source)
    {
        try
        {
            if (!await flight.TryTakeRemoteAsync())
            {
                flight.Complete(await source.RunAsync(flight.Reads, flight.Abandoned), flight.Request.Policy);
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

    /// <summary>Loads for one caller, past the cache.</summary>
    private async ValueTask<T> LoadAloneAsync<TState, T>(
        CacheSource<TState, T> source, ReadScope? outer, bool isPrivate, CancellationToken cancellationToken)
    {
        var start = engine.Node.Now;
        var scope = new ReadScope { Start = start };
        try
        {
            return await source.RunAsync(scope, cancellationToken);
        }
        finally
        {
            scope.Seal();
            if (outer is not null)
            {
                ReportAlone(outer, scope, isPrivate);
            }
        }
    }

    private static void ReportAlone(ReadScope outer, ReadScope scope, bool isPrivate)
    {
        if (isPrivate || scope.IsPrivate)
        {
            outer.MarkPrivate("a part was read inside of a transaction");
        }
        else
        {
            outer.MarkNotStorable("a part was read past the cache");
        }
    }

    private static void Report<T>(ReadScope? outer, in CacheAnswer<T> answer, in CacheRequest request)
    {
        if (outer is null)
        {
            return;
        }

        outer.AddPart(answer.Part!, answer.CheckedAt, answer.IsStale);
        MarkUnstored(outer, request);
        if (answer.NotStorable is { } reason)
        {
            outer.MarkNotStorable(reason);
        }
    }

    private static void MarkUnstored(ReadScope outer, in CacheRequest request)
    {
        if (request.Variant.HasFlag(CacheVariant.NoWrite))
        {
            outer.MarkNotStorable("a part is never stored");
        }
    }
}
