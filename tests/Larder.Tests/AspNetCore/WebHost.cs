using System.Text.Json.Nodes;
using Larder.Caching;
using Larder.Data;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Larder.Tests.AspNetCore;

/// <summary>A web application with views, on Kestrel and a port of its own.</summary>
internal sealed class WebHost : IAsyncDisposable
{
    private readonly WebApplication _app;

    private WebHost(WebApplication app) => _app = app;

    public HttpClient Client { get; } = new();

    public IServiceProvider Services => _app.Services;

    public LarderCache Cache => Services.GetRequiredService<LarderCache>();

    public ManualTimeProvider Time { get; private init; } = new();

    public static async Task<WebHost> StartAsync(Action<WebApplication> map, Action<IServiceCollection>? configure = null, params SqlDatabase[] databases)
    {
        var time = new ManualTimeProvider();
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Services.AddSingleton<TimeProvider>(time).AddLarder();
        builder.Services.AddOpenApi();
        foreach (var database in databases)
        {
            builder.Services.AddSingleton(database);
        }

        configure?.Invoke(builder.Services);
        var app = builder.Build();
        map(app);
        app.MapOpenApi();
        await app.StartAsync();
        var host = new WebHost(app) { Time = time };
        host.Client.BaseAddress = new Uri(app.Urls.Single());
        return host;
    }

    public async Task<(HttpResponseMessage Response, string Body)> GetAsync(string path)
    {
        var response = await Client.GetAsync(path).Soon();
        return (response, await response.Content.ReadAsStringAsync());
    }

    /// <summary>Asks with request headers that HttpClient does not judge.</summary>
    public Task<HttpResponseMessage> SendAsync(string path, params (string Name, string Value)[] headers) => SendAsync(HttpMethod.Get, path, headers);

    public async Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(method, path);
        foreach (var (name, value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        return await Client.SendAsync(request).Soon();
    }

    public async Task<JsonNode> DocumentAsync() => JsonNode.Parse((await GetAsync("/openapi/v1.json")).Body)!;

    /// <summary>As a host is stopped; disposing it alone is what a crash is.</summary>
    public Task StopAsync() => _app.StopAsync();

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _app.DisposeAsync();
    }
}
