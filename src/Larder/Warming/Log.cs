using Microsoft.Extensions.Logging;

namespace Larder.Warming;

/// <summary>What warming logs. Event ids 1800 to 1899.</summary>
internal static partial class Log
{
    [LoggerMessage(1800, LogLevel.Information, "Warmed {Task} in {DurationMs:F0} ms")]
    public static partial void Warmed(ILogger logger, string task, double durationMs);

    [LoggerMessage(1801, LogLevel.Warning, "Not warmed: {Task}: {Error}")]
    public static partial void NotWarmed(ILogger logger, string task, string error);

    [LoggerMessage(1802, LogLevel.Information, "Warmed {Loaded} of the {Remembered} requests that were worth most before the start; {Failed} failed")]
    public static partial void PopularWarmed(ILogger logger, int loaded, int remembered, int failed);

    [LoggerMessage(1803, LogLevel.Warning, "What was popular before the start cannot be read, so that nothing of it is warmed: {Error}")]
    public static partial void PopularUnreadable(ILogger logger, string error);

    [LoggerMessage(1804, LogLevel.Warning, "What is popular cannot be kept: {Error}")]
    public static partial void PopularNotKept(ILogger logger, string error);
}
