namespace Larder.AspNetCore.RequestLog;

/// <summary>What a line of the request log is about.</summary>
internal enum RequestLogEvent
{
    RequestSuccess,
    RequestClientError,
    RequestServerError,
    CacheHit,
    CacheMiss,
    CacheInvalidated,
    AggregationComplete,
    SlowQuery,
    Error,

    /// <summary>Lines that were not written, because more came than could be written or because writing failed.</summary>
    LogDropped,
}
