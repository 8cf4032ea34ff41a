using System.Net;
using System.Security.Claims;
using System.Text.Encodings.Web;
using System.Text.Json.Nodes;
using Larder.AspNetCore.Monitoring;
using Larder.Caching;
using Larder.Tests.Remote;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Larder.Tests.AspNetCore.Management;

/// <summary>Whoever may not manage, tries; and what the configuration tells whoever may.</summary>
public sealed class ManagementGuardTests
{
    private static readonly string[] Gets = ["entries", "entry?key=a", "explain?key=a", "configuration"];
    private static readonly string[] Posts =
    [
        "/api/v2/cache/explain/row", "/api/v2/cache/explain/statement", "/api/v2/cache/invalidate", "/api/advanced-cache/management/invalidate", "/api/v2/cache/benchmark/product",
        "/api/advanced-cache/performance/test",
    ];

    [Theory]
    [InlineData("X-Forwarded-For", "127.0.0.1")]
    [InlineData("Forwarded", "for=127.0.0.1")]
    [InlineData("Host", "larder.example")]
    [InlineData("Origin", "https://evil.example")]
    [InlineData("Origin", "null")]
    public async Task Request_WithAForeignHeader_IsRefusedAtEachEndpoint(string name, string value)
    {
        await using var host = await ManagementHost.StartAsync();

        await AllRefusedAsync(host, (name, value));
    }

    [Fact]
    public async Task Request_FromAnotherAddress_IsRefusedAtEachEndpoint()
    {
        await using var host = await ManagementHost.StartAsync(app => app.Use(next => context =>
        {
            context.Connection.RemoteIpAddress = IPAddress.Parse("203.0.113.7");
            return next(context);
        }));

        await AllRefusedAsync(host);
    }

