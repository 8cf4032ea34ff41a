using System.Net;
using System.Security.Claims;
using System.Text.Encodings.Web;
using System.Text.Json.Nodes;
using Larder.AspNetCore.Monitoring;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.HttpOverrides;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Larder.Tests.AspNetCore.Monitoring;

/// <summary>Whoever may not manage, tries.</summary>
public sealed class ManagementAccessTests
{
    private const string Summary = "/api/bff/monitoring/summary";

    [Theory]
    [InlineData("Forwarded", "for=127.0.0.1")]
    [InlineData("X-Forwarded-For", "127.0.0.1")]
    [InlineData("x-forwarded-host", "localhost")]
    [InlineData("X-Forwarded-Proto", "https")]
    [InlineData("X-Forwarded-Anything", "1")]
    [InlineData("X-Original-For", "203.0.113.7:1234")]
    [InlineData("X-Real-IP", "127.0.0.1")]
    [InlineData("Via", "1.1 proxy")]
    [InlineData("CF-Connecting-IP", "203.0.113.7")]
    [InlineData("Host", "larder.example")]
    [InlineData("Host", "localhost.evil.example")]
    [InlineData("Host", "203.0.113.7")]
    [InlineData("Host", "127.0.0.1.evil.example")]
    [InlineData("Origin", "https://evil.example")]
    [InlineData("Origin", "null")]
    [InlineData("Origin", "http://localhost:1")]
    [InlineData("Origin", "http://127.0.0.1.evil.example")]
    public async Task Request_WithAForeignHeader_IsRefusedAsAProblem(string name, string value)
    {
        await using var host = await MonitoringHost.StartAsync();

        foreach (var (method, path) in new[] { (HttpMethod.Get, Summary), (HttpMethod.Post, "/api/bff/monitoring/reset"), (HttpMethod.Get, "/metrics") })
        {
            using var response = await host.Web.SendAsync(method, path, (name, value));

            Assert.Equal(HttpStatusCode.Forbidden, response.StatusCode);
            Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
            var problem = JsonNode.Parse(await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken))!;
            Assert.False(string.IsNullOrEmpty((string?)problem["detail"]));
        }
    }

    [Theory]
    [InlineData("203.0.113.7")]
    [InlineData("10.0.0.1")]
    [InlineData("::ffff:192.168.1.1")]
    [InlineData("2001:db8::1")]
    [InlineData(null)]
    public async Task Request_FromAnotherAddress_IsRefused(string? address)
    {
        await using var host = await StartFromAsync(address);

        using var response = await host.Web.SendAsync(Summary);

        Assert.Equal(HttpStatusCode.Forbidden, response.StatusCode);
    }

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("127.8.8.8")]
    [InlineData("::1")]
    [InlineData("::ffff:127.0.0.1")]
    public async Task Request_FromThisMachine_IsAnswered(string address)
    {
        await using var host = await StartFromAsync(address);
        var own = host.Web.Client.BaseAddress!.Authority;

        using var response = await host.Web.SendAsync(Summary, ("Origin", $"http://{own}"));
        using var named = await host.Web.SendAsync(Summary, ("Host", "localhost:5080"));

        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.OK), (response.StatusCode, named.StatusCode));
    }

    [Fact]
    public async Task Request_WhoseProxyWasBelieved_IsStillRefused()
    {
        await using var host = await MonitoringHost.StartAsync(app => app.UseForwardedHeaders(new ForwardedHeadersOptions { ForwardedHeaders = ForwardedHeaders.All }));

        // The middleware takes the header away and calls the client what it says: this machine.
        using var response = await host.Web.SendAsync(Summary, ("X-Forwarded-For", "127.0.0.1"));

        Assert.Equal(HttpStatusCode.Forbidden, response.StatusCode);
    }

    [Fact]
    public async Task Request_InHttp10_IsRefused()
    {
        await using var host = await MonitoringHost.StartAsync();
        using var request = new HttpRequestMessage(HttpMethod.Get, Summary) { Version = HttpVersion.Version10 };

        using var response = await host.Web.Client.SendAsync(request, TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.Forbidden, response.StatusCode);
    }

    [Theory]
    [InlineData(null, HttpStatusCode.Unauthorized)]
    [InlineData("guest", HttpStatusCode.Forbidden)]
    [InlineData("operator", HttpStatusCode.OK)]
    public async Task Policy_Named_DecidesWhereverTheCallerIs(string? user, HttpStatusCode expected)
    {
        await using var host = await StartWithPolicyAsync(static _ => { });
        (string, string)[] headers = user is null ? [("X-Forwarded-For", "203.0.113.7")] : [("X-Forwarded-For", "203.0.113.7"), ("Test-User", user)];

        using var response = await host.SendAsync(HttpMethod.Post, "/api/bff/monitoring/reset", headers);

        Assert.Equal(expected, response.StatusCode);
    }

    [Fact]
    public async Task Policy_Met_FromAPageOfAnotherOrigin_IsRefused()
    {
        await using var host = await StartWithPolicyAsync(static _ => { });

        using var response = await host.SendAsync(HttpMethod.Post, "/api/bff/monitoring/reset", ("Test-User", "operator"), ("Origin", "https://evil.example"));

        Assert.Equal(HttpStatusCode.Forbidden, response.StatusCode);
    }

    [Fact]
    public async Task Policy_WithEverybodyLetIn_IsAMistakeThatIsNamed()
    {
        var problem = await Assert.ThrowsAsync<InvalidOperationException>(
            () => StartWithPolicyAsync(static endpoints => endpoints.WithMetadata(new AllowAnonymousAttribute())));

        Assert.Contains("operators", problem.Message);
    }

    private static Task<MonitoringHost> StartFromAsync(string? address) => MonitoringHost.StartAsync(app => app.Use(next => context =>
    {
        context.Connection.RemoteIpAddress = address is null ? null : IPAddress.Parse(address);
        return next(context);
    }));

    private static Task<WebHost> StartWithPolicyAsync(Action<IEndpointConventionBuilder> convention) => WebHost.StartAsync(
        app =>
        {
            app.UseRouting();
            app.UseAuthentication();
            app.UseAuthorization();
            convention(app.MapLarderMonitoring("operators"));
        },
        services =>
        {
            services.AddLarderMonitoring();
            services.AddAuthentication("test").AddScheme<AuthenticationSchemeOptions, HeaderAuthentication>("test", null);
            services.AddAuthorizationBuilder().AddPolicy("operators", policy => policy.RequireUserName("operator"));
        });

    private sealed class HeaderAuthentication(IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory logger, UrlEncoder encoder)
        : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
    {
        protected override Task<AuthenticateResult> HandleAuthenticateAsync() => Task.FromResult(
            Request.Headers["Test-User"].ToString() is { Length: > 0 } name
                ? AuthenticateResult.Success(new(new ClaimsPrincipal(new ClaimsIdentity([new(ClaimTypes.Name, name)], Scheme.Name)), Scheme.Name))
                : AuthenticateResult.NoResult());
    }
}
