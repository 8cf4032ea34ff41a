using Microsoft.Extensions.Logging;

namespace Larder.AspNetCore.RequestLog;

/// <summary>Where the lines of the request log go.</summary>
public enum RequestLogDestination
{
    /// <summary>Standard output.</summary>
    StandardOutput,

    /// <summary>The file at <see cref="RequestLogOptions.FilePath"/>, which is renamed when it has grown to its limit.</summary>
    File,

    /// <summary>The host's logging, under the category <c>Larder.RequestLog</c>, one message a line.</summary>
    Logger,
}

/// <summary>Which header a trusted proxy writes the address of its client into. Only this one is believed: a proxy passes the other on as it came.</summary>
public enum ForwardedHeader
{
    /// <summary><c>X-Forwarded-For</c>.</summary>
    XForwardedFor,

    /// <summary><c>Forwarded</c> (RFC 7239).</summary>
    Forwarded,
}

/// <summary>What the request log writes, and how. Configuration: <c>Larder:RequestLog:{name}</c>; code beats configuration.</summary>
public sealed class RequestLogOptions
{
    internal const int LeastQueueCapacity = 16;
    internal const int GreatestQueueCapacity = 1 << 20;
    internal const int LeastLength = 16;
    internal const int GreatestLength = 1 << 16;
    internal const long LeastFileBytes = 1 << 16;
    internal const int GreatestKeptFiles = 100;
    internal static readonly TimeSpan GreatestFlushInterval = TimeSpan.FromSeconds(10);
    internal static readonly TimeSpan GreatestSlowQuery = TimeSpan.FromHours(1);
    internal static readonly TimeSpan GreatestExplainInterval = TimeSpan.FromDays(1);

    /// <summary>Whether there is a request log. Default true. When false, requests pass as if it were not there, request IDs included.</summary>
    public bool Enabled { get; set; } = true;

    /// <summary>Events below this level are not written. Default <see cref="LogLevel.Information"/>.</summary>
    public LogLevel MinimumLevel { get; set; } = LogLevel.Information;

    /// <summary>
    /// Levels by the name of the event, such as <c>bff_request_success</c>; <see cref="LogLevel.None"/> switches it off. Default: cache hits and
    /// misses debug, client errors, slow queries and dropped lines warning, server errors and exceptions error, all others information.
    /// </summary>
    public IDictionary<string, LogLevel> Levels { get; } = new Dictionary<string, LogLevel>(StringComparer.Ordinal);

    /// <summary>
    /// The share of successful requests that are written, from 0 to 1. Default 1. Those slower than <see cref="SlowRequest"/> always are;
    /// lines of a sample say so with <c>sample_rate</c>.
    /// </summary>
    public double SuccessSampling { get; set; } = 1;

    /// <summary>From which duration on a successful request is written although it is not in the sample. Default 1 s; 0 to 1 h.</summary>
    public TimeSpan SlowRequest { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>
    /// How many requests may wait to be written; what comes while so many wait is counted and dropped. Default 8192; 16 to 1,048,576, rounded
    /// up to a power of two.
    /// </summary>
    public int QueueCapacity { get; set; } = 8192;

    /// <summary>How long the writer gathers lines before it writes them together. Default 20 ms; 0 (each as it comes) to 10 s.</summary>
    public TimeSpan FlushInterval { get; set; } = TimeSpan.FromMilliseconds(20);

    /// <summary>The most characters of a path, or of the name or the value of a query parameter. Default 256; 16 to 65,536.</summary>
    public int MaxValueLength { get; set; } = 256;

    /// <summary>The most characters of a statement, a plan, a message or a stack trace. Default 8192; 16 to 65,536.</summary>
    public int MaxDetailLength { get; set; } = 8192;

    /// <summary>The most query parameters of a line; <c>query_params_omitted</c> counts the others. Default 32; 0 to 1024.</summary>
    public int MaxQueryParameters { get; set; } = 32;

    /// <summary>
    /// Query parameters whose value is never shown: those whose name contains one of these, compared by letters and digits only and without
    /// case, so that <c>api_key</c> covers <c>X-ApiKey</c>. Configuration adds to the default and cannot remove from it.
    /// </summary>
    public ISet<string> RedactedNames { get; } = new HashSet<string>(StringComparer.OrdinalIgnoreCase)
    {
        "access_key", "api_key", "authorization", "card_number", "cookie", "credential", "cvc", "cvv", "email", "iban", "passphrase", "passwd", "password",
        "phone", "private_key", "pwd", "secret", "session", "signature", "ssn", "tax_number", "token",
    };

    /// <summary>
    /// Regular expressions of values, and of segments of the path, that are never shown. They are matched in linear time, without back-references
    /// or lookarounds. Default: none beside the built-in ones, which know e-mail addresses, JSON web tokens, bearer and basic credentials, and
    /// values that contain a redacted parameter themselves, such as a URL.
    /// </summary>
    public IList<string> RedactedPatterns { get; } = [];

    /// <summary>
    /// Addresses and networks (<c>10.0.0.0/8</c>, <c>::1</c>) whose <see cref="ForwardedHeader"/> is believed. Default: none, so that
    /// <c>client_ip</c> is the address of the connection.
    /// </summary>
    public IList<string> TrustedProxies { get; } = [];

    /// <summary>The header in which trusted proxies say who their client is. Default <see cref="ForwardedHeader.XForwardedFor"/>.</summary>
    public ForwardedHeader ForwardedHeader { get; set; } = ForwardedHeader.XForwardedFor;

    /// <summary>From which duration on a statement of a view is written as <c>bff_slow_query</c>. Default 1 s; 0 to 1 h.</summary>
    public TimeSpan SlowQuery { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>
    /// Whether the database is asked for the plan of a slow statement, with <c>EXPLAIN</c>, which does not run it, on a connection of its
    /// own. Default false.
    /// </summary>
    public bool ExplainSlowQueries { get; set; }

    /// <summary>The shortest time from one plan to the next; slow statements in between are written without. Default 10 s; 0 to 1 day.</summary>
    public TimeSpan ExplainInterval { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Where the lines go, unless the host registers an <see cref="IRequestLogSink"/> of its own. Default standard output.</summary>
    public RequestLogDestination Destination { get; set; } = RequestLogDestination.StandardOutput;

    /// <summary>The file of <see cref="RequestLogDestination.File"/>; its folder is made where it is missing. Default: none.</summary>
    public string? FilePath { get; set; }

    /// <summary>At which size the file is renamed to <c>{file}.1</c>, and that to <c>{file}.2</c>. Default 64 MiB; at least 64 KiB.</summary>
    public long MaxFileBytes { get; set; } = 64 << 20;

    /// <summary>How many renamed files are kept. Default 5; 1 to 100.</summary>
    public int KeptFiles { get; set; } = 5;

    /// <summary>What could not be read from configuration.</summary>
    internal List<string> ConfigurationErrors { get; } = [];
}
