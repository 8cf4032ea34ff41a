using System.Diagnostics;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Larder.Tests.House;

namespace Larder.Tests.AspNetCore.Monitoring;

/// <summary>What <c>/metrics</c> writes, the alert rules and the board, by Prometheus' own tool; without it these tests do not run, but under ./test.sh, which installs it.</summary>
public sealed partial class PrometheusTests : IAsyncLifetime
{
    private MonitoringHost _host = null!;

    public async ValueTask InitializeAsync()
    {
        _host = await MonitoringHost.StartAsync();
        await _host.AskAsync("/products/1", 3);
        await _host.AskAsync("/work/700000/200");
        await _host.AskAsync("/work/1/503", 2);
    }

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Fact]
    public async Task Metrics_All_AreValidToPromtool()
    {
        var (response, text) = await _host.Web.GetAsync("/metrics");

        Assert.Equal("text/plain; version=0.0.4; charset=utf-8", response.Content.Headers.ContentType!.ToString());
        await PromtoolAsync("check metrics", text);
    }

    [Fact]
    public async Task Metrics_OfARoute_AreThoseOfItsRequests()
    {
        var text = (await _host.Web.GetAsync("/metrics")).Body;

        const string Work = "method=\"GET\",route=\"/work/{microseconds}/{status}\"";
        Assert.Contains($"larder_requests_total{{{Work},outcome=\"uncached\",result=\"server_error\"}} 2\n", text);
        Assert.Contains($"larder_request_duration_seconds_bucket{{{Work},le=\"0.5\"}} 2\n", text);
        Assert.Contains($"larder_request_duration_seconds_bucket{{{Work},le=\"1\"}} 3\n", text);
        Assert.Contains($"larder_request_duration_seconds_sum{{{Work}}} 0.700002\n", text);
        Assert.Contains("larder_requests_total{method=\"GET\",route=\"/products/{id}\",outcome=\"hit\",result=\"success\"} 2\n", text);
        Assert.Contains("larder_section_reads_total{view=\"product\",section=\"reviews\",outcome=\"miss\",result=\"success\"} 1\n", text);
    }

    [Theory]
    [InlineData("check rules ops/prometheus/larder-alerts.yml")]
    [InlineData("test rules ops/prometheus/larder-alerts-test.yml")]
    public Task AlertRules_OfTheRepository_HoldToPromtool(string command) => PromtoolAsync(command, input: "");

    [Fact]
    public async Task BoardAndRules_EveryMetricTheyName_IsWritten()
    {
        var text = (await _host.Web.GetAsync("/metrics")).Body;
        var written = SampleName().Matches(text).Select(match => match.Value).ToHashSet(StringComparer.Ordinal);
        var board = JsonNode.Parse(await File.ReadAllTextAsync(Repository.PathTo("ops/grafana/larder.json"), TestContext.Current.CancellationToken))!;
        var queries = board["panels"]!.AsArray().SelectMany(panel => panel!["targets"]!.AsArray()).Select(target => (string)target!["expr"]!).ToArray();
        var rules = await File.ReadAllTextAsync(Repository.PathTo("ops/prometheus/larder-alerts.yml"), TestContext.Current.CancellationToken);

        var named = MetricName().Matches(string.Join('\n', queries) + rules).Select(match => match.Value).ToHashSet(StringComparer.Ordinal);

        Assert.True(queries.Length >= 12 && named.Count >= 15, $"{queries.Length} queries name {named.Count} metrics");
        Assert.Empty(named.Except(written));
    }

    [Fact]
    public async Task BoardQueries_All_AreValidToPromtool()
    {
        var board = JsonNode.Parse(await File.ReadAllTextAsync(Repository.PathTo("ops/grafana/larder.json"), TestContext.Current.CancellationToken))!;
        var queries = board["panels"]!.AsArray().SelectMany(panel => panel!["targets"]!.AsArray()).Select(target => (string)target!["expr"]!).ToArray();
        var file = Path.Combine(Path.GetTempPath(), $"larder-board-{Guid.NewGuid():N}.yml");
        var rules = queries.Select((query, i) => $"  - record: board:query{i}\n    expr: '{query.Replace("$job", ".*", StringComparison.Ordinal).Replace("'", "''", StringComparison.Ordinal)}'");
        await File.WriteAllTextAsync(file, $"groups:\n- name: board\n  rules:\n{string.Join('\n', rules)}\n", TestContext.Current.CancellationToken);
        try
        {
            await PromtoolAsync($"check rules {file}", input: "");
        }
        finally
        {
            File.Delete(file);
        }
    }

    private static async Task PromtoolAsync(string command, string input)
    {
        Process process;
        try
        {
            process = Process.Start(new ProcessStartInfo("promtool", command)
            {
                WorkingDirectory = Repository.Root,
                UseShellExecute = false,
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            })!;
        }
        catch (System.ComponentModel.Win32Exception) when (Environment.GetEnvironmentVariable("LARDER_TEST_REQUIRE_SERVICES") != "1")
        {
            Assert.Skip("promtool is not installed (Debian: prometheus)");
            return;
        }

        using (process)
        {
            var output = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
            var errors = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
            await process.StandardInput.WriteAsync(input);
            process.StandardInput.Close();
            await process.WaitForExitAsync(TestContext.Current.CancellationToken).Soon();
            Assert.True(process.ExitCode == 0, $"promtool {command}: {await output}{await errors}");
        }
    }

    [GeneratedRegex("^larder_[a-z_]+(?=[{ ])", RegexOptions.Multiline)]
    private static partial Regex SampleName();

    [GeneratedRegex("larder_[a-z_]+")]
    private static partial Regex MetricName();
}
