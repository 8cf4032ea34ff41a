using Microsoft.Extensions.Logging;

namespace Larder.AspNetCore.ResponseCaching;

/// <summary>What the caching of responses logs. Event ids 1200 to 1299.</summary>
internal static partial class Log
{
    [LoggerMessage(1200, LogLevel.Warning, "A background refresh of the response {Key} failed")]
    public static partial void RefreshFailed(ILogger logger, string key, Exception exception);

    [LoggerMessage(1201, LogLevel.Warning, "A response could not be compressed; it is sent as it is")]
    public static partial void CompressionFailed(ILogger logger, Exception exception);
}
