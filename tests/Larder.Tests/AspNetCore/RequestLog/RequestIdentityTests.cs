using System.Diagnostics;
using System.Threading.Channels;
using Larder.AspNetCore.RequestLog;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Larder.Tests.AspNetCore.RequestLog;

/// <summary>Who asked and what for: request IDs, traces, addresses behind proxies, secrets and attacks in the query.</summary>
public sealed class RequestIdentityTests : IAsyncLifetime
{
    private RequestLogHost _host = null!;

    public async ValueTask InitializeAsync() => _host = await StartAsync();

    [Fact(Timeout = 30_000)]
    public async Task Get_InATrace_CarriesItsIdsAndTagsTheActivity()
    {
        var tags = Channel.CreateUnbounded<string?>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == "Microsoft.AspNetCore",
            Sample = static (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
            ActivityStopped = activity => tags.Writer.TryWrite(activity.GetTagItem("larder.request_id") as string),
        };
        ActivitySource.AddActivityListener(listener);

        await _host.SendAsync("/plain", ("traceparent", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"), ("X-Request-ID", "traced"));

        var line = await _host.Sink.TakeAsync("bff_request_success");
        Assert.Equal("4bf92f3577b34da6a3ce929d0e0e4736", (string)line["trace_id"]!);
        Assert.Matches("^(?!00f067aa0ba902b7)[0-9a-f]{16}$", (string)line["span_id"]!);
        // The activity ends after the answer has been sent; other tests' activities may end in between.
        await foreach (var tag in tags.Reader.ReadAllAsync(TestContext.Current.CancellationToken))
        {
            if (tag == "traced")
                return;
        }
    }

    [Fact]
    public async Task Get_TraceParentWithoutATracer_IsStillInTheLine()
    {
        await _host.SendAsync("/plain", ("traceparent", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"));

        Assert.Equal("4bf92f3577b34da6a3ce929d0e0e4736", (string)(await _host.Sink.TakeAsync("bff_request_success"))["trace_id"]!);
    }

    [Theory]
    [InlineData("a", true)]
    [InlineData("550e8400-e29b-41d4-a716-446655440000", true)]
    [InlineData("Root=1-67891233-abcdef012345678912345678", true)]
    [InlineData("has space", false)]
    [InlineData("quote\"", false)]
    [InlineData("<script>", false)]
    [InlineData("mail@example.com", false)]
    public async Task Get_RequestId_IsAcceptedOrReplacedAndAlwaysEchoed(string given, bool isAccepted)
    {
        var response = await _host.SendAsync("/plain", ("X-Request-ID", given));

        var echoed = Assert.Single(response.Headers.GetValues("X-Request-ID"));
        Assert.Equal(isAccepted, echoed == given);
        Assert.Equal(echoed, (string)(await _host.Sink.TakeAsync("bff_request_success"))["request_id"]!);
    }

    [Fact]
    public async Task Get_WithoutOrWithTooLongRequestId_GetsOneOfItsOwn()
    {
        string[] ids =
        [
            (await _host.SendAsync("/plain")).Headers.GetValues("X-Request-ID").Single(),
            (await _host.SendAsync("/nowhere")).Headers.GetValues("X-Request-ID").Single(),
            (await _host.SendAsync("/plain", ("X-Request-ID", new string('a', 129)))).Headers.GetValues("X-Request-ID").Single(),
            (await _host.SendAsync("/plain", ("X-Request-ID", "one"), ("X-Request-ID", "two"))).Headers.GetValues("X-Request-ID").Single(),
            (await _host.SendAsync("/plain", ("X-Request-ID", new string('a', 128)))).Headers.GetValues("X-Request-ID").Single(),
        ];

        Assert.Equal(5, ids.Distinct().Count());
        Assert.All(ids[..4], id => Assert.Matches("^[0-9a-z]{12}-[0-9a-z]{10}$", id));
        Assert.Equal(128, ids[4].Length);
    }

    [Fact]
    public async Task Get_SpoofedForwardedForOfAnUntrustedPeer_IsIgnored()
    {
        await _host.SendAsync("/plain", ("X-Forwarded-For", "203.0.113.7"), ("Forwarded", "for=203.0.113.7"));

        Assert.Equal("127.0.0.1", (string)(await _host.Sink.TakeAsync("bff_request_success"))["client_ip"]!);
    }

    [Fact]
    public async Task Get_ThroughATrustedProxy_IsItsClient()
    {
        await using var host = await StartAsync(options => options.TrustedProxies.Add("127.0.0.0/8"));
        await host.SendAsync("/plain", ("X-Forwarded-For", "198.51.100.1, 203.0.113.7"), ("Forwarded", "for=192.0.2.1"));

        Assert.Equal("203.0.113.7", (string)(await host.Sink.TakeAsync("bff_request_success"))["client_ip"]!);
    }

    [Fact]
    public async Task Get_SecretsInTheQuery_AreNotInTheLine()
    {
        await _host.SendAsync("/plain?access_token=s3cret&Api-Key=s3cret&pass%77ord=s3cret&limit=5&q=jo%40s3cret.com&next=https%3A%2F%2Fx%2F%3Ftoken%3Ds3cret");

        var line = await _host.Sink.TakeAsync("bff_request_success");
        Assert.DoesNotContain("s3cret", line.ToJsonString());
        Assert.Equal(
            """{"access_token":"[redacted]","Api-Key":"[redacted]","password":"[redacted]","limit":"5","q":"[redacted]","next":"[redacted]"}""",
            line["query_params"]!.ToJsonString());
    }

    [Fact]
    public async Task Get_AttackOnTheLog_StaysInItsLine()
    {
        await _host.SendAsync("/plain?a=%0A%7B%22event%22%3A%22bff_error%22%7D&b=%1B%5B31mred%07&c=%22%2C%22x%22%3A%22&d=%ED%A0%80%FF&%0Aname=%E2%80%A8");

        var line = await _host.Sink.TakeAsync("bff_request_success");
        var query = line["query_params"]!.AsObject();
        Assert.Equal("\uFFFD{\"event\":\"bff_error\"}", (string)query["a"]!);
        Assert.Equal("\uFFFD[31mred\uFFFD", (string)query["b"]!);
        Assert.Equal("\",\"x\":\"", (string)query["c"]!);
        Assert.Equal("\uFFFD", (string)query["\uFFFDname"]!);
        Assert.All(_host.Sink.Raw, raw => Assert.All(raw, character => Assert.InRange(character, ' ', '~')));
        Assert.Equal(0, _host.Sink.CountOf("bff_error"));
    }

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    private static Task<RequestLogHost> StartAsync(Action<RequestLogOptions>? configure = null) =>
        RequestLogHost.StartAsync(app => app.MapGet("/plain", context => context.Response.WriteAsync("plain")), configure);
}
