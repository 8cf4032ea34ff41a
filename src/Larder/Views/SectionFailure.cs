using System.Data.Common;
using Polly.CircuitBreaker;
using Polly.Timeout;

namespace Larder.Views;

/// <summary>Why a section could not be read.</summary>
public enum SectionFailureKind
{
    /// <summary>A required section has no row: the thing does not exist.</summary>
    NotFound,

    /// <summary>The source cannot be reached, or its circuit is open.</summary>
    Unavailable,

    /// <summary>The source did not answer within the section's time limit.</summary>
    Timeout,

    /// <summary>The source answered with an error, or its answer could not be used.</summary>
    Error,

    /// <summary>A section that this one depends on failed.</summary>
    Dependency,
}

/// <summary>A section that could not be read.</summary>
/// <param name="Kind">Why.</param>
/// <param name="Exception">What was thrown; null when nothing was. For the log, never for the response.</param>
public sealed record SectionFailure(SectionFailureKind Kind, Exception? Exception = null)
{
    /// <summary>The word in <c>metadata.errors</c>: not_found, unavailable, timeout, error or dependency_failed.</summary>
    public string Reason => Kind switch
    {
        SectionFailureKind.NotFound => "not_found",
        SectionFailureKind.Unavailable => "unavailable",
        SectionFailureKind.Timeout => "timeout",
        SectionFailureKind.Dependency => "dependency_failed",
        _ => "error",
    };

    internal static SectionFailure Of(Exception exception, bool isTimedOut) => new(
        exception switch
        {
            _ when isTimedOut => SectionFailureKind.Timeout,
            // A driver's own time limit, and the server's (57014, query_canceled by statement_timeout).
            DbException { InnerException: TimeoutException } or DbException { SqlState: "57014" } => SectionFailureKind.Timeout,
            DbException { IsTransient: true } => SectionFailureKind.Unavailable,
            // SQL:2016 class 08, connection exception; PostgreSQL 57P0x, the server is shutting down or starting.
            DbException { SqlState: { } state } when state.StartsWith("08", StringComparison.Ordinal) || state.StartsWith("57P", StringComparison.Ordinal) => SectionFailureKind.Unavailable,
            BrokenCircuitException => SectionFailureKind.Unavailable,
            HttpRequestException { HttpRequestError: HttpRequestError.ConfigurationLimitExceeded or HttpRequestError.InvalidResponse } => SectionFailureKind.Error,
            HttpRequestException { StatusCode: null } => SectionFailureKind.Unavailable,
            TimeoutException or TimeoutRejectedException => SectionFailureKind.Timeout,
            _ => SectionFailureKind.Error,
        },
        exception);
}
