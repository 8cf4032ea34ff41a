using Microsoft.Extensions.Logging;

namespace Larder.AspNetCore.RequestLog;

/// <summary>An event that is not the end of a request.</summary>
/// <param name="What">The event.</param>
/// <param name="Level">Its level.</param>
/// <param name="Fields">Its fields in order; the values are null, bool, long, double, string, <see cref="TimeSpan"/> (written as milliseconds) or string[].</param>
/// <param name="Exception">What was thrown; null: nothing.</param>
internal sealed record RequestLogEntry(RequestLogEvent What, LogLevel Level, IReadOnlyList<KeyValuePair<string, object?>> Fields, Exception? Exception = null);
