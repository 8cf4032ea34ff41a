namespace Larder.AspNetCore.Monitoring.Alerts;

/// <summary>How bad it is.</summary>
internal enum AlertLevel
{
    /// <summary>Worth knowing.</summary>
    Info,

    /// <summary>To be looked at within the day.</summary>
    Warning,

    /// <summary>Users notice.</summary>
    Error,

    /// <summary>Wake somebody.</summary>
    Critical,
}
