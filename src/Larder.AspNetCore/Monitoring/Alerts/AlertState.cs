namespace Larder.AspNetCore.Monitoring.Alerts;

/// <summary>Where an alert is in its life.</summary>
internal enum AlertState
{
    /// <summary>Nothing is wrong, and has not been for as long as is remembered.</summary>
    Inactive,

    /// <summary>The threshold is passed, not yet for long enough.</summary>
    Pending,

    /// <summary>Passed for long enough, and not back within the bounds for long enough since.</summary>
    Firing,

    /// <summary>It was firing, and is over.</summary>
    Resolved,
}
