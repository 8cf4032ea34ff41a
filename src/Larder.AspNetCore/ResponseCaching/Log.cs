using Microsoft.Extensions.Logging;

namespace Larder.AspNetCore.ResponseCaching;

/// <summary>What the caching of responses logs. Event ids 1600 to 1699.</summary>
internal static partial class Log
{
    [LoggerMessage(1600, LogLevel.Warning, "A background refresh of the response {Key} failed")]
    public static partial void RefreshFailed(ILogger logger, string key, Exception exception);

    [LoggerMessage(1601, LogLevel.Warning, "A response could not be compressed; it is sent as it is")]
    public static partial void CompressionFailed(ILogger logger, Exception exception);
}
