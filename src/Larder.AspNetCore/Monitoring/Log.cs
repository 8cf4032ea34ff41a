using Microsoft.Extensions.Logging;

namespace Larder.AspNetCore.Monitoring;

/// <summary>What monitoring logs. Event ids 1300 to 1399.</summary>
internal static partial class Log
{
    [LoggerMessage(1300, LogLevel.Information, "{Who} at {Address} reset the performance statistics")]
    public static partial void StatisticsReset(ILogger logger, string who, string address);

    [LoggerMessage(EventId = 1301, EventName = "larder_alert_firing", Message = "Alert {Rule}: {Explanation} ({Metric} is {Value}, the threshold is {Threshold})")]
    public static partial void AlertFiring(ILogger logger, LogLevel level, string rule, string explanation, string metric, double? value, double threshold);

    [LoggerMessage(1302, LogLevel.Information, "Alert {Rule} is over ({Metric} is {Value})", EventName = "larder_alert_resolved")]
    public static partial void AlertResolved(ILogger logger, string rule, string metric, double? value);

    [LoggerMessage(1303, LogLevel.Warning, "Alert {Rule} did not reach the webhook in {Attempts} attempts: {Why}")]
    public static partial void WebhookGaveUp(ILogger logger, string rule, int attempts, string why);
}
