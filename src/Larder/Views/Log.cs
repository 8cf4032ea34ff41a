using Microsoft.Extensions.Logging;

namespace Larder.Views;

/// <summary>What views log. Event ids 1000 to 1099.</summary>
internal static partial class Log
{
    [LoggerMessage(1000, LogLevel.Warning, "Section {Section} of view {View} could not be read: {Reason}")]
    public static partial void SectionFailed(ILogger logger, string view, string section, string reason, Exception? exception);
}
