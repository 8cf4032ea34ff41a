using Microsoft.Extensions.Logging;

namespace Larder.Redis.Log;

/// <summary>The messages of the invalidation log. Ids from 1520.</summary>
internal static partial class LogMessages
{
    [LoggerMessage(1520, LogLevel.Information, "The invalidation log is in Redis, in the stream {Stream}: epoch {Epoch}, record {Seq}")]
    public static partial void Following(ILogger logger, string stream, string epoch, long seq);

    [LoggerMessage(1521, LogLevel.Error, "Redis refuses the invalidation log: {Reason}. Strict policies do not use the cache until it does not")]
    public static partial void Refused(ILogger logger, string reason);
}
