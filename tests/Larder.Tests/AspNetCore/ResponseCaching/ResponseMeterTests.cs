using System.Net;
using Larder.Diagnostics;
using Larder.Tests.Data;
using Larder.Tests.Views;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace Larder.Tests.AspNetCore.ResponseCaching;

public sealed class ResponseMeterTests : IAsyncLifetime
{
    private readonly SqliteTestDatabase _database = new(Shop.Schema);
    private WebHost _host = null!;

    public async ValueTask InitializeAsync() => _host = await StartAsync();

    public async ValueTask DisposeAsync()
    {
        await _host.DisposeAsync();
        _database.Dispose();
    }

    [Fact]
    public async Task Answers_OfAView_AreCountedUnderRouteViewAndSections()
    {
        foreach (var path in new[] { "/products/1", "/products/1", "/products/1", "/products/99", "/products/none" })
        {
            await _host.Client.GetAsync(path, TestContext.Current.CancellationToken);
        }

        var route = Read(SeriesKind.Route, "GET /products/{id}");
        Assert.Equal((5, 2, 0), (route.Count, route.ClientErrors, route.Errors));
        Assert.Equal((2, 2), (route.CacheHits, route.CacheMisses));
        Assert.Equal(5, Read(SeriesKind.View, "product").Count);
        Assert.Equal(2, Read(SeriesKind.Section, "product/product").Count);
        Assert.True(route.Bytes > 0);
    }

    [Fact]
    public async Task Answers_OfAThousandPaths_AreOneRoute()
    {
        for (var id = 1; id <= 1000; id++)
        {
            await _host.Client.GetAsync($"/products/{id}", TestContext.Current.CancellationToken);
        }

        var routes = Store(_host).ReadAll(SeriesKind.Route, MetricWindow.SinceStart);
        Assert.Equal(1000, Assert.Single(routes, series => series.Count > 0).Count);
    }

    [Fact]
    public async Task Failure_OfTheSource_IsAnErrorAndNoClientError()
    {
        _database.Execute("DROP TABLE products");

        var answer = await _host.Client.GetAsync("/products/1", TestContext.Current.CancellationToken);

        Assert.True(answer.StatusCode >= HttpStatusCode.InternalServerError);
        var route = Read(SeriesKind.Route, "GET /products/{id}");
        Assert.Equal((1, 1, 0), (route.Count, route.Errors, route.ClientErrors));
    }

    [Fact]
    public async Task Monitoring_SwitchedOff_CountsNothing()
    {
        await using var silent = await StartAsync(isMonitored: false);
        await silent.Client.GetAsync("/products/1", TestContext.Current.CancellationToken);

        Assert.Empty(Store(silent).ReadAll(SeriesKind.View, MetricWindow.SinceStart));
    }

    private static MetricStore Store(WebHost host) => host.Services.GetRequiredService<MetricStore>();

    private SeriesSnapshot Read(SeriesKind kind, string name) => Store(_host).Read(Store(_host).Series(kind, name), MetricWindow.SinceStart);

    private Task<WebHost> StartAsync(bool isMonitored = true) => WebHost.StartAsync(
        app => app.MapView("/products/{id}", Shop.Product), services => services.AddLarder(options => options.MonitoringEnabled = isMonitored), _database.ForViews);
}
