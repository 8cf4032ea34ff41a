using System.Data.Common;
using System.Globalization;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Npgsql;

namespace Erp.Writes;

/// <summary>Turns refusals of a write into problem details (RFC 9457), and a database that cannot be reached into 503 with Retry-After.</summary>
internal static class RefusalFilter
{
    private const int RetryAfterSeconds = 2;
    private const int SqliteBusy = 5;
    private const int SqliteCannotOpen = 14;

    public static async ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        try
        {
            return await next(context);
        }
        catch (RequestRefusedException refusal)
        {
            return ToProblem(refusal);
        }
        catch (DbException exception) when (IsOutage(exception))
        {
            context.HttpContext.Response.Headers.RetryAfter = RetryAfterSeconds.ToString(CultureInfo.InvariantCulture);
            return TypedResults.Problem(
                title: "The database cannot be reached.",
                detail: "The write was not confirmed. Try again; with an Idempotency-Key it cannot happen twice.",
                statusCode: StatusCodes.Status503ServiceUnavailable);
        }
    }

    private static ProblemHttpResult ToProblem(RequestRefusedException refusal)
    {
        ProblemDetails problem = refusal.Errors.Count == 0
            ? new ProblemDetails()
            : new HttpValidationProblemDetails(refusal.Errors.ToDictionary(pair => pair.Key, pair => pair.Value));
        problem.Title = refusal.Title;
        problem.Detail = refusal.Message;
        problem.Status = refusal.StatusCode;
        foreach (var (name, value) in refusal.Extensions)
            problem.Extensions[name] = value;
        return TypedResults.Problem(problem);
    }

    // 57P..: the server is stopping or starting.
    private static bool IsOutage(DbException exception) => exception switch
    {
        PostgresException postgres => postgres.IsTransient || postgres.SqlState.StartsWith("57P", StringComparison.Ordinal),
        Microsoft.Data.Sqlite.SqliteException sqlite => sqlite.SqliteErrorCode is SqliteBusy or SqliteCannotOpen,
        NpgsqlException npgsql => npgsql.IsTransient,
        _ => false,
    };
}
