using System.Text.Json.Nodes;
using Larder.Diagnostics;
using Larder.Tests.Remote;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Larder.Tests.AspNetCore.Management;

public sealed class BenchmarkEndpointTests
{
    private const string Benchmark = "/api/v2/cache/benchmark/product";
    private const string Test = "/api/advanced-cache/performance/test";

    [Fact]
    public async Task Benchmark_OfAView_HasExactlyTheMembersRequired()
    {
        await using var host = await StartAsync();

        var answer = await host.PostAsync(Benchmark, """{"parameters":{"id":1},"iterations":3}""");

        // Three statements of 10 ms each, and none.
        Assert.Equal("""{"performance_improvement_percent":100,"avg_cached_ms":0,"avg_uncached_ms":30,"meets_target":true}""", answer.ToJsonString());
        Assert.Equal("anonymous at 127.0.0.1 measured the view product, 3 times with and without the cache", Assert.Single(host.Messages));
    }

    [Fact]
    public async Task Test_OfAView_ComparesWholeRequestsAndIsInNoFigure()
    {
        await using var host = await StartAsync();

        var data = (await host.PostAsync(Test, """{"view":"product","parameters":{"id":1,"include_reviews":false}}"""))["data"]!;

        Assert.Equal(
            ["view", "path", "status_code", "iterations", "cached_hits", "body_bytes", "performance_improvement_percent", "target_percent", "meets_target", "cached", "uncached"],
            data.AsObject().Select(member => member.Key));
        Assert.Equal(["min_ms", "avg_ms", "median_ms", "p95_ms", "max_ms"], data["cached"]!.AsObject().Select(member => member.Key));
        Assert.Equal(("/products/1?include_reviews=false", 20, 20), ((string)data["path"]!, (int)data["iterations"]!, (int)data["cached_hits"]!));
        Assert.Equal((20.0, 20.0), ((double)data["uncached"]!["min_ms"]!, (double)data["uncached"]!["max_ms"]!));

        // What a client gets for the same is as long, but for "true" in place of "false".
        var (_, body) = await host.Web.GetAsync("/products/1?include_reviews=false");
        Assert.InRange((long)data["body_bytes"]!, body.Length, body.Length + 1);
        Assert.All(
            host.Web.Services.GetRequiredService<MetricStore>().ReadAll(SeriesKind.View, MetricWindow.SinceStart), series => Assert.Equal(2, series.Count));
    }

