using Microsoft.Extensions.Logging;

namespace Larder.Freshness;

/// <summary>What freshness logs. Event ids 1100 to 1199.</summary>
internal static partial class Log
{
    [LoggerMessage(1100, LogLevel.Information, "Invalidated {Tags} by {By}: {Reason} (hard: {IsHard}, record {Token})", EventName = "bff_cache_invalidated")]
    public static partial void Invalidated(ILogger logger, string tags, string by, string reason, bool isHard, WriteToken token);

    [LoggerMessage(1101, LogLevel.Information, "The invalidation log is in this process: it sees the writes of this process only, which must be the database's only writer")]
    public static partial void SoleWriterAssumed(ILogger logger);

    [LoggerMessage(1102, LogLevel.Error, "The invalidation log does not take records; what they name is read past the cache until it does")]
    public static partial void PublishingFailed(ILogger logger, Exception exception);

    [LoggerMessage(1103, LogLevel.Information, "The invalidation log takes records again, and has all that were kept")]
    public static partial void PublishingResumed(ILogger logger);

    [LoggerMessage(1105, LogLevel.Error, "The cached value of {Key} was held to be fresh and is not what its source gives; it is dropped, and what it was read by is tracked by table from now on: {Statements}")]
    public static partial void HitDiffers(ILogger logger, string key, string statements);

    [LoggerMessage(1104, LogLevel.Warning, "A background refresh of {Key} failed")]
    public static partial void RefreshFailed(ILogger logger, string key, Exception exception);
}
