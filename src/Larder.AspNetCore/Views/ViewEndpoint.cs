using System.Buffers;
using Larder.AspNetCore.RequestLog;
using Larder.Views;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Primitives;

namespace Larder.AspNetCore.Views;

/// <summary>Answers requests for one view: (1) bind and check the parameters; (2) run the view; (3) splice its sections, or say what is wrong.</summary>
internal sealed class ViewEndpoint(View view, ViewExecutor executor)
{
    public async Task HandleAsync(HttpContext context)
    {
        var arguments = ViewArgumentsBinder.Bind(view, executor.Time, name => TextsOf(context, name), out var errors);
        if (errors.Count > 0)
        {
            await ViewProblems.BadParameters(errors).ExecuteAsync(context);
            return;
        }

        ViewResult result;
        try
        {
            result = await executor.ExecuteAsync(arguments, context.RequestAborted);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // Nobody is left to answer.
            return;
        }

        context.Features.Get<ILarderRequestFeature>()?.Report(result);
        context.Response.Headers["Server-Timing"] = ServerTiming.Of(result);
        if (result.Failure is { } failure)
        {
            await ViewProblems.Failed(context, arguments, result, failure).ExecuteAsync(context);
            return;
        }

        await WriteAsync(context, result);
    }

    private async Task WriteAsync(HttpContext context, ViewResult result)
    {
        var body = new ArrayBufferWriter<byte>(ViewJsonWriter.EstimateLength(result));
        ViewJsonWriter.Write(body, result, executor.Options.Json);
        var response = context.Response;
        response.ContentType = "application/json; charset=utf-8";
        response.ContentLength = body.WrittenCount;
        response.Headers.CacheControl = "no-cache";
        await response.BodyWriter.WriteAsync(body.WrittenMemory, context.RequestAborted);
    }

    private static StringValues TextsOf(HttpContext context, string name) =>
        context.GetRouteValue(name) is string text ? new StringValues(text) : context.Request.Query[name];
}
