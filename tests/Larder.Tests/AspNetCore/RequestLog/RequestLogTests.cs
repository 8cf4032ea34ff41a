using System.Net;
using System.Security.Claims;
using System.Text.Json.Nodes;
using Larder.AspNetCore.RequestLog;
using Larder.Caching;
using Larder.Tests.Data;
using Larder.Tests.Views;
using Larder.Views;
using Larder.Views.Sources;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Larder.Tests.AspNetCore.RequestLog;

/// <summary>Requests over HTTP, and the lines that they leave.</summary>
public sealed class RequestLogTests : IAsyncLifetime
{
    private readonly SqliteTestDatabase _database = new(Shop.Schema);
    private RequestLogHost _host = null!;

    public async ValueTask InitializeAsync() => _host = await StartAsync();

    [Fact]
    public async Task Get_Success_IsOneLineWithEveryField()
    {
        await _host.SendAsync("/products/1?include_reviews=false", ("X-Request-ID", "abc-1"));

        var line = await _host.Sink.TakeAsync("bff_request_success");
        Assert.Equal(
            ["timestamp", "level", "event", "request_id", "method", "path", "query_params", "status_code", "duration_ms", "cached", "authenticated", "client_ip"],
            line.Select(field => field.Key));
        Assert.Equal(
            """{"timestamp":"2025-01-01T00:00:00Z","level":"info","event":"bff_request_success","request_id":"abc-1","method":"GET","path":"/products/1","query_params":{"include_reviews":"false"},"status_code":200,"duration_ms":0.000,"cached":false,"authenticated":false,"client_ip":"127.0.0.1"}""",
            line.ToJsonString());
    }

    [Fact]
    public async Task Get_Hit_IsCachedAndLeavesNoAggregation()
    {
        await _host.SendAsync("/products/1");
        await _host.SendAsync("/products/1");

        Assert.False((bool)(await _host.Sink.TakeAsync("bff_request_success"))["cached"]!);
        Assert.True((bool)(await _host.Sink.TakeAsync("bff_request_success"))["cached"]!);
        await _host.Sink.TakeAsync("bff_aggregation_complete");
        Assert.Equal(0, _host.Sink.CountOf("bff_aggregation_complete"));
    }

    [Fact]
    public async Task Get_EndpointWithoutCache_SaysNothingOfIt()
    {
        await _host.SendAsync("/plain");

        Assert.Null((await _host.Sink.TakeAsync("bff_request_success"))["cached"]);
    }

    [Fact]
    public async Task Get_Miss_LeavesTheTimesOfItsSections()
    {
        _database.OnStatement = _ => _host.Web.Time.Advance(TimeSpan.FromMilliseconds(7));
        await _host.SendAsync("/products/1?include_reviews=false", ("X-Request-ID", "agg"));

        var line = await _host.Sink.TakeAsync("bff_aggregation_complete");
        Assert.Equal(("info", "agg", "/products/{id}", 14.0), ((string)line["level"]!, (string)line["request_id"]!, (string)line["endpoint"]!, (double)line["duration_ms"]!));
        Assert.Equal(
            """[{"name":"product","outcome":"loaded","duration_ms":7.000},{"name":"similar","outcome":"loaded","duration_ms":7.000}]""",
            line["sections"]!.ToJsonString());
    }

    [Fact]
    public async Task Get_AtDebug_NamesTheKeysThatWereFoundAndMissed()
    {
        await using var host = await StartAsync(options => options.MinimumLevel = LogLevel.Debug);
        await host.SendAsync("/products/3?include_reviews=false");
        await host.SendAsync("/products/3?include_reviews=false");

        var miss = await host.Sink.TakeAsync("bff_cache_miss");
        var hit = await host.Sink.TakeAsync("bff_cache_hit");
        Assert.Equal(("debug", "/products/{id}"), ((string)miss["level"]!, (string)miss["endpoint"]!));
        Assert.StartsWith("bff:app:product/product:3", (string)miss["cache_key"]!);
        Assert.Equal((string)miss["cache_key"]!, (string)hit["cache_key"]!);
    }

    [Fact]
    public async Task Get_AtInformation_LeavesNoLineOfHitsAndMisses()
    {
        await _host.SendAsync("/products/1");
        await _host.Sink.TakeAsync("bff_request_success");

        Assert.Equal(0, _host.Sink.CountOf("bff_cache_miss") + _host.Sink.CountOf("bff_cache_hit"));
    }

