using Larder.AspNetCore.Monitoring.Documents;

namespace Larder.AspNetCore.Monitoring.Alerts;

/// <summary>
/// The life of one alert: inactive, pending, firing, resolved. One that fires and resolves too often within a while is flapping: it stays firing, and nobody is told
/// again until it has been quiet for as long.
/// </summary>
internal sealed class AlertLife(AlertRule rule)
{
    internal const int MostFirings = 3;
    internal static readonly TimeSpan FlappingWithin = TimeSpan.FromMinutes(15);
    internal static readonly TimeSpan RememberedFor = TimeSpan.FromHours(1);

    private readonly Queue<DateTimeOffset> _firings = [];
    private DateTimeOffset _since;
    private DateTimeOffset? _quietSince;
    private double? _value;

    public AlertRule Rule => rule;

    public AlertState State { get; private set; }

    public bool IsFlapping { get; private set; }

    /// <summary>Judges a figure.</summary>
    /// <returns>Whether somebody is to be told: it begins to fire, or it is over.</returns>
    public bool Judge(double? value, DateTimeOffset now)
    {
        if (State == AlertState.Resolved && now - _since >= RememberedFor)
        {
            Enter(AlertState.Inactive, now);
        }

        _value = value;
        var isPassed = value is { } figure && rule.IsPassedBy(figure);
        return State switch
        {
            AlertState.Pending => JudgePending(isPassed, now),
            AlertState.Firing => JudgeFiring(value is null || rule.IsClearedBy(value.Value), now),
            _ => JudgeQuiet(isPassed, now),
        };
    }

    public Alert ToDocument(DateTimeOffset now) => new(
        rule.Level.ToString().ToLowerInvariant(), rule.Message, rule.MetricName, _value, rule.Threshold, now, rule.Name, State.ToString().ToLowerInvariant(), IsFlapping, _since);

    private bool JudgeQuiet(bool isPassed, DateTimeOffset now)
    {
        if (!isPassed)
        {
            return false;
        }

        Enter(AlertState.Pending, now);
        return JudgePending(isPassed, now);
    }

    private bool JudgePending(bool isPassed, DateTimeOffset now)
    {
        if (!isPassed)
        {
            Enter(AlertState.Inactive, now);
            return false;
        }

        if (now - _since < rule.PendingFor)
        {
            return false;
        }

        Enter(AlertState.Firing, now);
        while (_firings.TryPeek(out var first) && now - first > FlappingWithin)
        {
            _firings.Dequeue();
        }

        _firings.Enqueue(now);
        IsFlapping = _firings.Count > MostFirings;
        return true;
    }

    private bool JudgeFiring(bool isCleared, DateTimeOffset now)
    {
        if (!isCleared)
        {
            _quietSince = null;
            return false;
        }

        _quietSince ??= now;
        if (now - _quietSince < (IsFlapping ? FlappingWithin : rule.ClearFor))
        {
            return false;
        }

        IsFlapping = false;
        Enter(AlertState.Resolved, now);
        return true;
    }

    private void Enter(AlertState state, DateTimeOffset now)
    {
        State = state;
        _since = now;
        _quietSince = null;
    }
}