    [Fact]
    public async Task Test_WithoutTheCache_NeitherReadsNorStoresAnything()
    {
        var remote = new FakeRemoteStore();
        await using var host = await StartAsync(remote: remote);
        var reads = new List<int>();
        var keys = new List<long>();
        host.Database.OnStatement = _ =>
        {
            host.Web.Time.Advance(TimeSpan.FromMilliseconds(10));
            keys.Add(host.Web.Cache.GetStatistics().TotalKeys);
            reads.Add(remote.Reads);
        };

        await host.PostAsync(Test, """{"view":"product","parameters":{"id":1},"iterations":5}""");

        // Three statements untimed, three of the warm-up that stores what there was not, and three for each of five requests that pass everything by.
        Assert.Equal(21, keys.Count);
        Assert.All(keys.Take(4), held => Assert.Equal(4, held));
        Assert.All(keys.Skip(6), held => Assert.Equal(8, held));
        Assert.All(reads.Take(3), read => Assert.Equal(reads[0], read));
        Assert.All(reads.Skip(6), read => Assert.Equal(reads[^1], read));
        Assert.StartsWith("Larder; hit", await host.StatusAsync("/products/1"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(Benchmark, """{"parameters":{"id":1},"iterations":0}""", 400, "iterations")]
    [InlineData(Benchmark, """{"parameters":{"id":1},"iterations":201}""", 400, "iterations")]
    [InlineData(Benchmark, """{"parameters":{"id":1},"iterations":1.5}""", 400, "iterations")]
    [InlineData(Benchmark, """{"parameters":{"id":1},"iterations":"many"}""", 400, "iterations")]
    [InlineData(Benchmark, "{}", 400, "parameters")]
    [InlineData(Benchmark, """{"parameters":{"id":99}}""", 400, "parameters")]
    [InlineData(Benchmark, """{"parameters":{"id":"x"}}""", 400, "parameters")]
    [InlineData(Benchmark, """{"parameters":{"id":"../../api/v2/cache/invalidate"}}""", 400, "parameters")]
    [InlineData(Benchmark, """{"parameters":{"id":1,"colour":"red"}}""", 400, "parameters")]
    [InlineData(Benchmark, """{"parameters":{"id":{}}}""", 400, "parameters.id")]
    [InlineData("/api/v2/cache/benchmark/nothing", "{}", 404, null)]
    [InlineData("/api/v2/cache/benchmark/%0d%0aSet-Cookie:x", "{}", 404, null)]
    [InlineData(Test, "{}", 400, "view")]
    public async Task Benchmark_OfWhatCannotBeMeasured_IsRefused(string path, string body, int status, string? member)
    {
        await using var host = await StartAsync();

        var problem = await host.PostAsync(path, body, status);

        Assert.True(member is null || problem["errors"]?[member] is not null, problem.ToJsonString());
    }

    [Fact]
    public async Task Benchmark_OfAViewThatFails_SaysWhatItAnswers()
    {
        await using var host = await StartAsync();
        host.Database.Execute("DROP TABLE products");

        var problem = await host.PostAsync(Benchmark, """{"parameters":{"id":1}}""", 502);

        Assert.Contains("is answered with 50", (string)problem["detail"]!);
    }

    [Fact]
    public async Task Benchmark_BesideAnother_IsRefusedUntilThatHasEnded()
    {
        await using var host = await StartAsync();
        var (began, go) = (new TaskCompletionSource(), new TaskCompletionSource());
        host.Database.OnStatement = _ =>
        {
            began.TrySetResult();
            go.Task.Wait(TimeSpan.FromSeconds(30));
        };
        var first = host.PostAsync(Benchmark, """{"parameters":{"id":1},"iterations":1}""");
        await began.Task.Soon();

        using (var second = await host.SendAsync(Benchmark, """{"parameters":{"id":1}}"""))
        {
            Assert.Equal((429, "10"), ((int)second.StatusCode, second.Headers.GetValues("Retry-After").Single()));
        }

        go.SetResult();
        await first;
        await host.PostAsync(Benchmark, """{"parameters":{"id":1},"iterations":1}""");
    }

    [Fact]
    public async Task Benchmark_ThatTakesTooLong_EndsWithWhatItHas()
    {
        await using var host = await StartAsync();
        host.Database.OnStatement = _ => host.Web.Time.Advance(TimeSpan.FromMilliseconds(400));

        var data = (await host.PostAsync(Test, """{"view":"product","parameters":{"id":1},"iterations":200}"""))["data"]!;

        Assert.InRange((int)data["iterations"]!, 5, 8);

        // And in between somebody looks whether the schema has changed.
        Assert.Equal((200, 1200.0), ((int)data["status_code"]!, (double)data["uncached"]!["median_ms"]!));
    }

    [Theory]
    [InlineData("Production", null, 403)]
    [InlineData("Production", true, 200)]
    [InlineData("Staging", null, 200)]
    [InlineData("Staging", false, 403)]
    public async Task Benchmark_InProduction_IsOffUnlessItIsAllowed(string environment, bool? isAllowed, int status)
    {
        await using var host = await StartAsync(services =>
        {
            services.AddSingleton<IHostEnvironment>(new NamedEnvironment(environment));
            services.AddLarderManagement(options => options.AllowBenchmarks = isAllowed);
        });

        var answer = await host.PostAsync(Benchmark, """{"parameters":{"id":1}}""", status);

        Assert.True(status == 200 || ((string)answer["detail"]!).Contains("Larder:Management:AllowBenchmarks"));
        Assert.Equal(status == 200, (bool)(await host.GetAsync("/api/v2/cache/configuration"))["data"]!["management"]!["allows_benchmarks"]!);
    }

    private static async Task<ManagementHost> StartAsync(Action<IServiceCollection>? configure = null, FakeRemoteStore? remote = null)
    {
        var host = await ManagementHost.StartAsync(configure: services =>
        {
            services.AddLarderManagement(options => options.AllowBenchmarks = true);
            configure?.Invoke(services);
        }, remote: remote);

        // The schema is read before.
        await host.AskAsync("/products/2");
        host.Database.OnStatement = _ => host.Web.Time.Advance(TimeSpan.FromMilliseconds(10));
        return host;
    }

    private sealed class NamedEnvironment(string name) : IHostEnvironment
    {
        public string EnvironmentName { get; set; } = name;

        public string ApplicationName { get; set; } = "test";

        public string ContentRootPath { get; set; } = ".";

        public Microsoft.Extensions.FileProviders.IFileProvider ContentRootFileProvider { get; set; } = new Microsoft.Extensions.FileProviders.NullFileProvider();
    }
}
