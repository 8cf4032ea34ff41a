using System.Collections.Concurrent;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;

namespace Larder.Tests.Views;

/// <summary>A real HTTP server on a port of its own, which answers as the test says and notes what it was asked.</summary>
internal sealed class RatingServer : IAsyncDisposable
{
    private readonly WebApplication _app;

    private RatingServer()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        _app = builder.Build();
        _app.Run(context =>
        {
            Targets.Enqueue(context.Features.Get<IHttpRequestFeature>()!.RawTarget);
            return Answer(context);
        });
    }

    public ConcurrentQueue<string> Targets { get; } = new();

    public Func<HttpContext, Task> Answer { get; set; } = context => context.Response.WriteAsync("""{"stars":4.5,"secret":"not shown","votes":12}""");

    public Uri Address { get; private set; } = null!;

    public static async Task<RatingServer> StartAsync()
    {
        var server = new RatingServer();
        await server._app.StartAsync();
        server.Address = new Uri(server._app.Urls.Single() + "/api/");
        return server;
    }

    public void AnswerWith(int status, string body = "") => Answer = context =>
    {
        context.Response.StatusCode = status;
        return context.Response.WriteAsync(body);
    };

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync(new CancellationToken(canceled: true));
        await _app.DisposeAsync();
    }
}
