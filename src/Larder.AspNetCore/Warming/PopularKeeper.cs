using System.Text.Json;
using Larder.Warming;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Larder.AspNetCore.Warming;

/// <summary>Keeps what was popular: warms it when the host starts, the most valuable first, and writes it down now and then and when the host stops.</summary>
internal sealed class PopularKeeper(
    PopularRequests popular, RequestReplay replay, WarmingService warming, IOptions<WarmingOptions> options, TimeProvider time, ILogger<PopularKeeper> logger, IPopularStore? store = null)
    : BackgroundService
{
    internal const string TaskName = "popular";
    private static readonly TimeSpan PatienceAtTheEnd = TimeSpan.FromSeconds(2);

    private bool _hasRead;
    private bool _hasFailed;

    /// <summary>Asks for what was worth most before the start.</summary>
    public async Task WarmAsync(CancellationToken cancellationToken)
    {
        if (await ReadAsync(cancellationToken) is not { } requests)
        {
            return;
        }

        var (loaded, failed) = (0, 0);
        await Parallel.ForEachAsync(requests, new ParallelOptions { MaxDegreeOfParallelism = options.Value.Parallelism, CancellationToken = cancellationToken }, async (request, token) =>
        {
            await warming.YieldAsync(token);
            try
            {
                if (await replay.SendAsync(request, token) is { } key)
                {
                    popular.Take(key, request);
                }

                Interlocked.Increment(ref loaded);
            }
            catch (Exception exception) when (exception is not OperationCanceledException)
            {
                // A view that is gone, a row that was deleted.
                Interlocked.Increment(ref failed);
            }
        });
        Log.PopularWarmed(logger, loaded, requests.Count, failed);
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        using var limit = new CancellationTokenSource(PatienceAtTheEnd, time);
        await SaveAsync(limit.Token);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            await Task.Delay(options.Value.SaveInterval, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (!stoppingToken.IsCancellationRequested)
            {
                await SaveAsync(stoppingToken);
            }
        }
    }

    private async Task<IReadOnlyList<PopularRequest>?> ReadAsync(CancellationToken cancellationToken)
    {
        try
        {
            return store is null || !popular.IsOn || await store.ReadAsync(cancellationToken) is not { } content ? null : popular.Read(content);
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            Log.PopularUnreadable(logger, exception.Message);
            return null;
        }
        finally
        {
            _hasRead = true;
        }
    }

    private async Task SaveAsync(CancellationToken cancellationToken)
    {
        // What the last run knew is not written over before it was read.
        if (store is null || !popular.IsOn || !_hasRead || popular.Count == 0)
        {
            return;
        }

        try
        {
            await store.WriteAsync(popular.Write(), cancellationToken);
            _hasFailed = false;
        }
        catch (Exception exception)
        {
            if (!_hasFailed)
            {
                Log.PopularNotKept(logger, exception.Message);
            }

            _hasFailed = true;
        }
    }
}