    [Theory]
    [InlineData("/products/99", "bff_request_client_error", "warning", 404)]
    [InlineData("/products/none", "bff_request_client_error", "warning", 400)]
    [InlineData("/nowhere", "bff_request_client_error", "warning", 404)]
    [InlineData("/broken", "bff_request_server_error", "error", 502)]
    [InlineData("/throws", "bff_request_server_error", "error", 500)]
    [InlineData("/redirects", "bff_request_success", "info", 302)]
    public async Task Get_AnyStatus_IsTheEventOfItsClass(string path, string name, string level, int status)
    {
        await _host.SendAsync(path);

        var line = await _host.Sink.TakeAsync(name);
        Assert.Equal((level, status, path), ((string)line["level"]!, (int)line["status_code"]!, (string)line["path"]!));
    }

    [Fact]
    public async Task Get_UnhandledException_IsAnErrorOfTheSameRequest()
    {
        var response = await _host.SendAsync("/throws?token=x", ("X-Request-ID", "r-5"));

        var error = await _host.Sink.TakeAsync("bff_error");
        Assert.Equal(HttpStatusCode.InternalServerError, response.StatusCode);
        Assert.Equal(("r-5", "GET", "/throws"), ((string)error["request_id"]!, (string)error["method"]!, (string)error["path"]!));
        Assert.Equal(("System.InvalidOperationException", "out of order"), ((string)error["exception"]!["type"]!, (string)error["exception"]!["message"]!));
        Assert.Contains("at Larder.Tests", (string)error["exception"]!["stack_trace"]!);
        Assert.Equal("r-5", (string)(await _host.Sink.TakeAsync("bff_request_server_error"))["request_id"]!);
    }

    [Fact]
    public async Task Get_ExceptionHandledByAnErrorPage_IsAnErrorAndKeepsPathAndId()
    {
        await using var host = await StartAsync(configure: null, app => app.UseExceptionHandler(page => page.Run(context => context.Response.WriteAsync("sorry"))));

        var response = await host.SendAsync("/throws", ("X-Request-ID", "page-1"));

        Assert.Equal("out of order", (string)(await host.Sink.TakeAsync("bff_error"))["exception"]!["message"]!);
        Assert.Equal("/throws", (string)(await host.Sink.TakeAsync("bff_request_server_error"))["path"]!);
        Assert.Equal(["page-1"], response.Headers.GetValues("X-Request-ID"));
    }

    [Fact]
    public async Task Get_SectionFails_IsAnErrorFromTheEngine()
    {
        await _host.SendAsync("/broken");

        var error = await _host.Sink.TakeAsync("bff_error");
        Assert.Equal("Larder.Views.ViewExecutor", (string)error["category"]!);
        Assert.Equal("Section a of view broken could not be read: error", (string)error["message"]!);
        Assert.Contains("SqliteException", (string)error["exception"]!["type"]!);
    }

    [Fact]
    public async Task Invalidate_ByTag_SaysTagsAndWho()
    {
        (await _host.Web.Client.PostAsync("/drop", content: null).Soon()).EnsureSuccessStatusCode();

        var line = await _host.Sink.TakeAsync("bff_cache_invalidated");
        Assert.Equal("""["product:1","stock"]""", line["tags"]!.ToJsonString());
        Assert.Equal(("info", "tester", "price"), ((string)line["level"]!, (string)line["by"]!, (string)line["reason"]!));
        Assert.True(line.ContainsKey("entries"));
        Assert.False((bool)line["is_hard"]!);
    }

