using Microsoft.AspNetCore.Http.HttpResults;

namespace Erp.Writes;

/// <summary>The answer to a write that was done.</summary>
internal sealed record WriteResponse<T>(bool Success, string Message, T Data);

internal static class WriteResponse
{
    public static JsonHttpResult<WriteResponse<T>> Done<T>(string message, T data, int statusCode = StatusCodes.Status200OK) =>
        TypedResults.Json(new WriteResponse<T>(Success: true, message, data), WriteJson.Options, statusCode: statusCode);
}
