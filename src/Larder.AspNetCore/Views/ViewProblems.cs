using Larder.AspNetCore.ResponseCaching;
using Larder.Views;
using Microsoft.AspNetCore.Http;

namespace Larder.AspNetCore.Views;

/// <summary>What went wrong, as problem details (RFC 9457). What was thrown stays in the log.</summary>
internal static class ViewProblems
{
    private const int RetryAfterSeconds = 5;

    public static IResult BadParameters(Dictionary<string, string[]> errors) =>
        TypedResults.ValidationProblem(errors, detail: string.Join(' ', errors.Select(error => $"'{error.Key}' {error.Value[0]}")));

    public static ResponseProblem Of(ViewArguments arguments, ViewResult result, SectionFailure failure)
    {
        var run = result.Runs.First(run => ReferenceEquals(run.Failure, failure));
        var section = run.Section.Name;
        switch (failure.Kind)
        {
            case SectionFailureKind.NotFound:
                var given = string.Join(", ", run.Planned.Inputs
                    .Where(input => input.ParameterIndex is not null && arguments[input.Name] is not null)
                    .Select(input => $"{input.Name} {InputText.Of(arguments[input.Name])}"));
                return new(StatusCodes.Status404NotFound, $"There is no {section.Replace('_', ' ')}{(given.Length == 0 ? "" : $" with {given}")}.");
            case SectionFailureKind.Unavailable:
                return new(StatusCodes.Status503ServiceUnavailable, $"The source of '{section}' cannot be reached.", RetryAfterSeconds);
            case SectionFailureKind.Timeout:
                return new(StatusCodes.Status504GatewayTimeout, $"The source of '{section}' did not answer in time.");
            default:
                return new(StatusCodes.Status502BadGateway, $"The source of '{section}' answered with an error.");
        }
    }
}
