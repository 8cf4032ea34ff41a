using Larder.Freshness;
using Microsoft.AspNetCore.Http;

namespace Larder.AspNetCore.WriteTokens;

/// <summary>
/// Gives a client the token of what it wrote, and reads no older than the token that a client brings. A read without a token costs one look for a
/// header.
/// </summary>
internal sealed class WriteTokenMiddleware(RequestDelegate next)
{
    /// <summary>One name in both directions, so that a client sends back what it got.</summary>
    internal const string HeaderName = "Larder-Write-Token";

    public Task InvokeAsync(HttpContext context)
    {
        var brought = Read(context.Request);
        var mayWrite = !HttpMethods.IsGet(context.Request.Method) && !HttpMethods.IsHead(context.Request.Method) && !HttpMethods.IsOptions(context.Request.Method);
        return brought.IsNone && !mayWrite ? next(context) : InvokeAsync(context, brought, mayWrite);
    }

    // What is not one well-formed token asks for nothing: it came from no Larder, and a request is not refused for a hint.
    private static WriteToken Read(HttpRequest request) =>
        request.Headers.TryGetValue(HeaderName, out var values)
        && values is [{ } text]
        && WriteToken.TryParse(text, null, out var token)
            ? token
            : default;

    private async Task InvokeAsync(HttpContext context, WriteToken brought, bool mayWrite)
    {
        if (!brought.IsNone)
        {
            FreshnessFlow.Enter(brought);
        }

        if (mayWrite)
        {
            var written = new WrittenTokens();
            FreshnessFlow.Enter(written);
            context.Response.OnStarting(() => GiveAsync(context.Response, brought, written));
        }

        await next(context);
    }

    private static async Task GiveAsync(HttpResponse response, WriteToken brought, WrittenTokens written)
    {
        var token = await written.EndedAsync();
        if (!token.IsNone)
        {
            // What an earlier write left unknown is not made known by a later one. Of two epochs the later one is that of the later write.
            response.Headers[HeaderName] = (brought.IsPoison ? brought : token).ToString();
        }
    }
}
