using Larder.Warming;
using Microsoft.Extensions.DependencyInjection;

namespace Larder.Tests.Warming;

/// <summary>Tasks that fail, hang, depend on each other and give way.</summary>
public sealed class WarmingServiceTests : IAsyncDisposable
{
    private readonly ManualTimeProvider _time = new();
    private readonly List<string> _ran = [];
    private ServiceProvider? _services;

    [Fact]
    public async Task Run_TaskThatFails_IsTriedAgainAndThenSkipsWhatDependsOnIt()
    {
        var attempts = 0;
        var warming = await StartAsync(
            new WarmingTask("first", (_, _) => throw new InvalidOperationException($"attempt {++attempts}")) { Retries = 2, TimeLimit = WarmingTask.GreatestTimeLimit },
            Noted("second") with { DependsOn = ["first"] },
            Noted("beside"));

        await UntilAsync(() => attempts == 1);
        await PassUntilAsync(() => warming.Read()[1].State == WarmingState.Skipped);

        var (first, second) = (warming.Read()[0], warming.Read()[1]);
        Assert.Equal((3, WarmingState.Failed, 1, 1, "InvalidOperationException: attempt 3"), (attempts, first.State, first.Runs, first.Failures, first.LastError));
        Assert.Equal((0, "'first', which it depends on, failed"), (second.Runs, second.LastError));
        Assert.Equal(["beside"], _ran);
    }

    [Fact]
    public async Task Run_TaskThatFailedOnce_SucceedsAtTheNextAttempt()
    {
        var attempts = 0;
        var warming = await StartAsync(new WarmingTask("flaky", (_, _) => ++attempts == 1 ? throw new InvalidOperationException() : Task.CompletedTask) { TimeLimit = WarmingTask.GreatestTimeLimit });

        await PassUntilAsync(() => warming.Read()[0].State == WarmingState.Succeeded);

        Assert.Equal((1, 0, null), (warming.Read()[0].Runs, warming.Read()[0].Failures, warming.Read()[0].LastError));
    }

    [Fact]
    public async Task Run_TaskThatHangsAndDoesNotListen_IsLeftAtItsLimit()
    {
        var hanging = new TaskCompletionSource();
        var token = default(CancellationToken);
        var warming = await StartAsync(new WarmingTask("slow", (_, cancellationToken) =>
        {
            token = cancellationToken;
            _ran.Add("slow");
            return hanging.Task;
        }) { TimeLimit = TimeSpan.FromSeconds(10), Retries = 0 });

        await UntilAsync(() => _ran.Count == 1);
        _time.Advance(TimeSpan.FromSeconds(9));
        Assert.Equal(WarmingState.Running, warming.Read()[0].State);
        _time.Advance(TimeSpan.FromSeconds(1));
        await UntilAsync(() => warming.Read()[0].State == WarmingState.Failed);

        Assert.Equal("it took longer than 00:00:10", warming.Read()[0].LastError);
        Assert.Equal(TimeSpan.FromSeconds(10), warming.Read()[0].AverageDuration);
        Assert.True(token.IsCancellationRequested);
        hanging.SetResult();
    }

    [Fact]
    public async Task Run_MoreTasksThanMayRun_RunSoManyAtOnce()
    {
        var (running, most, gate) = (0, 0, new TaskCompletionSource());
        var tasks = Enumerable.Range(0, 7).Select(i => new WarmingTask($"task{i}", async (_, _) =>
        {
            most = Math.Max(most, Interlocked.Increment(ref running));
            await gate.Task;
            Interlocked.Decrement(ref running);
        })).ToArray();
        var warming = await StartAsync(tasks, options => options.Parallelism = 3);

        await UntilAsync(() => running == 3);
        gate.SetResult();
        await UntilAsync(() => warming.Read().All(status => status.State == WarmingState.Succeeded));

        Assert.Equal(3, most);
    }

    [Fact]
    public async Task Run_RequestsQueue_WaitsForThemButNotForEver()
    {
        var isBusy = true;
        var warming = await StartAsync([Noted("patient")], options => options.Patience = TimeSpan.FromSeconds(5), service => service.IsBusy = () => isBusy);

        var startedAt = _time.GetUtcNow();
        await PassUntilAsync(() => _ran.Count == 1);
        Assert.True(_time.GetUtcNow() - startedAt >= TimeSpan.FromSeconds(5));

        isBusy = false;
        warming.Ask(["patient"]);
        await UntilAsync(() => _ran.Count == 2);
    }

    [Fact]
    public async Task Run_TaskWithAnInterval_RunsAgainAndAgain()
    {
        await StartAsync(Noted("each") with { Interval = TimeSpan.FromMinutes(1) });

        var startedAt = _time.GetUtcNow();
        await PassUntilAsync(() => _ran.Count == 4);

        Assert.True(_time.GetUtcNow() - startedAt >= TimeSpan.FromMinutes(3));
    }

    [Fact]
    public async Task Start_WarmingIsOff_RunsOnlyWhatIsAskedFor()
    {
        var warming = await StartAsync([Noted("one"), Noted("other")], options => options.Enabled = false);

        Assert.Equal("nobody", warming.Ask(["one", "nobody"]));
        Assert.Null(warming.Ask(["other"]));
        await UntilAsync(() => _ran.Count == 1);

        Assert.Equal(["other"], _ran);
        Assert.Equal([WarmingState.Waiting, WarmingState.Succeeded], warming.Read().Select(status => status.State));
    }

    [Fact]
    public async Task Stop_WhileATaskHangs_DoesNotWaitForIt()
    {
        var warming = await StartAsync(new WarmingTask("hanging", (_, _) =>
        {
            _ran.Add("hanging");
            return new TaskCompletionSource().Task;
        }));
        await UntilAsync(() => _ran.Count == 1);

        await warming.StopAsync(CancellationToken.None).Soon();
    }

    public async ValueTask DisposeAsync()
    {
        if (_services is not null)
        {
            await _services.GetRequiredService<WarmingService>().StopAsync(CancellationToken.None);
            await _services.DisposeAsync();
        }
    }

    private WarmingTask Noted(string name) => new(name, (_, _) =>
    {
        lock (_ran)
        {
            _ran.Add(name);
        }

        return Task.CompletedTask;
    }) { TimeLimit = WarmingTask.GreatestTimeLimit };

    private Task<WarmingService> StartAsync(params WarmingTask[] tasks) => StartAsync(tasks, configure: null);

    private async Task<WarmingService> StartAsync(WarmingTask[] tasks, Action<WarmingOptions>? configure, Action<WarmingService>? prepare = null)
    {
        var services = new ServiceCollection().AddSingleton<Microsoft.Extensions.Configuration.IConfiguration>(new Microsoft.Extensions.Configuration.ConfigurationBuilder().Build())
            .AddSingleton<TimeProvider>(_time).AddLarderWarming(configure);
        foreach (var task in tasks)
        {
            services.AddWarmingTask(task);
        }

        _services = services.BuildServiceProvider();
        var warming = _services.GetRequiredService<WarmingService>();
        prepare?.Invoke(warming);
        await warming.StartAsync(CancellationToken.None);
        return warming;
    }

    private static Task UntilAsync(Func<bool> isSo) => Patience.UntilAsync(() => Task.FromResult(isSo()));

    // Time passes, as far as it takes: when a timer is set is not known outside.
    private Task PassUntilAsync(Func<bool> isSo) => UntilAsync(() =>
    {
        if (isSo())
        {
            return true;
        }

        _time.Advance(TimeSpan.FromMilliseconds(50));
        return false;
    });
}
