namespace Larder.Diagnostics;

/// <summary>Which time a snapshot is about. A window never reaches back further than it says, and at most one of its slices less.</summary>
internal enum MetricWindow
{
    /// <summary>Since the series was created.</summary>
    SinceStart,

    /// <summary>Since the figures were last reset, or since the series was created.</summary>
    SinceReset,

    /// <summary>The last minute: 55 to 60 s.</summary>
    Minute,

    /// <summary>The last 5 minutes: 270 to 300 s.</summary>
    FiveMinutes,

    /// <summary>The last hour: 55 to 60 minutes.</summary>
    Hour,
}
