using Larder.AspNetCore.Monitoring;
using Larder.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Larder.Tests.AspNetCore.Monitoring;

public sealed class RouteMeterTests
{
    private const int Paths = 1_000_000;
    private const long MostBytes = 2L * 1024 * 1024;

    [Fact]
    [Trait("Category", "Slow")]
    public async Task Memory_AfterAMillionDistinctPathsAndMethods_IsThatOfAFewSeries()
    {
        await using var host = await MonitoringHost.StartAsync();
        var store = host.Store;
        var middleware = ActivatorUtilities.CreateInstance<RouteMeterMiddleware>(host.Web.Services, (RequestDelegate)(static _ => Task.CompletedTask));
        var anyMethod = new Endpoint(static _ => Task.CompletedTask, new EndpointMetadataCollection(), "anything");

        for (var i = 0; i < Paths; i++)
        {
            var context = new DefaultHttpContext();
            context.Request.Path = $"/path/{i}";
            context.Request.Method = $"M{i}";
            context.SetEndpoint(i % 2 == 0 ? null : anyMethod);
            await middleware.InvokeAsync(context);
        }

        var routes = store.ReadAll(SeriesKind.Route, MetricWindow.SinceStart).Where(route => route.Count > 0).ToArray();
        Assert.Equal(["(unmatched)", "_OTHER anything"], routes.Select(route => route.Name));
        Assert.Equal(Paths, routes.Sum(route => route.Count));
        Assert.InRange(store.Bytes, 1, MostBytes);
    }
}
