using System.Net;
using Larder.Caching;
using Larder.Tests.Caching;
using Larder.Views;
using Larder.Views.Sources;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace Larder.Tests.AspNetCore.ResponseCaching;

/// <summary>Loads of responses: shared by a crowd, outliving clients, overtaken by writes, bounded.</summary>
public sealed class ResponseLoadTests
{
    private const int Crowd = 500;
    private readonly HeldLoad<string> _load = new();

    [Fact]
    public async Task Get_By500ClientsOfAColdKey_RunsOneLoadAndAnswersEach()
    {
        await using var host = await StartAsync();
        var answers = Enumerable.Range(0, Crowd).Select(_ => host.SendAsync("/held/1")).ToArray();

        // One lookup of the response for each, and one of the section for the one that loads.
        await Patience.UntilAsync(() => Task.FromResult(host.Cache.GetStatistics().Misses == Crowd + 1));
        _load.Succeed("value");

        var responses = await Task.WhenAll(answers);
        Assert.Equal(1, _load.Runs);
        Assert.All(responses, response => Assert.Equal(HttpStatusCode.OK, response.StatusCode));
        Assert.Equal(1, responses.Count(response => response.CacheStatus() == "Larder; fwd=miss; stored"));
        Assert.Equal(Crowd - 1, responses.Count(response => response.CacheStatus() == "Larder; fwd=miss; collapsed; stored"));
        Assert.Equal(1, responses.Count(response => response.Header("Server-Timing") is not null));
        Assert.All(await Task.WhenAll(responses.Select(response => response.TextAsync())), text => Assert.Contains("value", text, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Get_TheFirstClientGoesAway_TheOthersAreAnswered()
    {
        await using var host = await StartAsync();
        using var leaving = new CancellationTokenSource();
        var first = host.Client.GetAsync("/held/1", leaving.Token);
        await _load.Started.Soon();
        var second = host.SendAsync("/held/1");
        await Patience.UntilAsync(() => Task.FromResult(host.Cache.GetStatistics().Misses == 3));

        await leaving.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);
        await Patience.UntilAsync(() => Task.FromResult(!second.IsCompleted));
        Assert.False(_load.Token.IsCancellationRequested);
        _load.Succeed("value");

        Assert.Contains("value", await (await second).TextAsync());
    }

    [Fact]
    public async Task Get_TheLastClientGoesAway_CancelsTheLoad()
    {
        await using var host = await StartAsync();
        var cancelled = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var leaving = new CancellationTokenSource();
        Task[] clients = [host.Client.GetAsync("/held/1", leaving.Token), host.Client.GetAsync("/held/1", leaving.Token)];
        await _load.Started.Soon();
        await using var registration = _load.Token.Register(cancelled.SetResult);
        await Patience.UntilAsync(() => Task.FromResult(host.Cache.GetStatistics().Misses == 3));

        await leaving.CancelAsync();

        await cancelled.Task.Soon();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Task.WhenAll(clients));
    }

    [Fact]
    public async Task Write_DuringALoad_KeepsItsResultFromTheStoreAndFromLaterRequests()
    {
        var values = new Queue<HeldLoad<string>>([_load, new(), new()]);
        var later = values.ElementAt(1);
        await using var host = await StartAsync(load: token => values.Dequeue().RunAsync(token));
        var before = host.SendAsync("/held/1");
        await _load.Started.Soon();

        await host.Cache.InvalidateAsync(["held:1"], "a test");
        var after = host.SendAsync("/held/1");
        _load.Succeed("old");
        await later.Started.Soon();
        later.Succeed("new");

        Assert.Contains("old", await (await before).TextAsync());
        Assert.DoesNotContain("stored", (await before).CacheStatus());
        Assert.Contains("new", await (await after).TextAsync());
        Assert.Contains("new", await (await host.SendAsync("/held/1")).TextAsync());
        Assert.Single(values);
    }

    [Fact]
    public async Task Get_MoreLoadsThanMayRunAndWait_IsRefusedAtOnce()
    {
        await using var host = await StartAsync(options => (options.MaxConcurrentLoads, options.MaxQueuedLoads) = (1, 1));
        var running = host.SendAsync("/held/1");
        await _load.Started.Soon();
        var queued = host.SendAsync("/held/2");
        var limiter = host.Cache.Limiters.Of("view held");
        await Patience.UntilAsync(() => Task.FromResult(limiter.Queued == 1));

        var refused = await host.SendAsync("/held/3");

        Assert.Equal((HttpStatusCode.ServiceUnavailable, "1", "Larder; fwd=miss; detail=overload"), (refused.StatusCode, refused.Header("Retry-After"), refused.CacheStatus()));
        Assert.Equal("application/problem+json", refused.Content.Headers.ContentType!.MediaType);
        _load.Succeed("value");
        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.OK), ((await running).StatusCode, (await queued).StatusCode));
        Assert.Equal(HttpStatusCode.OK, (await host.SendAsync("/held/3")).StatusCode);
    }

    [Fact]
    public async Task Get_RefusedWithAnOldResponse_IsAnsweredWithThat()
    {
        var loads = new Queue<Func<CancellationToken, ValueTask<string>>>([_ => new("old"), _load.RunAsync, _load.RunAsync]);
        await using var host = await StartAsync(options => (options.MaxConcurrentLoads, options.MaxQueuedLoads) = (1, 0), token => loads.Dequeue()(token));
        await host.SendAsync("/held/3");
        host.Time.Advance(TimeSpan.FromSeconds(61));
        var running = host.SendAsync("/held/1");
        await _load.Started.Soon();

        var stale = await host.SendAsync("/held/3");

        Assert.Equal((HttpStatusCode.OK, "Larder; fwd=stale; detail=stale-if-error"), (stale.StatusCode, stale.CacheStatus()));
        Assert.Contains("old", await stale.TextAsync());
        _load.Succeed("new");
        Assert.Equal(HttpStatusCode.OK, (await running).StatusCode);
    }

    private Task<WebHost> StartAsync(Action<LarderCacheOptions>? configure = null, Func<CancellationToken, ValueTask<string>>? load = null) => WebHost.StartAsync(
        app => app.MapView("/held/{id}", "held", view => view.Parameter<int>("id").Policy("minute").Tag("held:{id}")
            .Required("value", Code.Ask<string>((_, token) => (load ?? _load.RunAsync)(token)!).Uses("id"))),
        services => services.AddLarder(options =>
        {
            options.AddPolicy(new CachePolicy("minute", TimeSpan.FromSeconds(60)) { Jitter = 0, StaleIfError = TimeSpan.FromSeconds(60) });
            configure?.Invoke(options);
        }));
}
