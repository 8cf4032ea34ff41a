using Larder.AspNetCore.RequestLog;
using Larder.Data;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace Larder.Tests.AspNetCore.RequestLog;

/// <summary>A web application whose request log a test reads line by line.</summary>
internal sealed class RequestLogHost(WebHost web, LineSink sink) : IAsyncDisposable
{
    public WebHost Web => web;

    public LineSink Sink => sink;

    public static async Task<RequestLogHost> StartAsync(Action<WebApplication> map, Action<RequestLogOptions>? configure = null, params SqlDatabase[] databases)
    {
        var sink = new LineSink();
        var web = await WebHost.StartAsync(
            app =>
            {
                app.UseLarderRequestLog();
                map(app);
            },
            services => services.AddSingleton<IRequestLogSink>(sink).AddLarderRequestLog(options =>
            {
                options.FlushInterval = TimeSpan.Zero;
                configure?.Invoke(options);
            }),
            databases);
        return new RequestLogHost(web, sink);
    }

    public async Task<HttpResponseMessage> SendAsync(string path, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        foreach (var (name, value) in headers)
        {
            Assert.True(request.Headers.TryAddWithoutValidation(name, value));
        }

        return await Web.Client.SendAsync(request).Soon();
    }

    public ValueTask DisposeAsync() => web.DisposeAsync();
}
