using Larder.Caching;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Polly;
using Polly.Retry;

namespace Larder.Warming;

/// <summary>Runs the warming tasks as their schedule says, beside the requests and behind them. The host does not wait for it, neither at its start nor for a task that hangs at its end.</summary>
internal sealed class WarmingService : BackgroundService
{
    private static readonly TimeSpan PauseOfYielding = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(30);

    private readonly Lock _changing = new();
    private readonly SemaphoreSlim _changed = new(0);
    private readonly WarmingSchedule _schedule;
    private readonly IServiceScopeFactory _scopes;
    private readonly WarmingOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly IHostApplicationLifetime? _lifetime;

    public WarmingService(
        IEnumerable<WarmingTask> tasks,
        IServiceScopeFactory scopes,
        LarderCache cache,
        IOptions<WarmingOptions> options,
        TimeProvider time,
        ILogger<WarmingService> logger,
        IHostApplicationLifetime? lifetime = null)
    {
        (_scopes, _options, _time, _logger, _lifetime) = (scopes, options.Value, time, logger, lifetime);
        IsBusy = () => cache.Limiters.AnyQueued;
        _schedule = new WarmingSchedule(tasks, time, startsAtOnce: _options.Enabled);
    }

    /// <summary>Whether loads of requests wait for their turn, so that others should not take it.</summary>
    internal Func<bool> IsBusy { get; set; }

    internal IReadOnlyList<WarmingStatus> Read()
    {
        lock (_changing)
        {
            return _schedule.Read();
        }
    }

    /// <summary>Makes tasks due now.</summary>
    /// <param name="names">Their names.</param>
    /// <returns>The first name of which there is no task, and then none is due; null: all are.</returns>
    internal string? Ask(IReadOnlyCollection<string> names)
    {
        lock (_changing)
        {
            var known = _schedule.Read().Select(status => status.Task.Name).ToHashSet(StringComparer.Ordinal);
            if (names.FirstOrDefault(name => !known.Contains(name)) is { } unknown)
            {
                return unknown;
            }

            foreach (var name in names)
            {
                _schedule.Ask(name);
            }
        }

        _changed.Release();
        return null;
    }

    /// <summary>Waits while requests queue for their loads, but not for ever.</summary>
    internal async Task YieldAsync(CancellationToken cancellationToken)
    {
        var startedAt = _time.GetTimestamp();
        while (IsBusy() && _time.GetElapsedTime(startedAt) < _options.Patience)
        {
            await Task.Delay(PauseOfYielding, _time, cancellationToken);
        }
    }

    public override void Dispose()
    {
        base.Dispose();
        _changed.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await Task.Yield();
        try
        {
            await StartedAsync(stoppingToken);
            while (true)
            {
                await WaitAsync(BeginDue(stoppingToken), stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The tasks that run are told by the same token; nobody waits for one that does not listen.
        }
    }

    // The first requests are answered while this goes on, and the endpoints that it asks are there only then.
    private async Task StartedAsync(CancellationToken stop)
    {
        if (_lifetime is not null)
        {
            var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            await using var registration = _lifetime.ApplicationStarted.Register(started.SetResult);
            await started.Task.WaitAsync(stop);
        }
    }

    // Begins what there is room for; how long until there is more to do, null: until something changes.
    private TimeSpan? BeginDue(CancellationToken stop)
    {
        lock (_changing)
        {
            while (_schedule.Running < _options.Parallelism && _schedule.Begin() is { } task)
            {
                _ = RunAsync(task, stop);
            }

            if (_schedule.Running >= _options.Parallelism || _schedule.NextDue is not { } due)
            {
                return null;
            }

            var wait = due - _time.GetUtcNow();
            return wait > TimeSpan.Zero ? wait : TimeSpan.Zero;
        }
    }

    private async Task WaitAsync(TimeSpan? wait, CancellationToken stop)
    {
        if (wait is not { } until)
        {
            await _changed.WaitAsync(stop);
            return;
        }

        // The clock may be one that a test moves, which a semaphore does not know.
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stop);
        var changed = _changed.WaitAsync(either.Token);
        await Task.WhenAny(changed, Task.Delay(until, _time, either.Token));
        await either.CancelAsync();
        await changed.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        stop.ThrowIfCancellationRequested();
    }

    private async Task RunAsync(WarmingTask task, CancellationToken stop)
    {
        var startedAt = _time.GetTimestamp();
        string? error = null;
        await Task.Yield();
        try
        {
            await PipelineOf(task).ExecuteAsync(async cancellationToken => await AttemptAsync(task, cancellationToken), stop);
        }
        catch (Exception exception)
        {
            error = stop.IsCancellationRequested ? "the host stopped" : ErrorOf(exception);
        }

        var elapsed = _time.GetElapsedTime(startedAt);
        lock (_changing)
        {
            _schedule.End(task, elapsed, error);
        }

        if (!stop.IsCancellationRequested)
        {
            if (error is null)
            {
                Log.Warmed(_logger, task.Name, elapsed.TotalMilliseconds);
            }
            else
            {
                Log.NotWarmed(_logger, task.Name, error);
            }

            _changed.Release();
        }
    }

    private async Task AttemptAsync(WarmingTask task, CancellationToken stop)
    {
        await YieldAsync(stop);
        using var limit = new CancellationTokenSource(task.TimeLimit, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, stop);
        await using var scope = _scopes.CreateAsyncScope();
        try
        {
            // One that does not listen to its token is left behind.
            await Task.Run(() => task.Run(scope.ServiceProvider, either.Token), either.Token).WaitAsync(either.Token);
        }
        catch (OperationCanceledException exception) when (limit.IsCancellationRequested)
        {
            throw new TimeoutException($"it took longer than {task.TimeLimit}", exception);
        }
    }

    private ResiliencePipeline PipelineOf(WarmingTask task) => task.Retries == 0
        ? ResiliencePipeline.Empty
        : new ResiliencePipelineBuilder { TimeProvider = _time }
            .AddRetry(new RetryStrategyOptions
            {
                ShouldHandle = static outcome => new(outcome.Outcome.Exception is not null && !outcome.Context.CancellationToken.IsCancellationRequested),
                MaxRetryAttempts = task.Retries,
                BackoffType = DelayBackoffType.Exponential,
                Delay = FirstPause,
                MaxDelay = LongestPause,
                UseJitter = true,
            })
            .Build();

    // The type and the message: both may be shown to operators, and neither has parameters of statements.
    private static string ErrorOf(Exception exception) => exception is TimeoutException ? exception.Message : $"{exception.GetType().Name}: {exception.Message}";
}
