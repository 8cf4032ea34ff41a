using System.IO.Pipelines;
using Larder.Views;
using Larder.Views.Sources;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Larder.Tests.AspNetCore.ResponseCaching;

/// <summary>A hit makes nothing: no key, no header, no task. What the server makes for any request is left out by a context that is used again.</summary>
public sealed class HitAllocationTests
{
    private const int Calls = 2_000;

    [Theory]
    [InlineData("/views/{id}", "?limit=5&utm=x", null)]
    [InlineData("/views/{id}", "", null)]
    [InlineData("/views/{id}", "", "*")]
    [InlineData("/cached/{id}", "?page=5&utm=x", null)]
    public async Task Hit_Again_AllocatesNoByte(string pattern, string query, string? ifNoneMatch)
    {
        await using var host = await WebHost.StartAsync(app =>
        {
            app.MapView("/views/{id}", "allocated", view => view.Parameter<int>("id").Parameter("limit", 20).Required("value", Code.Ask<string>((_, _) => new("x")).Uses("id").Uses("limit")));
            app.MapGet("/cached/{id}", (int id) => id).Cached("default", options => options.VaryByQuery = ["page"]);
        });
        var endpoint = host.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
            .First(endpoint => endpoint.RoutePattern.RawText == pattern && endpoint.Metadata.GetMetadata<IHttpMethodMetadata>()!.HttpMethods.Contains("GET"));
        var context = new DefaultHttpContext { RequestServices = host.Services };
        context.Features.Set<IHttpResponseBodyFeature>(new NoBody());
        context.Request.Method = "GET";
        context.Request.Path = "/1";
        context.Request.RouteValues["id"] = "1";
        context.Request.QueryString = new QueryString(query);
        context.Request.Headers.IfNoneMatch = ifNoneMatch;
        context.SetEndpoint(endpoint);
        for (var i = 0; i < 100; i++)
        {
            context.Response.Headers.Clear();
            await endpoint.RequestDelegate!(context);
        }

        Assert.StartsWith("Larder; hit", context.Response.Headers["Cache-Status"].ToString());
        Assert.Equal(ifNoneMatch is null ? 200 : 304, context.Response.StatusCode);

        // This context, unlike Kestrel's, makes a text of the length.
        var length = context.Response.ContentLength;
        Assert.Equal(Allocated(LengthOnly, context), Allocated(endpoint.RequestDelegate!, context));

        Task LengthOnly(HttpContext other)
        {
            other.Response.ContentLength = length;
            return Task.CompletedTask;
        }
    }

    private static long Allocated(RequestDelegate handler, HttpContext context)
    {
        // The least of some tries: the first call on a thread may make what belongs to the thread.
        var least = long.MaxValue;
        for (var attempt = 0; attempt < 5; attempt++)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            for (var i = 0; i < Calls; i++)
            {
                context.Response.Headers.Clear();
                Assert.True(handler(context).IsCompletedSuccessfully);
            }

            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        return least;
    }

    private sealed class NoBody : PipeWriter, IHttpResponseBodyFeature
    {
        public Stream Stream => Stream.Null;

        public PipeWriter Writer => this;

        public override void Advance(int bytes)
        {
        }

        public override void CancelPendingFlush() => throw new NotSupportedException();

        public override void Complete(Exception? exception = null)
        {
        }

        public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default) => default;

        public override Memory<byte> GetMemory(int sizeHint = 0) => new byte[Math.Max(sizeHint, 4096)];

        public override Span<byte> GetSpan(int sizeHint = 0) => GetMemory(sizeHint).Span;

        public override ValueTask<FlushResult> WriteAsync(ReadOnlyMemory<byte> source, CancellationToken cancellationToken = default) => default;

        public Task CompleteAsync() => Task.CompletedTask;

        public void DisableBuffering()
        {
        }

        public Task SendFileAsync(string path, long offset, long? count, CancellationToken cancellationToken = default) => Task.CompletedTask;

        public Task StartAsync(CancellationToken cancellationToken = default) => Task.CompletedTask;
    }
}
