using System.Globalization;
using Microsoft.AspNetCore.Http;

namespace Larder.AspNetCore.ResponseCaching;

/// <summary>What went wrong, to be told as problem details (RFC 9457) of each request that gets it. What was thrown stays in the log.</summary>
/// <param name="StatusCode">The status.</param>
/// <param name="Detail">What the client may know.</param>
/// <param name="RetryAfterSeconds">When to try again; null: it is not said.</param>
internal sealed record ResponseProblem(int StatusCode, string Detail, int? RetryAfterSeconds = null)
{
    public static ResponseProblem Overloaded { get; } = new(
        StatusCodes.Status503ServiceUnavailable, "Too much of this is being asked for at once.", RetryAfterSeconds: 1);

    public static ResponseProblem NothingStored { get; } = new(StatusCodes.Status504GatewayTimeout, "Nothing is stored that could answer, and only that was asked for.");

    public static ResponseProblem NotEncodable { get; } = new(StatusCodes.Status406NotAcceptable, "Every encoding that the response can have is refused by Accept-Encoding.");

    public Task WriteAsync(HttpContext context)
    {
        if (RetryAfterSeconds is { } seconds)
        {
            context.Response.Headers.RetryAfter = seconds.ToString(CultureInfo.InvariantCulture);
        }

        context.Response.Headers.CacheControl = "no-cache";
        return TypedResults.Problem(Detail, statusCode: StatusCode).ExecuteAsync(context);
    }
}

/// <summary>A load came to an error that callers are told as a response.</summary>
internal sealed class ResponseFailedException(CachedResponse response) : Exception($"The response has the status {response.StatusCode}.")
{
    public CachedResponse Response { get; } = response;
}
