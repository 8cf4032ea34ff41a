using System.Text.Json.Nodes;
using Larder.Diagnostics;
using Larder.Tests.Data;
using Larder.Tests.Views;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Larder.Tests.AspNetCore.Monitoring;

/// <summary>A web application with a view, endpoints that take the time they are told, and its monitoring.</summary>
internal sealed class MonitoringHost(WebHost web, SqliteTestDatabase database) : IAsyncDisposable
{
    public WebHost Web => web;

    public MetricStore Store => web.Services.GetRequiredService<MetricStore>();

    public static async Task<MonitoringHost> StartAsync(Action<WebApplication>? map = null, Action<IServiceCollection>? configure = null)
    {
        var database = new SqliteTestDatabase(Shop.Schema);
        var web = await WebHost.StartAsync(
            app =>
            {
                map?.Invoke(app);
                app.UseLarderMonitoring();
                app.MapView("/products/{id}", Shop.Product);
                app.Map("/any/{id}", static () => "any");
                app.MapPost("/write", static () => TypedResults.Accepted((string?)null));
                app.MapGet("/work/{microseconds}/{status}", (int microseconds, int status, TimeProvider time) =>
                {
                    ((ManualTimeProvider)time).Advance(TimeSpan.FromMicroseconds(microseconds));
                    return status == 599 ? throw new InvalidOperationException("as asked") : TypedResults.StatusCode(status);
                });
                app.MapLarderMonitoring();
            },
            services =>
            {
                services.AddLarderMonitoring().AddOpenApi("monitoring");
                configure?.Invoke(services);
            },
            database.ForViews);
        return new MonitoringHost(web, database);
    }

    public async Task<JsonObject> GetAsync(string path)
    {
        var (response, body) = await web.GetAsync(path);
        Assert.True(response.IsSuccessStatusCode, $"{path}: {(int)response.StatusCode} {body}");
        return JsonNode.Parse(body)!.AsObject();
    }

    public async Task AskAsync(string path, int times = 1)
    {
        for (var i = 0; i < times; i++)
        {
            using var response = await web.Client.GetAsync(path, TestContext.Current.CancellationToken);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await web.DisposeAsync();
        database.Dispose();
    }
}
