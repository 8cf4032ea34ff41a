using System.Net;
using System.Text.Json.Nodes;
using Larder.Caching;
using Larder.Freshness;
using Larder.Views;
using Larder.Views.Sources;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace Larder.Tests.AspNetCore.ResponseCaching;

/// <summary>Whole responses of views: hits, validators, ages and what is never stored, each from its RFC.</summary>
public sealed class ViewResponseTests : IAsyncLifetime
{
    private WebHost _host = null!;
    private int _loads;
    private Exception? _failure;
    private bool _isThere = true;

    public async ValueTask InitializeAsync() => _host = await WebHost.StartAsync(
        app =>
        {
            app.Use(async (context, next) =>
            {
                if (!context.Request.Headers.TryGetValue("X-Token", out var token))
                {
                    await next(context);
                    return;
                }

                using (FreshnessContext.Require(WriteToken.Parse(token[0]!, null)))
                {
                    await next(context);
                }
            });
            var view = View.Create("thing").Parameter<int>("id", id => id.Between(1, 1_000_000)).Parameter("limit", 20).OptionalParameter<string>("q", q => q.Between(0, 2000)).Policy("minute").Tag("thing:{id}")
                .Required("value", Code.Ask<string>((_, _) => _failure is null ? new(_isThere ? $"value {Interlocked.Increment(ref _loads)}" : null) : throw _failure).Uses("id").Uses("limit").Uses("q"))
                .Build();
            app.MapView("/things/{id}", view);
            app.MapView("/other/{id}", view);
            app.MapView("/shared/{id}", view).Cached("minute", options => options.Shared = true);
            app.MapView("/asked/{id}", view).Cached("asked");
            app.MapView("/stale", "stale", stale => stale.Policy("stale").Tag("stale:{id}").Parameter("id", 1)
                .Required("value", Code.Ask<string>((_, _) => _failure is null ? new($"value {Interlocked.Increment(ref _loads)}") : throw _failure).Uses("id")));
            app.MapView("/absent/{id}", "absent", absent => absent.Policy("negative").Parameter<int>("id").Tag("absent:{id}")
                .Required("value", Code.Ask<string>((_, _) => new(Interlocked.Increment(ref _loads) > 1 ? "now" : null)).Uses("id")));
            app.MapView("/cart", "cart", cart => cart.Policy("cart").Required("value", Code.Ask<string>((_, _) => new($"{Interlocked.Increment(ref _loads)}"))));
            app.MapView("/home", "home", home => home.Policy("minute").Parameter("with_cart", defaultValue: false)
                .Required("value", Code.Ask<string>((_, _) => new("shop")))
                .Optional("cart", Code.Ask<string>((_, _) => new($"{Interlocked.Increment(ref _loads)}")), section => section.Policy("cart").When("with_cart")));
            app.MapView("/partial", "partial", partial => partial.Policy("minute")
                .Required("a", Code.Ask<string>((_, _) => new("a"))).Optional("b", Code.Ask<string>((_, _) => throw new InvalidOperationException())));
        },
        services => services.AddLarder(options => options
            .AddPolicy(new CachePolicy("minute", TimeSpan.FromSeconds(60)) { Jitter = 0 })
            .AddPolicy(new CachePolicy("asked", TimeSpan.FromSeconds(60)) { Jitter = 0, HonoursRequestDirectives = true, ClientMaxAge = TimeSpan.FromSeconds(5), IsPublic = true })
            .AddPolicy(new CachePolicy("negative", TimeSpan.FromSeconds(60)) { Jitter = 0, NegativeDuration = TimeSpan.FromSeconds(10) })
            .AddPolicy(new CachePolicy("stale", TimeSpan.FromSeconds(10)) { Jitter = 0, StaleWhileRevalidate = TimeSpan.FromSeconds(10), StaleIfError = TimeSpan.FromSeconds(60) })));

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Fact]
    public async Task Get_Twice_AnswersTheSecondWithTheWholeStoredResponse()
    {
        var miss = await _host.SendAsync("/things/1");
        _host.Time.Advance(TimeSpan.FromSeconds(7.5));
        var hit = await _host.SendAsync("/things/1");

        Assert.Equal((HttpStatusCode.OK, "Larder; fwd=miss; stored", null), (miss.StatusCode, miss.CacheStatus(), miss.Header("Age")));
        Assert.Equal((HttpStatusCode.OK, "Larder; hit; ttl=53", "7"), (hit.StatusCode, hit.CacheStatus(), hit.Header("Age")));
        Assert.Equal((await miss.TextAsync()).Replace("\"cached\":false", "\"cached\":true", StringComparison.Ordinal), await hit.TextAsync());
        Assert.Equal(("no-cache", "Accept-Encoding"), (hit.Header("Cache-Control"), hit.Header("Vary")));
        Assert.Equal(("application/json; charset=utf-8", miss.Header("ETag")), (hit.Header("Content-Type"), hit.Header("ETag")));
        Assert.StartsWith("W/\"", hit.Header("ETag"));
        Assert.NotNull(hit.Header("Date"));
        Assert.True(miss.Header("Server-Timing") is not null && hit.Header("Server-Timing") is null);
        Assert.Equal((await hit.Content.ReadAsByteArrayAsync()).Length, hit.Content.Headers.ContentLength);
    }

    [Fact]
    public async Task Get_OlderPartsInANewResponse_CountForItsAge()
    {
        await _host.SendAsync("/things/2");
        _host.Time.Advance(TimeSpan.FromSeconds(5));

        // The response alone goes, as when it is evicted; its section stays.
        _host.Cache.Engine.Loads.Drop(_host.Cache.Engine.Store.Keys(key => key.StartsWith("bff:app:thing:2:", StringComparison.Ordinal)).Single());
        var composed = await _host.SendAsync("/things/2");

        Assert.Equal(("Larder; fwd=miss; stored", "5"), (composed.CacheStatus(), composed.Header("Age")));
        Assert.Contains("\"cached\":true", await composed.TextAsync());
        var hit = await _host.SendAsync("/things/2");
        Assert.Equal(("Larder; hit; ttl=55", "5"), (hit.CacheStatus(), hit.Header("Age")));
    }

    [Theory]
    [InlineData("{0}", 304)]
    [InlineData("{1}", 304)]
    [InlineData("*", 304)]
    [InlineData("\"other\", {0}", 304)]
    [InlineData("W/\"a,b\" , W/\"c\",{1}", 304)]
    [InlineData("\"other\"", 200)]
    [InlineData("W/\"\"", 200)]
    [InlineData("{2}", 200)]
    [InlineData("\"unclosed, {0}", 200)]
    [InlineData("", 200)]
    public async Task Get_IfNoneMatch_IsComparedWeaklyAndAsAList(string condition, int status)
    {
        var etag = (await _host.SendAsync("/things/1")).Header("ETag")!;
        condition = condition.Replace("{0}", etag, StringComparison.Ordinal).Replace("{1}", etag[2..], StringComparison.Ordinal).Replace("{2}", etag[2..].Trim('"'), StringComparison.Ordinal);

        var response = await _host.SendAsync("/things/1", ("If-None-Match", condition));

        Assert.Equal(status, (int)response.StatusCode);
        if (status == 304)
        {
            // RFC 9110, 15.4.5: what a 200 would have had of these, and no content.
            Assert.Equal((etag, "no-cache", "Accept-Encoding"), (response.Header("ETag"), response.Header("Cache-Control"), response.Header("Vary")));
            Assert.True(response.Header("Date") is not null && response.CacheStatus()!.StartsWith("Larder; hit", StringComparison.Ordinal));
            Assert.Equal("", await response.TextAsync());
            Assert.Null(response.Header("Content-Type"));
        }
    }

    [Fact]
    public async Task Get_ReadAnewWithTheSameData_KeepsTheValidator()
    {
        var first = await _host.SendAsync("/home");
        _host.Time.Advance(TimeSpan.FromSeconds(61));
        var second = await _host.SendAsync("/home", ("If-None-Match", first.Header("ETag")!));

        Assert.Equal(HttpStatusCode.NotModified, second.StatusCode);
        Assert.Equal("Larder; fwd=miss; stored", second.CacheStatus());
    }

    [Fact]
    public async Task Head_HitAndMiss_HaveTheHeadersOfGetAndNoContent()
    {
        var miss = await _host.SendAsync(HttpMethod.Head, "/things/1");
        var get = await _host.SendAsync("/things/1");
        var hit = await _host.SendAsync(HttpMethod.Head, "/things/1");

        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.OK), (miss.StatusCode, hit.StatusCode));
        Assert.Equal("Larder; hit; ttl=60", get.CacheStatus());
        foreach (var name in new[] { "ETag", "Content-Type", "Content-Length", "Cache-Control", "Vary" })
        {
            Assert.Equal((name, get.Header(name)), (name, hit.Header(name)));
        }

        Assert.Equal("", await hit.TextAsync());
        Assert.Equal(1, _loads);
    }

    [Fact]
    public async Task Get_EveryWayToSayTheSame_IsOneEntry()
    {
        await _host.SendAsync("/things/1");
        foreach (var path in new[]
        {
            "/things/01", "/other/1", "/things/+1", "/things/1?limit=20", "/things/1?limit=020", "/things/1?LIMIT=%320", "/things/1?limit=", "/things/1?utm=a&utm=b&x",
            "/things/1?q=&utm=1", "/things/1?utm=1&limit=20", "/things/1?limit=20&utm=1", "/THINGS/1",
        })
        {
            var response = await _host.SendAsync(path);
            Assert.True(response.CacheStatus()!.StartsWith("Larder; hit", StringComparison.Ordinal), path);
        }

        Assert.Equal(1, _loads);
        Assert.Equal(HttpStatusCode.BadRequest, (await _host.SendAsync("/things/1?limit=20&limit=20")).StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, (await _host.SendAsync("/things/0")).StatusCode);
        foreach (var path in new[] { "/things/2", "/things/1?limit=21", "/things/1?q=a", "/things/1?q=A", "/things/1?q=a%3A", "/things/1?q=%25-", "/things/1?q=a%00" })
        {
            await _host.SendAsync(path);
        }

        Assert.Equal(7, _loads);
    }

    [Fact]
    public async Task Get_VeryLongValue_IsKeptUnderAHash()
    {
        var (colons, stars, rawStars) = (Repeat("%3A"), Repeat("%2A"), Repeat("*"));
        await _host.SendAsync($"/things/1?q={colons}");
        Assert.StartsWith("Larder; hit", (await _host.SendAsync($"/things/1?q={colons}&utm={new string('u', 4000)}")).CacheStatus());
        Assert.StartsWith("Larder; fwd=miss; stored", (await _host.SendAsync($"/things/1?q={stars}")).CacheStatus());
        Assert.StartsWith("Larder; hit", (await _host.SendAsync($"/things/1?q={rawStars}")).CacheStatus());
        Assert.Equal(2, _host.Cache.Engine.Store.Keys(key => key.StartsWith("bff:app:thing:%#", StringComparison.Ordinal) && key.Length < 100).Count());

        static string Repeat(string text) => string.Concat(Enumerable.Repeat(text, 1000));
    }

    [Fact]
    public async Task Get_AuthenticatedRequest_IsStoredOnlyWhereItIsShared()
    {
        var first = await _host.SendAsync("/things/1", ("Authorization", "Bearer a"));
        var second = await _host.SendAsync("/things/1", ("Authorization", "Bearer a"));
        Assert.Equal(("Larder; fwd=bypass; detail=authenticated", "Larder; fwd=bypass; detail=authenticated"), (first.CacheStatus(), second.CacheStatus()));
        Assert.Equal("Larder; fwd=miss; stored", (await _host.SendAsync("/shared/1", ("Authorization", "Bearer a"))).CacheStatus());
        Assert.StartsWith("Larder; hit", (await _host.SendAsync("/shared/1", ("Authorization", "Bearer b"))).CacheStatus());
    }

    [Fact]
    public async Task Get_PolicyThatStoresNothing_SaysSoAndAsksEachTime()
    {
        var (first, second) = (await _host.SendAsync("/cart"), await _host.SendAsync("/cart"));

        Assert.Equal((2, "Larder; fwd=bypass; detail=no-store", "no-store"), (_loads, second.CacheStatus(), second.Header("Cache-Control")));
        Assert.Contains("\"cached\":false", await first.TextAsync());
        await _host.SendAsync("/home?with_cart=true");
        Assert.Equal("Larder; fwd=bypass; detail=no-store", (await _host.SendAsync("/home?with_cart=true")).CacheStatus());
        Assert.Equal(4, _loads);
        await _host.SendAsync("/home?with_cart=false");
        Assert.StartsWith("Larder; hit", (await _host.SendAsync("/home")).CacheStatus());
    }

    [Fact]
    public async Task Get_IncompleteView_IsNeitherStoredNorValidated()
    {
        var first = await _host.SendAsync("/partial");
        var second = await _host.SendAsync("/partial");

        Assert.Equal("Larder; fwd=miss; detail=incomplete", first.CacheStatus());
        Assert.Equal("Larder; fwd=miss; detail=incomplete", second.CacheStatus());
        Assert.Null(second.Header("ETag"));
        Assert.Contains("\"complete\":false", await second.TextAsync());
    }

    [Fact]
    public async Task Get_NotFound_IsStoredAsLongAsThePolicySaysAndDroppedByAWrite()
    {
        var (first, second) = (await _host.SendAsync("/absent/7"), await _host.SendAsync("/absent/7"));
        Assert.Equal((HttpStatusCode.NotFound, HttpStatusCode.NotFound, 1), (first.StatusCode, second.StatusCode, _loads));
        Assert.Equal("There is no value with id 7.", (string)JsonNode.Parse(await second.TextAsync())!["detail"]!);
        Assert.Equal(("Larder; hit; ttl=10", "application/problem+json"), (second.CacheStatus(), second.Content.Headers.ContentType!.MediaType));

        _host.Cache.RemoveByTag("absent:7");

        Assert.Equal(HttpStatusCode.OK, (await _host.SendAsync("/absent/7")).StatusCode);
        _isThere = false;
        Assert.Equal(HttpStatusCode.NotFound, (await _host.SendAsync("/things/9")).StatusCode);
        Assert.Equal("Larder; fwd=miss; detail=not-found", (await _host.SendAsync("/things/9")).CacheStatus());
    }

    [Fact]
    public async Task Get_RequestDirectives_CountOnlyWhereThePolicySaysSo()
    {
        await _host.SendAsync("/things/1");
        Assert.StartsWith("Larder; hit", (await _host.SendAsync("/things/1", ("Cache-Control", "no-cache"))).CacheStatus());
        Assert.StartsWith("Larder; hit", (await _host.SendAsync("/things/1", ("Pragma", "no-cache"))).CacheStatus());

        Assert.Equal(HttpStatusCode.GatewayTimeout, (await _host.SendAsync("/asked/2", ("Cache-Control", "only-if-cached"))).StatusCode);
        var stored = await _host.SendAsync("/asked/2");
        Assert.Equal("public, max-age=5", stored.Header("Cache-Control"));
        _host.Time.Advance(TimeSpan.FromSeconds(3));
        Assert.StartsWith("Larder; hit", (await _host.SendAsync("/asked/2", ("Cache-Control", "only-if-cached, max-age=3"))).CacheStatus());
        var before = _loads;
        foreach (var (name, value) in new[] { ("Cache-Control", "No-Cache"), ("Cache-Control", "max-age=0"), ("Cache-Control", "max-age=x"), ("Cache-Control", "foo, no-store"), ("Pragma", "no-cache") })
        {
            Assert.Equal("Larder; fwd=request", (await _host.SendAsync("/asked/2", (name, value))).CacheStatus());
        }

        Assert.Equal(before + 5, _loads);
        Assert.Equal(await (await _host.SendAsync("/asked/2")).TextAsync(), (await stored.TextAsync()).Replace("\"cached\":false", "\"cached\":true", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Get_Expired_IsServedStaleWhileItIsReadAnew()
    {
        await _host.SendAsync("/stale");
        _host.Time.Advance(TimeSpan.FromSeconds(12));

        var stale = await _host.SendAsync("/stale");

        Assert.Equal(("Larder; hit; ttl=-2", "12"), (stale.CacheStatus(), stale.Header("Age")));
        await Patience.UntilAsync(async () =>
        {
            // Refreshes of one response are at least a second apart.
            _host.Time.Advance(TimeSpan.FromSeconds(1));
            return !(await (await _host.SendAsync("/stale")).TextAsync()).Contains("value 1", StringComparison.Ordinal);
        });
    }

    [Fact]
    public async Task Get_SourceFailsAfterExpiry_IsServedStaleAndMarked()
    {
        await _host.SendAsync("/stale");
        _host.Time.Advance(TimeSpan.FromSeconds(25));
        _failure = new TimeoutException("internal detail");

        var stale = await _host.SendAsync("/stale");

        Assert.Equal(HttpStatusCode.OK, stale.StatusCode);
        Assert.Contains("value 1", await stale.TextAsync());
        Assert.Equal("25", stale.Header("Age"));
        Assert.Contains("\"cached\":true", await stale.TextAsync());
        _host.Time.Advance(TimeSpan.FromSeconds(50));
        Assert.Equal(HttpStatusCode.GatewayTimeout, (await _host.SendAsync("/stale")).StatusCode);
    }

    [Fact]
    public async Task Get_WithAWriteToken_IsNeverOlderThanTheWrite()
    {
        await _host.SendAsync("/things/1");
        var token = _host.Cache.RemoveByTag("thing:2").ToString();

        Assert.StartsWith("Larder; hit", (await _host.SendAsync("/things/1", ("X-Token", token))).CacheStatus());
        var poisoned = await _host.SendAsync("/things/1", ("X-Token", "poison"));
        Assert.Equal("Larder; fwd=bypass; detail=write-token", poisoned.CacheStatus());
        Assert.Contains("value 2", await poisoned.TextAsync());
        Assert.Contains("value 1", await (await _host.SendAsync("/things/1")).TextAsync());
    }

    [Fact]
    public async Task Write_ThenRead_NeverGetsWhatWasWrittenOver()
    {
        for (var i = 1; i <= 20; i++)
        {
            Assert.Contains($"value {i}", await (await _host.SendAsync("/things/1")).TextAsync());
            Assert.StartsWith("Larder; hit", (await _host.SendAsync("/things/1")).CacheStatus());
            _host.Cache.RemoveByTag("thing:1");
        }

        Assert.Equal("Larder; fwd=stale; stored", (await _host.SendAsync("/things/1")).CacheStatus());
    }
}
