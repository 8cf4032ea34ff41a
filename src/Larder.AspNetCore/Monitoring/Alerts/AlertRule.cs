namespace Larder.AspNetCore.Monitoring.Alerts;

/// <summary>
/// When to raise an alert. It begins past the threshold and ends only past the other one, which is nearer to normal: a figure that swings around one of them does not raise and
/// resolve at each swing.
/// </summary>
/// <param name="Name">What identifies the rule: snake_case, never changed.</param>
/// <param name="Level">How bad it is.</param>
/// <param name="MetricName">The figure, as the documents name it.</param>
/// <param name="Threshold">Past this it begins.</param>
/// <param name="ClearThreshold">Back past this it ends.</param>
/// <param name="Message">What to read and what to do.</param>
/// <param name="Value">The figure now; null: there is nothing to judge, which counts as normal.</param>
internal sealed record AlertRule(
    string Name, AlertLevel Level, string MetricName, double Threshold, double ClearThreshold, string Message, Func<AlertFigures, double?> Value)
{
    /// <summary>How long the threshold must be passed.</summary>
    public TimeSpan PendingFor { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long the figure must be back.</summary>
    public TimeSpan ClearFor { get; init; } = TimeSpan.FromMinutes(1);

    private bool IsBelow => ClearThreshold > Threshold;

    public bool IsPassedBy(double value) => IsBelow ? value < Threshold : value > Threshold;

    public bool IsClearedBy(double value) => IsBelow ? value >= ClearThreshold : value <= ClearThreshold;
}
