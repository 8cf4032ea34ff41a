using System.Collections.Concurrent;
using Larder.Freshness;
using Larder.Tests.AspNetCore;
using Larder.Tests.AspNetCore.ResponseCaching;
using Larder.Views.Sources;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Larder.Tests.Remote;

/// <summary>Whole responses and the sections of views, made on one web server and sent by another.</summary>
public sealed class RemoteViewTests : IAsyncLifetime
{
    private readonly FakeRemoteStore _store = new();
    private readonly FixedEpochLog _log = new();
    private readonly ConcurrentDictionary<string, int> _asked = new();
    private WebHost _a = null!;
    private WebHost _b = null!;
    private int _loads;

    public async ValueTask InitializeAsync() => (_a, _b) = (await StartAsync(), await StartAsync());

    public async ValueTask DisposeAsync()
    {
        await _a.DisposeAsync();
        await _b.DisposeAsync();
    }

    [Fact(Timeout = 30_000)]
    public async Task Get_ResponseMadeByAnotherNode_IsAHitOfItsAge()
    {
        var miss = await _a.SendAsync("/list");
        await SettleAsync(_a);
        _b.Time.Advance(TimeSpan.FromSeconds(10));
        var hit = await _b.SendAsync("/list");

        Assert.Equal(1, _loads);
        Assert.Equal(("Larder; hit; ttl=50", "10"), (hit.CacheStatus(), hit.Header("Age")));
        Assert.Equal((await miss.TextAsync(), miss.Header("ETag"), "kept"), (await hit.TextAsync(), hit.Header("ETag"), hit.Header("X-Own")));
    }

    [Fact(Timeout = 30_000)]
    public async Task Get_ViewMadeByAnotherNode_SaysThatItIsCached()
    {
        Assert.Contains("\"cached\":false", (await _a.GetAsync("/view")).Body);
        await SettleAsync(_a);

        var (_, body) = await _b.GetAsync("/view");
        Assert.Contains("\"cached\":true", body);
        Assert.Contains("first 1", body);
        Assert.Equal(2, _loads);
    }

    [Fact(Timeout = 30_000)]
    public async Task Get_OneSectionWritten_TakesTheOtherFromTheStore()
    {
        await _a.GetAsync("/view");
        await SettleAsync(_a);
        await _a.Cache.InvalidateAsync(["second"], "test", cancellationToken: TestContext.Current.CancellationToken);

        var (_, body) = await _b.GetAsync("/view");

        Assert.Contains("first 1", body);
        Assert.Contains("second 2", body);
        Assert.Equal(3, _loads);
        Assert.Equal(1, _b.Cache.GetStatistics().RemoteStore!.Hits);
    }

    private static Task SettleAsync(WebHost host) =>
        Patience.UntilAsync(() => Task.FromResult(host.Cache.Engine.Remote!.Pending == 0));

    private Task<WebHost> StartAsync() => WebHost.StartAsync(
        app =>
        {
            app.MapGet("/list", (HttpContext context) =>
            {
                context.Response.Headers["X-Own"] = "kept";
                return $"list {Interlocked.Increment(ref _loads)}";
            }).Cached("minute");
            app.MapView("/view", "view", view => view.Policy("minute")
                .Required("a", Code.Ask<string>((_, _) => Tagged("first")))
                .Required("b", Code.Ask<string>((_, _) => Tagged("second"))));
        },
        services => services
            .AddRemoteStore(_ => _store)
            .AddSingleton(provider => _log.Join(provider.GetRequiredService<FreshnessNode>()))
            .AddLarder(options => options.AddPolicy(new("minute", TimeSpan.FromSeconds(60)) { Jitter = 0 })));

    private ValueTask<string?> Tagged(string word)
    {
        ReadScope.Current!.Add(word);
        Interlocked.Increment(ref _loads);
        return new($"{word} {_asked.AddOrUpdate(word, 1, static (_, times) => times + 1)}");
    }
}
