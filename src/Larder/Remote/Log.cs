using Microsoft.Extensions.Logging;

namespace Larder.Remote;

/// <summary>What the second level logs. Event ids 1400 to 1499.</summary>
internal static partial class Log
{
    [LoggerMessage(1400, LogLevel.Warning, "The second level is unavailable: {Store}: {Reason}. Nothing waits for it until it is back")]
    public static partial void RemoteUnavailable(ILogger logger, string store, string reason);

    [LoggerMessage(1401, LogLevel.Information, "The second level is available again: {Store}")]
    public static partial void RemoteAvailable(ILogger logger, string store);

    [LoggerMessage(1402, LogLevel.Warning, "Values of {Type} are kept in memory only: read again from their bytes they would not be the same. Register an IHybridCacheSerializer for the type")]
    public static partial void NotSerializable(ILogger logger, Type type);
}