    [Fact]
    public async Task Get_ClientGoesAway_Is499()
    {
        using var leaving = new CancellationTokenSource();
        var load = new Caching.HeldLoad<string>();
        await using var host = await StartAsync(configure: null, app => app.MapView("/held", "held", view => view.Required("a", Code.Ask<string>((_, token) => load.RunAsync(token)!))));
        var request = host.Web.Client.GetAsync("/held", leaving.Token);
        await load.Started.Soon();

        await leaving.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => request);
        Assert.Equal(499, (int)(await host.Sink.TakeAsync("bff_request_client_error"))["status_code"]!);
    }

    [Fact]
    public async Task Get_Authenticated_SaysSo()
    {
        await using var host = await StartAsync(configure: null, app => app.Use((context, next) =>
        {
            context.User = new ClaimsPrincipal(new ClaimsIdentity([], "test"));
            return next(context);
        }));

        await host.SendAsync("/plain");

        Assert.True((bool)(await host.Sink.TakeAsync("bff_request_success"))["authenticated"]!);
    }

    [Fact]
    public async Task Get_SlowAnswer_HasItsDurationAndTheTimeOfItsEnd()
    {
        await using var host = await StartAsync(configure: null, app => app.Use((context, next) =>
        {
            ((ManualTimeProvider)context.RequestServices.GetRequiredService<TimeProvider>()).Advance(TimeSpan.FromTicks(15_234_567));
            return next(context);
        }));

        await host.SendAsync("/plain");

        var line = await host.Sink.TakeAsync("bff_request_success");
        Assert.Equal((1523.456, "2025-01-01T00:00:01.5234567Z"), ((double)line["duration_ms"]!, (string)line["timestamp"]!));
    }

    [Fact]
    public async Task Get_NothingIsSampled_StillHasErrorsAndSlowAnswers()
    {
        await using var host = await StartAsync(options => options.SuccessSampling = 0, app => app.MapGet("/slow", context =>
        {
            ((ManualTimeProvider)context.RequestServices.GetRequiredService<TimeProvider>()).Advance(TimeSpan.FromSeconds(1));
            return Task.CompletedTask;
        }));
        await host.SendAsync("/plain");
        await host.SendAsync("/nowhere");
        await host.SendAsync("/slow");

        Assert.Equal("/slow", (string)(await host.Sink.TakeAsync("bff_request_success"))["path"]!);
        Assert.Equal("/nowhere", (string)(await host.Sink.TakeAsync("bff_request_client_error"))["path"]!);
    }

    [Fact]
    public async Task Get_ASample_SaysHowLargeItIs()
    {
        await using var host = await StartAsync(options => options.SuccessSampling = 0.5);
        for (var i = 0; i < 400; i++)
        {
            await host.SendAsync("/plain");
        }

        await host.SendAsync("/nowhere");
        await host.Sink.TakeAsync("bff_request_client_error");

        // Five standard deviations of 400 tosses are 50.
        Assert.InRange(host.Sink.CountOf("bff_request_success"), 150, 250);
        Assert.Equal(0.5, (double)(await host.Sink.TakeAsync("bff_request_success"))["sample_rate"]!);
    }

    [Fact]
    public async Task Get_EventSwitchedOff_IsNotWritten()
    {
        await using var host = await StartAsync(options => options.Levels["bff_request_success"] = LogLevel.None);
        await host.SendAsync("/plain");
        await host.SendAsync("/nowhere");
        await host.Sink.TakeAsync("bff_request_client_error");

        Assert.Equal(0, host.Sink.CountOf("bff_request_success"));
    }

    [Fact]
    public async Task Get_LogIsOff_LeavesNoTraceInTheRequest()
    {
        ILarderRequestFeature? feature = null;
        await using var host = await StartAsync(options => options.Enabled = false, app => app.Use((context, next) =>
        {
            feature = context.Features.Get<ILarderRequestFeature>();
            return next(context);
        }));

        var response = await host.SendAsync("/products/1", ("X-Request-ID", "mine"));

        Assert.Null(feature);
        Assert.False(response.Headers.Contains("X-Request-ID"));
        await host.DisposeAsync();
        Assert.Empty(host.Sink.Raw);
    }

    [Fact]
    public async Task Dispose_RightAfterAnAnswer_HasWrittenItsLine()
    {
        var host = await StartAsync(options => options.FlushInterval = TimeSpan.FromSeconds(10));
        await host.SendAsync("/plain");
        await host.SendAsync("/products/1");

        await host.DisposeAsync();

        Assert.Equal(2, host.Sink.CountOf("bff_request_success"));
    }

    public async ValueTask DisposeAsync()
    {
        await _host.DisposeAsync();
        _database.Dispose();
    }

    private Task<RequestLogHost> StartAsync(Action<RequestLogOptions>? configure = null, Action<WebApplication>? map = null) => RequestLogHost.StartAsync(
        app =>
        {
            map?.Invoke(app);
            app.MapView("/products/{id}", Shop.Product);
            app.MapView("/broken", "broken", view => view.Required("a", Sql.Row<int>("SELECT x FROM missing")));
            app.MapGet("/plain", context => context.Response.WriteAsync("plain"));
            app.MapGet("/throws", Task (context) => throw new InvalidOperationException("out of order"));
            app.MapGet("/redirects", context =>
            {
                context.Response.Redirect("http://127.0.0.1:9/");
                context.Response.StatusCode = StatusCodes.Status302Found;
                context.Response.Headers.Location = default;
                return Task.CompletedTask;
            });
            app.MapPost("/drop", async context =>
                await context.RequestServices.GetRequiredService<LarderCache>().InvalidateAsync(["product:1", "stock"], "tester", "price"));
        },
        configure,
        _database.ForViews);
}
