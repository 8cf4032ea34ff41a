using System.Net;
using System.Security.Claims;
using Larder.AspNetCore.ResponseCaching;
using Larder.Caching;
using Larder.Freshness;
using Larder.Tests.Caching;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Larder.Tests.AspNetCore.ResponseCaching;

/// <summary>Any endpoint, cached: what makes its key, what it sees, and what is never stored.</summary>
public sealed class CachedEndpointTests : IAsyncLifetime
{
    private readonly HeldLoad<string> _held = new();
    private WebHost _host = null!;
    private int _runs;
    private int _status = 200;

    public async ValueTask InitializeAsync() => _host = await WebHost.StartAsync(Map, services =>
    {
        services.AddControllers().AddApplicationPart(typeof(CachedController).Assembly);
        services.AddHttpContextAccessor();
        services.AddLarder(options => options
            .AddPolicy(new CachePolicy("minute", TimeSpan.FromSeconds(60)) { Jitter = 0, StaleIfError = TimeSpan.FromSeconds(60) })
            .AddPolicy(new CachePolicy("negative", TimeSpan.FromSeconds(60)) { Jitter = 0, NegativeDuration = TimeSpan.FromSeconds(10) }));
    });

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Fact]
    public async Task Get_Twice_RunsTheHandlerOnce()
    {
        var miss = await _host.SendAsync("/list?page=1&x=1");
        var hit = await _host.SendAsync("/list?x=2&page=1&y=<script>");

        Assert.Equal(("Larder; fwd=miss; stored", "Larder; hit; ttl=60"), (miss.CacheStatus(), hit.CacheStatus()));
        Assert.Equal((await miss.TextAsync(), "text/plain; charset=utf-8", "kept"), (await hit.TextAsync(), hit.Header("Content-Type"), hit.Header("X-Own")));
        Assert.StartsWith("W/\"", hit.Header("ETag"));
        Assert.Equal("Accept-Encoding, Accept-Language", hit.Header("Vary"));
        Assert.Equal(HttpStatusCode.NotModified, (await _host.SendAsync("/list?page=1", ("If-None-Match", hit.Header("ETag")!))).StatusCode);
    }

    [Fact]
    public async Task Get_WhatIsNotDeclared_IsNotInTheKeyAndNotSeen()
    {
        var miss = await (await _host.SendAsync("/list?page=1&evil=1", ("X-Forwarded-Host", "evil"), ("Cookie", "a=b"), ("Accept-Language", "de"))).TextAsync();

        Assert.Equal("1: query ?page=1, headers Accept-Language=de, host , user ", miss);
        Assert.Equal(miss, await (await _host.SendAsync("/list?page=1", ("Accept-Language", "de"))).TextAsync());
    }

    [Fact]
    public async Task Get_WhatIsDeclared_MakesEntriesOfTheirOwn()
    {
        var paths = new[] { "/list", "/list?page=", "/list?page=1", "/list?page=01", "/list?page=1&page=2", "/list?page=2&page=1", "/list?page=1%26page=2", "/list?page=1:2", "/list?page=%E2%82%AC" };
        foreach (var path in paths)
        {
            Assert.Equal("Larder; fwd=miss; stored", (await _host.SendAsync(path)).CacheStatus());
        }

        Assert.Equal("Larder; fwd=miss; stored", (await _host.SendAsync("/list", ("Accept-Language", "de"))).CacheStatus());
        foreach (var path in paths)
        {
            Assert.Equal("Larder; hit; ttl=60", (await _host.SendAsync(path)).CacheStatus());
        }

        Assert.Contains("query ?page=1&page=2", await (await _host.SendAsync("/list?page=1&page=2")).TextAsync());
    }

    [Fact]
    public async Task Get_LineBreaksInARequest_NeverBecomeHeaders()
    {
        foreach (var path in new[] { "/list?page=a%0d%0aSet-Cookie:x", "/refused?reason=a%0d%0aX-Evil:1%22%5c%e2%82%ac" })
        {
            for (var i = 0; i < 2; i++)
            {
                var response = await _host.SendAsync(path);
                Assert.Equal((HttpStatusCode.OK, null, null), (response.StatusCode, response.Header("Set-Cookie"), response.Header("X-Evil")));
            }
        }

        Assert.Equal("Larder; fwd=miss; detail=\"a??X-Evil:1\\\"\\\\?\"", (await _host.SendAsync("/refused?reason=a%0d%0aX-Evil:1%22%5c%e2%82%ac")).CacheStatus());
    }

    [Theory]
    [InlineData("/cookie", "set-cookie")]
    [InlineData("/own?control=no-store", "cache-control")]
    [InlineData("/own?control=private,max-age=60", "cache-control")]
    [InlineData("/own?control=No-Cache", "cache-control")]
    [InlineData("/vary?name=*", "vary")]
    [InlineData("/vary?name=Origin", "vary")]
    [InlineData("/encoded", "content-encoding")]
    public async Task Get_ResponseThatForbidsIt_IsNeverStored(string path, string why)
    {
        await _host.SendAsync(path);
        var second = await _host.SendAsync(path);

        Assert.Equal((2, $"Larder; fwd=miss; detail={why}"), (_runs, second.CacheStatus()));
    }

    [Fact]
    public async Task Get_ResponseWithACookie_IsNotEvenSharedByThoseWhoWait()
    {
        var clients = Enumerable.Range(0, 5).Select(_ => _host.SendAsync("/cookie?hold=1")).ToArray();
        await _held.Started.Soon();
        await Patience.UntilAsync(() => Task.FromResult(_host.Cache.GetStatistics().Misses == clients.Length));
        _held.Succeed("");

        var cookies = (await Task.WhenAll(clients)).Select(response => response.Header("Set-Cookie")).ToArray();

        Assert.Equal(clients.Length, cookies.Distinct().Count());
        Assert.All(cookies, Assert.NotNull);
    }

    [Theory]
    [InlineData(201)]
    [InlineData(204)]
    [InlineData(302)]
    [InlineData(404)]
    public async Task Get_OtherStatus_IsNotStored(int status)
    {
        _status = status;
        using var client = new HttpClient(new HttpClientHandler { AllowAutoRedirect = false }) { BaseAddress = _host.Client.BaseAddress };
        await client.GetAsync("/status");
        var second = await client.GetAsync("/status");

        Assert.Equal((status, 2, $"Larder; fwd=miss; detail=status-{status}"), ((int)second.StatusCode, _runs, second.CacheStatus()));
        Assert.Null(second.Header("ETag"));
    }

    [Fact]
    public async Task Get_NotFoundUnderANegativeDuration_IsStored()
    {
        _status = 404;
        await _host.SendAsync("/negative");
        var second = await _host.SendAsync("/negative");

        Assert.Equal((HttpStatusCode.NotFound, 1, "Larder; hit; ttl=10"), (second.StatusCode, _runs, second.CacheStatus()));
    }

    [Fact]
    public async Task Get_ServerErrorAfterExpiry_IsAnsweredWithTheOldResponse()
    {
        await _host.SendAsync("/status");
        _host.Time.Advance(TimeSpan.FromSeconds(61));
        _status = 503;
        Assert.Equal((HttpStatusCode.OK, "Larder; fwd=stale; detail=stale-if-error"), (await AnswerAsync("/status")));
        _host.Time.Advance(TimeSpan.FromSeconds(60));
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await AnswerAsync("/status")).Status);
    }

    [Fact]
    public async Task Post_OfACachedEndpoint_GoesToTheHandlerAsItIs()
    {
        using var content = new StringContent("body");
        var response = await _host.Client.PostAsync("/list?page=9", content);

        Assert.Equal("Larder; fwd=method", response.CacheStatus());
        Assert.Contains("query ?page=9", await response.TextAsync());
    }

    [Fact]
    public async Task Get_TagsOfTheHandlerAndOfTheRoute_DropTheResponse()
    {
        foreach (var tag in new[] { "item:7", "hand" })
        {
            await _host.SendAsync("/items/7");
            Assert.StartsWith("Larder; hit", (await _host.SendAsync("/items/7")).CacheStatus());
            _host.Cache.RemoveByTag("item:8");
            Assert.StartsWith("Larder; hit", (await _host.SendAsync("/items/7")).CacheStatus());
            await _host.Cache.InvalidateAsync([tag], "a test");
            Assert.Equal("Larder; fwd=stale; stored", (await _host.SendAsync("/items/7")).CacheStatus());
        }
    }

    [Fact]
    public async Task Get_BodyBeyondTheLimit_FailsAndLargeOnesAreNotStored()
    {
        Assert.Equal(HttpStatusCode.InternalServerError, (await _host.SendAsync("/body?bytes=3000001")).StatusCode);
        await _host.SendAsync("/body?bytes=3000000");
        var large = await _host.SendAsync("/body?bytes=3000000");
        Assert.Equal("Larder; fwd=miss", large.CacheStatus());
        Assert.Equal(3_000_000, (await large.Content.ReadAsByteArrayAsync()).Length);
    }

    [Fact]
    public async Task Get_AttributeOnHandlerAndAction_TakesEffectThroughUseLarder()
    {
        foreach (var path in new[] { "/attribute/1", "/controller/1?page=2" })
        {
            var first = await _host.SendAsync(path);
            var second = await _host.SendAsync(path + (path.Contains('?') ? "&z=1" : "?z=1"));
            Assert.Equal(("Larder; fwd=miss; stored", "Larder; hit; ttl=60"), (first.CacheStatus(), second.CacheStatus()));
            Assert.Equal(await first.TextAsync(), await second.TextAsync());
        }

        Assert.Equal("{\"id\":1,\"page\":2}", await (await _host.SendAsync("/controller/1?page=2")).TextAsync());
    }

    [Fact]
    public async Task Get_VariesByUser_GivesEachTheirOwnAndRefusesTheUnknown()
    {
        Assert.Equal("Larder; fwd=miss; stored", (await _host.SendAsync("/me", ("X-User", "ann"))).CacheStatus());
        var ben = await _host.SendAsync("/me", ("X-User", "ben"));
        Assert.Equal(("Larder; fwd=miss; stored", "private, no-cache"), (ben.CacheStatus(), ben.Header("Cache-Control")));
        Assert.Equal("ben", await (await _host.SendAsync("/me", ("X-User", "ben"))).TextAsync());
        Assert.Equal("Larder; fwd=bypass; detail=unknown-user", (await _host.SendAsync("/me", ("Authorization", "Bearer ann"))).CacheStatus());
        Assert.Equal("", await (await _host.SendAsync("/me")).TextAsync());
        Assert.Equal("Larder; fwd=bypass; detail=authenticated", (await _host.SendAsync("/list", ("X-User", "ann"))).CacheStatus());
    }

    [Fact]
    public async Task Get_OnStartingAndAccessorOfTheHandler_WorkAsOnAServer()
    {
        await _host.SendAsync("/starting");
        var hit = await _host.SendAsync("/starting");

        Assert.Equal(("Larder; hit; ttl=60", "late", "True"), (hit.CacheStatus(), hit.Header("X-Late"), await hit.TextAsync()));
    }

    [Fact]
    public async Task Cached_WhatCannotWork_IsRefused()
    {
        foreach (var (message, options) in new (string, Action<CachedAttribute>)[]
        {
            ("cookie", options => options.VaryByHeader = ["cookie"]), ("MaxBodyBytes", options => options.MaxBodyBytes = 0), ("'other'", options => options.Tags = ["x:{other}"]),
        })
        {
            await using var host = await WebHost.StartAsync(app => app.MapGet("/x/{id}", () => "").Cached("default", options));
            Assert.Equal(HttpStatusCode.InternalServerError, (await host.SendAsync("/x/1")).StatusCode);
            Assert.Contains(message, Assert.ThrowsAny<Exception>(() => new CachedEndpoint(
                host.Services, With(options), _ => Task.CompletedTask, Microsoft.AspNetCore.Routing.Patterns.RoutePatternFactory.Parse("/x/{id}"), "x", new())).Message);
        }

        await using var views = await WebHost.StartAsync(app => app
            .MapView("/v", "v", view => view.Required("value", Larder.Views.Sources.Code.Ask<string>((_, _) => new("x")))).Cached("default", options => options.VaryByUser = true));
        Assert.Equal(HttpStatusCode.InternalServerError, (await views.SendAsync("/v")).StatusCode);

        static CachedAttribute With(Action<CachedAttribute> configure)
        {
            var options = new CachedAttribute("default");
            configure(options);
            return options;
        }
    }

    private async Task<(HttpStatusCode Status, string? CacheStatus)> AnswerAsync(string path)
    {
        var response = await _host.SendAsync(path);
        return (response.StatusCode, response.CacheStatus());
    }

    private void Map(WebApplication app)
    {
        app.Use((context, next) =>
        {
            if (context.Request.Headers["X-User"] is [{ } user])
            {
                context.User = new ClaimsPrincipal(new ClaimsIdentity([new Claim("sub", user), new Claim("secret", user + "'s")], "test"));
            }

            return next(context);
        });
        app.UseLarder();
        app.MapMethods("/list", ["GET", "HEAD", "POST"], Describe).Cached("minute", options => (options.VaryByQuery, options.VaryByHeader) = (["page"], ["Accept-Language"]));
        app.MapGet("/refused", (string reason) => { ReadScope.Current!.MarkNotStorable(reason); return "x"; }).Cached("minute", options => options.VaryByQuery = ["reason"]);
        app.MapGet("/cookie", async (HttpContext context, string? hold) =>
        {
            var run = Interlocked.Increment(ref _runs);
            context.Response.Cookies.Append("id", $"{run}");
            return hold is null ? "x" : await _held.RunAsync(context.RequestAborted);
        }).Cached("minute", options => options.VaryByQuery = ["hold"]);
        app.MapGet("/own", (HttpContext context, string control) => { _runs++; context.Response.Headers.CacheControl = control; return "x"; }).Cached("minute", options => options.VaryByQuery = ["control"]);
        app.MapGet("/vary", (HttpContext context, string name) => { _runs++; context.Response.Headers.Vary = name; return "x"; }).Cached("minute", options => options.VaryByQuery = ["name"]);
        app.MapGet("/encoded", (HttpContext context) => { _runs++; context.Response.Headers.ContentEncoding = "x"; return "x"; }).Cached("minute");
        app.MapGet("/status", Status).Cached("minute");
        app.MapGet("/negative", Status).Cached("negative");
        app.MapGet("/items/{id}", (int id) => { ReadScope.Current!.Add("hand"); return id; }).Cached("minute", options => options.Tags = ["item:{id}"]);
        app.MapGet("/body", (int bytes) => new string('x', bytes)).Cached("minute", options => (options.VaryByQuery, options.MaxBodyBytes) = (["bytes"], 3_000_000));
        app.MapGet("/attribute/{id}", [Cached("minute")] (int id) => $"{id} {Interlocked.Increment(ref _runs)}");
        app.MapControllers();
        app.MapGet("/me", (HttpContext context) => $"{context.User.FindFirst("sub")?.Value}{context.User.FindFirst("secret")?.Value}").Cached("minute", options => options.VaryByUser = true);
        app.MapGet("/starting", (HttpContext context, IHttpContextAccessor accessor) =>
        {
            context.Response.OnStarting(() => { context.Response.Headers["X-Late"] = "late"; return Task.CompletedTask; });
            return ReferenceEquals(context, accessor.HttpContext).ToString();
        }).Cached("minute");
    }

    private string Describe(HttpContext context)
    {
        context.Response.Headers["X-Own"] = "kept";
        var headers = string.Join(' ', context.Request.Headers.Where(header => header.Key is not ("Host" or "Content-Type" or "Content-Length")).Select(header => $"{header.Key}={header.Value}"));
        return $"{Interlocked.Increment(ref _runs)}: query {context.Request.QueryString}, headers {headers}, host {context.Request.Host}, user {context.User.FindFirst("sub")?.Value}";
    }

    private IResult Status()
    {
        _runs++;
        return _status == 302 ? TypedResults.Redirect("/elsewhere") : TypedResults.StatusCode(_status);
    }
}
