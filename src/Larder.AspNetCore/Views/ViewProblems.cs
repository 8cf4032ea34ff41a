using System.Globalization;
using Larder.Views;
using Microsoft.AspNetCore.Http;

namespace Larder.AspNetCore.Views;

/// <summary>What went wrong, as problem details (RFC 9457). What was thrown stays in the log.</summary>
internal static class ViewProblems
{
    private const int RetryAfterSeconds = 5;

    public static IResult BadParameters(Dictionary<string, string[]> errors) =>
        TypedResults.ValidationProblem(errors, detail: string.Join(' ', errors.Select(error => $"'{error.Key}' {error.Value[0]}")));

    public static IResult Failed(HttpContext context, ViewArguments arguments, ViewResult result, SectionFailure failure)
    {
        var run = result.Runs.First(run => ReferenceEquals(run.Failure, failure));
        var section = run.Section.Name;
        switch (failure.Kind)
        {
            case SectionFailureKind.NotFound:
                var given = string.Join(", ", run.Planned.Inputs
                    .Where(input => input.ParameterIndex is not null && arguments[input.Name] is not null)
                    .Select(input => $"{input.Name} {InputText.Of(arguments[input.Name])}"));
                return TypedResults.Problem(
                    $"There is no {section.Replace('_', ' ')}{(given.Length == 0 ? "" : $" with {given}")}.", statusCode: StatusCodes.Status404NotFound);
            case SectionFailureKind.Unavailable:
                context.Response.Headers.RetryAfter = RetryAfterSeconds.ToString(CultureInfo.InvariantCulture);
                return TypedResults.Problem($"The source of '{section}' cannot be reached.", statusCode: StatusCodes.Status503ServiceUnavailable);
            case SectionFailureKind.Timeout:
                return TypedResults.Problem($"The source of '{section}' did not answer in time.", statusCode: StatusCodes.Status504GatewayTimeout);
            default:
                return TypedResults.Problem($"The source of '{section}' answered with an error.", statusCode: StatusCodes.Status502BadGateway);
        }
    }
}
