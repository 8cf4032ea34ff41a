using System.Text.Json;
using Microsoft.Extensions.Logging;

namespace Larder.AspNetCore.RequestLog;

/// <summary>The names of the fields, and the words for levels and events, encoded once.</summary>
internal static class RequestLogNames
{
    public static readonly JsonEncodedText Authenticated = JsonEncodedText.Encode("authenticated");
    public static readonly JsonEncodedText CacheKey = JsonEncodedText.Encode("cache_key");
    public static readonly JsonEncodedText Cached = JsonEncodedText.Encode("cached");
    public static readonly JsonEncodedText ClientIp = JsonEncodedText.Encode("client_ip");
    public static readonly JsonEncodedText DurationMs = JsonEncodedText.Encode("duration_ms");
    public static readonly JsonEncodedText Endpoint = JsonEncodedText.Encode("endpoint");
    public static readonly JsonEncodedText Event = JsonEncodedText.Encode("event");
    public static readonly JsonEncodedText Exception = JsonEncodedText.Encode("exception");
    public static readonly JsonEncodedText Level = JsonEncodedText.Encode("level");
    public static readonly JsonEncodedText Message = JsonEncodedText.Encode("message");
    public static readonly JsonEncodedText Method = JsonEncodedText.Encode("method");
    public static readonly JsonEncodedText Name = JsonEncodedText.Encode("name");
    public static readonly JsonEncodedText Outcome = JsonEncodedText.Encode("outcome");
    public static readonly JsonEncodedText Path = JsonEncodedText.Encode("path");
    public static readonly JsonEncodedText QueryParams = JsonEncodedText.Encode("query_params");
    public static readonly JsonEncodedText QueryParamsOmitted = JsonEncodedText.Encode("query_params_omitted");
    public static readonly JsonEncodedText RequestId = JsonEncodedText.Encode("request_id");
    public static readonly JsonEncodedText SampleRate = JsonEncodedText.Encode("sample_rate");
    public static readonly JsonEncodedText Sections = JsonEncodedText.Encode("sections");
    public static readonly JsonEncodedText SpanId = JsonEncodedText.Encode("span_id");
    public static readonly JsonEncodedText StackTrace = JsonEncodedText.Encode("stack_trace");
    public static readonly JsonEncodedText StatusCode = JsonEncodedText.Encode("status_code");
    public static readonly JsonEncodedText Timestamp = JsonEncodedText.Encode("timestamp");
    public static readonly JsonEncodedText TraceId = JsonEncodedText.Encode("trace_id");
    public static readonly JsonEncodedText Type = JsonEncodedText.Encode("type");

    private static readonly JsonEncodedText[] Levels =
        [.. new[] { "trace", "debug", "info", "warning", "error", "critical", "none" }.Select(word => JsonEncodedText.Encode(word))];

    private static readonly JsonEncodedText[] Events =
        [.. Enum.GetValues<RequestLogEvent>().Select(what => JsonEncodedText.Encode(RequestLogLevels.NameOf(what)))];

    public static JsonEncodedText Of(LogLevel level) => Levels[(int)level];

    public static JsonEncodedText Of(RequestLogEvent what) => Events[(int)what];
}