    [Theory]
    [InlineData(null, 401)]
    [InlineData("guest", 403)]
    [InlineData("operator", 200)]
    public async Task Policy_Named_DecidesWhereverTheCallerIs(string? user, int expected)
    {
        await using var host = await StartWithPolicyAsync();
        host.Web.Cache.Set("a", 1, host.Web.Cache.GetPolicy(CachePolicies.Default));
        (string, string)[] headers = user is null ? [("X-Forwarded-For", "203.0.113.7")] : [("X-Forwarded-For", "203.0.113.7"), ("Test-User", user)];

        using var response = await host.SendAsync("/api/v2/cache/invalidate", """{"key":"a"}""", headers: headers);
        using var get = await host.Web.SendAsync("/api/v2/cache/entries", headers);
        using var ready = await host.Web.SendAsync("/health/ready", ("X-Forwarded-For", "203.0.113.7"));

        Assert.Equal((expected, expected, 200), ((int)response.StatusCode, (int)get.StatusCode, (int)ready.StatusCode));
        Assert.Equal(expected != 200, host.Web.Cache.TryGet<int>("a", out _));
        Assert.True(expected != 200 || host.Messages[0].StartsWith("operator at 127.0.0.1 invalidated key a", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Policy_MetByAUserWhoseNameBreaksLines_WritesOneLine()
    {
        await using var host = await StartWithPolicyAsync();

        using var response = await host.SendAsync("/api/v2/cache/invalidate", """{"key":"a"}""", headers: [("Test-User", "operator"), ("Test-Evil", "yes")]);

        Assert.Equal(200, (int)response.StatusCode);
        var line = Assert.Single(host.Messages);
        Assert.DoesNotContain(line, char.IsControl);
        Assert.True(line.Length < 250);
    }

    [Fact]
    public async Task Answers_WhateverTheyAre_AreStoredNowhere()
    {
        await using var host = await ManagementHost.StartAsync();

        foreach (var path in Gets)
        {
            using var response = await host.Web.SendAsync($"/api/v2/cache/{path}");
            Assert.Equal("no-store", response.Headers.GetValues("Cache-Control").Single());
        }

        using var post = await host.SendAsync("/api/v2/cache/invalidate", "{}");
        Assert.Equal("no-store", post.Headers.GetValues("Cache-Control").Single());
    }

    [Fact]
    public async Task Configuration_Asked_TellsWhatIsInForceAndNoSecret()
    {
        await using var host = await ManagementHost.StartAsync(
            configure: static services =>
            {
                services.AddLarder(options =>
                {
                    options.MemoryLimitBytes = 12_345_678;
                    options.Policies["product"] = new CachePolicyOptions { StaleIfError = TimeSpan.FromSeconds(77) };
                });
                services.Configure<LarderMonitoringOptions>(options =>
                {
                    options.WebhookUrl = new Uri("https://user:hunter2@hooks.example/services/T0K3N");
                    options.WebhookSecret = "a secret of enough characters";
                });
            },
            remote: new FakeRemoteStore());

        var (_, text) = await host.Web.GetAsync("/api/v2/cache/configuration");

        var data = JsonNode.Parse(text)!["data"]!;
        Assert.Equal(["cache", "policies", "monitoring", "management", "freshness", "second_level"], data.AsObject().Select(member => member.Key));
        Assert.Equal((12_345_678, "serve"), ((int)data["cache"]!["memory_limit_bytes"]!, (string)data["cache"]!["mode"]!));
        Assert.Equal((77.0, 300.0), ((double)data["policies"]!["product"]!["stale_if_error_seconds"]!, (double)data["policies"]!["default"]!["duration_seconds"]!));
        Assert.Equal((true, true), ((bool)data["monitoring"]!["has_webhook"]!, (bool)data["monitoring"]!["is_webhook_signed"]!));
        Assert.Equal(("fake", "in_process", "default"), ((string)data["second_level"]!["name"]!, (string)data["freshness"]!["log"]!, (string)data["freshness"]!["tracked_databases"]![0]!["name"]!));
        foreach (var secret in new[] { "hunter2", "T0K3N", "hooks.example", "a secret", "Data Source", ".db" })
        {
            Assert.DoesNotContain(secret, text);
        }
    }

    [Fact]
    public async Task OpenApi_OfManagement_IsWithThatOfMonitoring()
    {
        await using var host = await ManagementHost.StartAsync();

        var paths = JsonNode.Parse((await host.Web.GetAsync("/openapi/monitoring.json")).Body)!["paths"]!.AsObject();

        foreach (var path in Posts.Select(path => path.Replace("/product", "/{view}", StringComparison.Ordinal)))
        {
            Assert.NotNull(paths[path]?["post"]?["requestBody"]);
        }

        Assert.Equal("path", (string)paths["/api/v2/cache/benchmark/{view}"]!["post"]!["parameters"]![0]!["in"]!);
        Assert.Equal(["pattern", "order_by", "limit"], paths["/api/v2/cache/entries"]!["get"]!["parameters"]!.AsArray().Select(parameter => (string)parameter!["name"]!));
        Assert.Contains("key", paths["/api/v2/cache/invalidate"]!["post"]!["requestBody"]!["content"]!["application/json"]!["schema"]!["properties"]!.AsObject().Select(member => member.Key));
        Assert.Null((await host.Web.DocumentAsync())["paths"]!["/api/v2/cache/entries"]);
    }

    [Fact]
    public async Task Map_WithoutServices_NamesWhatIsMissing()
    {
        var problem = await Assert.ThrowsAsync<InvalidOperationException>(() => WebHost.StartAsync(static app => app.MapLarderManagement()));

        Assert.Contains("AddLarderManagement()", problem.Message);
    }

    private static async Task AllRefusedAsync(ManagementHost host, params (string, string)[] headers)
    {
        host.Web.Cache.Set("a", 1, host.Web.Cache.GetPolicy(CachePolicies.Default));
        foreach (var path in Gets)
        {
            using var response = await host.Web.SendAsync($"/api/v2/cache/{path}", headers);
            Assert.Equal((path, HttpStatusCode.Forbidden, "no-store"), (path, response.StatusCode, response.Headers.GetValues("Cache-Control").Single()));
        }

        foreach (var path in Posts)
        {
            using var response = await host.SendAsync(path, """{"pattern":"*"}""", headers: headers);
            Assert.Equal((path, HttpStatusCode.Forbidden), (path, response.StatusCode));
        }

        Assert.True(host.Web.Cache.TryGet<int>("a", out _));
        Assert.Empty(host.Messages);
    }

    private static Task<ManagementHost> StartWithPolicyAsync() => ManagementHost.StartAsync(
        static app =>
        {
            app.UseRouting();
            app.UseAuthentication();
            app.UseAuthorization();
        },
        static services =>
        {
            services.AddAuthentication("test").AddScheme<AuthenticationSchemeOptions, HeaderAuthentication>("test", null);
            services.AddAuthorizationBuilder().AddPolicy("operators", policy => policy.RequireClaim("role", "operator"));
        },
        policy: "operators");

    private sealed class HeaderAuthentication(IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory logger, UrlEncoder encoder)
        : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
    {
        protected override Task<AuthenticateResult> HandleAuthenticateAsync()
        {
            if (Request.Headers["Test-User"].ToString() is not { Length: > 0 } name)
            {
                return Task.FromResult(AuthenticateResult.NoResult());
            }

            var shown = Request.Headers.ContainsKey("Test-Evil") ? $"{name}\r\nroot at ::1 invalidated everything\u001b[2J{new string('x', 10_000)}" : name;
            return Task.FromResult(AuthenticateResult.Success(new(new ClaimsPrincipal(new ClaimsIdentity([new(ClaimTypes.Name, shown), new("role", name)], Scheme.Name)), Scheme.Name)));
        }
    }
}
