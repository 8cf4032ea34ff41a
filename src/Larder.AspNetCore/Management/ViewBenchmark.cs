using Larder.AspNetCore.Management.Documents;
using Larder.AspNetCore.Monitoring;
using Larder.AspNetCore.RequestLog;
using Larder.AspNetCore.ResponseCaching;
using Larder.AspNetCore.Views;
using Larder.Freshness;
using Larder.Views;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Larder.AspNetCore.Management;

/// <summary>
/// Measures whole requests for a view with and without the cache, in turns: the handler that answers its route, from the key or the reading of its sources to the last byte of JSON. Without
/// means as for a caller whose write token this node cannot reach: neither level is read, and nothing is stored. It is in no figure of requests.
/// </summary>
internal sealed class ViewBenchmark(
    CachedRequests requests,
    IServiceScopeFactory scopes,
    IServiceProvider services,
    IHostEnvironment environment,
    IOptions<LarderManagementOptions> options,
    TimeProvider time,
    ILogger<ViewBenchmark> logger)
{
    internal const int DefaultIterations = 20;
    internal const int MaxIterations = 200;
    internal static readonly TimeSpan Limit = TimeSpan.FromSeconds(10);

    private int _isRunning;

    public bool IsAllowed => options.Value.AllowBenchmarks ?? !environment.IsProduction();

    /// <exception cref="ManagementRefusedException">It is not allowed here, another one runs, it asks for too much, or the view does not answer.</exception>
    public async Task<PerformanceTestAnswer> RunAsync(HttpContext context, string name, IReadOnlyDictionary<string, object?> values, int? iterations)
    {
        if (!IsAllowed)
        {
            throw new ManagementRefusedException(
                StatusCodes.Status403Forbidden, $"Measuring loads the sources and is off in the environment {environment.EnvironmentName}; Larder:Management:AllowBenchmarks allows it.");
        }

        var count = iterations ?? DefaultIterations;
        if (count is < 1 or > MaxIterations)
        {
            throw ManagementRefusedException.Of("iterations", $"must be between 1 and {MaxIterations}.");
        }

        var request = requests.OfView(name, values);
        if (Interlocked.Exchange(ref _isRunning, 1) != 0)
        {
            context.Response.Headers.RetryAfter = "10";
            throw new ManagementRefusedException(StatusCodes.Status429TooManyRequests, "A view is being measured; one is at a time.");
        }

        try
        {
            Log.Measured(logger, ManagementAccess.NameOf(context), ManagementAccess.AddressOf(context), name, count);
            return await RunAsync(request, count, context.RequestAborted);
        }
        finally
        {
            Volatile.Write(ref _isRunning, 0);
        }
    }

    private async Task<PerformanceTestAnswer> RunAsync(CachedRequest request, int count, CancellationToken aborted)
    {
        var view = request.Endpoint.Metadata.GetMetadata<View>()!;
        var handler = new ViewEndpoint(services, view, request.Endpoint.Metadata.GetMetadata<CachedAttribute>() ?? new(view.Policy), isCounted: false);
        using var timeout = new CancellationTokenSource(Limit, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, aborted);
        var (cached, uncached, hits) = (new List<double>(count), new List<double>(count), 0);
        Asked first = default;
        try
        {
            // Once each untimed: what is compiled, connected or stored the first time is not what is measured.
            first = await AskAsync(handler, request, isPastTheCache: true, either.Token);
            if (first.StatusCode >= StatusCodes.Status400BadRequest)
            {
                throw new ManagementRefusedException(
                    first.StatusCode < StatusCodes.Status500InternalServerError ? StatusCodes.Status400BadRequest : StatusCodes.Status502BadGateway,
                    $"{RequestLogText.OneLine(request.Path.Value, 200)} is answered with {first.StatusCode}: there is nothing to compare.",
                    "parameters");
            }

            await AskAsync(handler, request, isPastTheCache: false, either.Token);
            while (cached.Count < count && !either.IsCancellationRequested)
            {
                var without = await AskAsync(handler, request, isPastTheCache: true, either.Token);
                var with = await AskAsync(handler, request, isPastTheCache: false, either.Token);
                uncached.Add(without.Ms);
                cached.Add(with.Ms);
                hits += with.IsHit ? 1 : 0;
            }

            return Answer(view, request, first, cached, uncached, hits);
        }
        catch (OperationCanceledException) when (timeout.IsCancellationRequested && !aborted.IsCancellationRequested)
        {
            return cached.Count > 0
                ? Answer(view, request, first, cached, uncached, hits)
                : throw new ManagementRefusedException(StatusCodes.Status504GatewayTimeout, $"The view did not answer both ways within {Limit.TotalSeconds} s.");
        }
    }

    private async Task<Asked> AskAsync(ViewEndpoint handler, CachedRequest request, bool isPastTheCache, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        await using var scope = scopes.CreateAsyncScope();
        var context = request.CreateContext(scope.ServiceProvider, cancellationToken);
        var body = new CountingStream();
        context.Response.Body = body;

        // Left when this method returns. With none, for the writes of whoever measures are nobody else's.
        FreshnessFlow.Enter(isPastTheCache ? WriteToken.Poison : default);
        var startedAt = time.GetTimestamp();
        await handler.HandleAsync(context);
        await context.Response.BodyWriter.FlushAsync(cancellationToken);
        var ms = time.GetElapsedTime(startedAt).TotalMilliseconds;

        // A handler whose client has gone answers nothing.
        cancellationToken.ThrowIfCancellationRequested();
        return new(ms, context.Response.StatusCode, body.Length, context.Response.Headers[CacheStatus.HeaderName].ToString().StartsWith("Larder; hit", StringComparison.Ordinal));
    }

    private static PerformanceTestAnswer Answer(View view, CachedRequest request, Asked first, List<double> cached, List<double> uncached, int hits)
    {
        var improvement = uncached.Average() is > 0 and var without ? Figures.Rounded(100 * (without - cached.Average()) / without) : (double?)null;
        return new(
            view.Name,
            request.Path.ToUriComponent() + request.Query.ToUriComponent(),
            first.StatusCode,
            cached.Count,
            hits,
            first.Bytes,
            improvement,
            Recommender.LeastGainPercent,
            improvement >= Recommender.LeastGainPercent,
            TimesOf(cached),
            TimesOf(uncached));
    }

    private static TimesDocument TimesOf(List<double> times)
    {
        times.Sort();
        return new(Rounded(times[0]), Rounded(times.Average()), Rounded(times[(times.Count - 1) / 2]), Rounded(times[(int)Math.Ceiling(0.95 * times.Count) - 1]), Rounded(times[^1]));
    }

    private static double Rounded(double milliseconds) => Figures.Milliseconds(milliseconds)!.Value;

    private readonly record struct Asked(double Ms, int StatusCode, long Bytes, bool IsHit);
}
