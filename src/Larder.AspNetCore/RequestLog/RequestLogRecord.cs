using System.Net;
using Larder.Views;

namespace Larder.AspNetCore.RequestLog;

/// <summary>
/// What is kept of a request until its lines are written: references to what the server has made for it anyway, and numbers. It is copied
/// into a slot of the queue, so that keeping it allocates nothing.
/// </summary>
internal struct RequestLogRecord
{
    /// <summary>A timestamp of the clock; the writer finds the time of day that it stands for.</summary>
    public long EndedAt;

    public TimeSpan Elapsed;
    public string Method;
    public string? PathBase;
    public string? Path;
    public string? Query;
    public string RequestId;
    public string? TraceId;
    public string? SpanId;

    /// <summary>The header of a request without an activity.</summary>
    public string? TraceParent;

    public IPAddress? Peer;
    public string? Forwarded;
    public string? Route;
    public CacheLookupReport[]? Lookups;
    public SectionReport[]? Sections;
    public TimeSpan AggregationElapsed;
    public Exception? Exception;
    public int StatusCode;
    public bool? IsCached;
    public bool IsAuthenticated;
    public bool IsSampled;

    /// <summary>Set where it is no request but an event of its own; then only <see cref="EndedAt"/> says something beside it.</summary>
    public RequestLogEntry? Entry;
}

/// <summary>A section of a view whose parts were put together.</summary>
internal readonly record struct SectionReport(string Name, SectionOutcome Outcome, TimeSpan Elapsed);

/// <summary>A lookup in the cache that a request made.</summary>
internal readonly record struct CacheLookupReport(string CacheKey, bool IsHit);
