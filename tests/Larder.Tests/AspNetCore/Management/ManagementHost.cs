using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Dapper;
using Larder.Data;
using Larder.SqlAnalysis;
using Larder.Tests.Data;
using Larder.Tests.Remote;
using Larder.Tests.Views;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Larder.Tests.AspNetCore.Management;

/// <summary>A web application on a tracked database, with a view, its management, and a second level that the test may take away.</summary>
internal sealed class ManagementHost(WebHost web, SqliteTestDatabase database, List<string> messages) : IAsyncDisposable
{
    public WebHost Web => web;

    public SqliteTestDatabase Database => database;

    public List<string> Messages => messages;

    public static async Task<ManagementHost> StartAsync(
        Action<WebApplication>? before = null, Action<IServiceCollection>? configure = null, string? policy = null, FakeRemoteStore? remote = null)
    {
        var database = new SqliteTestDatabase(Shop.Schema);
        List<string> messages = [];
        var web = await WebHost.StartAsync(
            app =>
            {
                before?.Invoke(app);
                app.MapView("/products/{id}", Shop.Product);
                app.MapGet("/constrained/{id:int}", static () => "a number").Cached("default");
                app.MapGet("/constrained/{name}", static () => "a name");
                app.MapLarderManagement(policy);
                app.MapLarderHealth();
            },
            services =>
            {
                services.AddTrackedDatabase(_ => new TrackedDatabaseOptions { DataSource = database, Dialect = SqlDialect.Sqlite, Views = SqliteTestDatabase.Options });
                services.AddLarderManagement().AddOpenApi("monitoring");
                services.AddHealthChecks().AddLarder();
                services.AddSingleton<ILoggerProvider>(new ListProvider(messages));
                if (remote is not null)
                {
                    services.AddRemoteStore(_ => remote);
                }

                configure?.Invoke(services);
            });
        return new ManagementHost(web, database, messages);
    }

    public async Task<JsonNode> GetAsync(string path, int status = 200)
    {
        var (response, body) = await web.GetAsync(path);
        Assert.True((int)response.StatusCode == status, $"{path}: {(int)response.StatusCode} {body}");
        return JsonNode.Parse(body)!;
    }

    public async Task<JsonNode> PostAsync(string path, string json, int status = 200, string type = "application/json")
    {
        using var response = await SendAsync(path, json, type);
        var body = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.True((int)response.StatusCode == status, $"{path} {json[..Math.Min(json.Length, 200)]}: {(int)response.StatusCode} {body}");
        return JsonNode.Parse(body)!;
    }

    public async Task<HttpResponseMessage> SendAsync(string path, string json, string type = "application/json", params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new ByteArrayContent(Encoding.UTF8.GetBytes(json)) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue(type);
        foreach (var (name, value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        return await web.Client.SendAsync(request, TestContext.Current.CancellationToken);
    }

    public async Task AskAsync(params string[] paths)
    {
        foreach (var path in paths)
        {
            var (response, body) = await web.GetAsync(path);
            Assert.True(response.IsSuccessStatusCode, $"{path}: {(int)response.StatusCode} {body}");
        }
    }

    /// <summary>Writes as the application does.</summary>
    public async Task WriteAsync(string sql)
    {
        await using var connection = await web.Services.GetRequiredService<TrackedDataSource>().OpenConnectionAsync(TestContext.Current.CancellationToken);
        await connection.ExecuteAsync(sql);
    }

    /// <summary>What the cache did with a request, as the answer says.</summary>
    public async Task<string> StatusAsync(string path)
    {
        using var response = await web.SendAsync(path);
        return response.Headers.GetValues("Cache-Status").Single();
    }

    public async ValueTask DisposeAsync()
    {
        await web.DisposeAsync();
        database.Dispose();
    }

    private sealed class ListProvider(List<string> messages) : ILoggerProvider, ILogger
    {
        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (eventId.Id is >= 1700 and < 1800)
            {
                messages.Add(formatter(state, exception));
            }
        }

        public void Dispose()
        {
            // The list is the test's.
        }
    }
}
