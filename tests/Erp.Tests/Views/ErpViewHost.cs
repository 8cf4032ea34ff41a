using Erp.Database;
using Erp.Views;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Erp.Tests.Views;

/// <summary>The ERP's views behind HTTP, over a database that the test chooses, with a cache of its own.</summary>
internal sealed class ErpViewHost : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly HttpClient _client;

    private ErpViewHost(WebApplication app)
    {
        _app = app;
        _client = app.GetTestClient();
    }

    /// <summary>Over the content that all reading tests share.</summary>
    public static async Task<ErpViewHost> StartAsync(TestDatabaseKind kind, TestContent content) =>
        await StartAsync((await ErpTestDatabase.SharedAsync(kind, content)).Database);

    public static async Task<ErpViewHost> StartAsync(ErpDatabase database)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseTestServer();
        builder.Services.AddProblemDetails();
        builder.Services.AddSingleton(database.Source);
        builder.Services.AddErpViews();
        var app = builder.Build();
        app.MapGroup("").MapErpViews();
        await app.StartAsync();
        return new ErpViewHost(app);
    }

    public async Task<ViewAnswer> GetAsync(string path)
    {
        using var response = await _client.GetAsync(path);
        return new ViewAnswer((int)response.StatusCode, await response.Content.ReadAsStringAsync(), response.Headers);
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _app.DisposeAsync();
    }
}
