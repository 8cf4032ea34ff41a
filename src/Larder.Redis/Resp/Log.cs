using Microsoft.Extensions.Logging;

namespace Larder.Redis.Resp;

/// <summary>The messages of the Redis client. Ids from 1500.</summary>
internal static partial class Log
{
    [LoggerMessage(1500, LogLevel.Warning, "Redis unavailable: {Server}: {Reason}. Nothing waits for it until it is back")]
    public static partial void RedisUnavailable(ILogger logger, RespSettings server, string reason);

    [LoggerMessage(1501, LogLevel.Information, "Redis available again: {Server}")]
    public static partial void RedisAvailable(ILogger logger, RespSettings server);
}
