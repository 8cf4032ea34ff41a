using Microsoft.Extensions.Logging;

namespace Larder.AspNetCore.Management;

/// <summary>What management logs. Event ids 1700 to 1799.</summary>
internal static partial class Log
{
    [LoggerMessage(1700, LogLevel.Information, "{By} at {Address} invalidated {Tags}: {Entries} entries dropped ({Reason})", EventName = "bff_cache_invalidated")]
    public static partial void Invalidated(ILogger logger, string by, string address, string tags, int entries, string reason);

    [LoggerMessage(1702, LogLevel.Information, "{Who} at {Address} asked for warming: {Tasks}")]
    public static partial void Warmed(ILogger logger, string who, string address, string tasks);

    [LoggerMessage(1701, LogLevel.Information, "{Who} at {Address} measured the view {View}, {Iterations} times with and without the cache")]
    public static partial void Measured(ILogger logger, string who, string address, string view, int iterations);
}
