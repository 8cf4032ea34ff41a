using Larder.AspNetCore.Monitoring.Documents;
using Larder.Diagnostics;
using Microsoft.Extensions.Logging;

namespace Larder.AspNetCore.Monitoring.Alerts;

/// <summary>Judges all rules every few seconds, and tells the log and the webhook what begins and what is over.</summary>
internal sealed class AlertBoard(
    PerformanceReader performance, CacheReporter cache, IEnumerable<IRemoteHealth> remotes, AlertWebhook webhook, TimeProvider time, ILogger<AlertBoard> logger) : IDisposable
{
    internal static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);

    private readonly Lock _judging = new();
    private readonly AlertLife[] _lives = [.. AlertRules.All.Select(rule => new AlertLife(rule))];
    private ITimer? _timer;

    /// <summary>Judges from now on.</summary>
    public void Start() => _timer ??= time.CreateTimer(static board => ((AlertBoard)board!).Judge(), this, Interval, Interval);

    /// <summary>The alerts that are pending, firing, or resolved within the last hour; the worst first.</summary>
    public IReadOnlyList<Alert> Read()
    {
        lock (_judging)
        {
            var now = time.GetUtcNow();
            return
            [
                .. _lives.Where(life => life.State != AlertState.Inactive)
                    .OrderBy(life => life.State == AlertState.Resolved)
                    .ThenByDescending(life => life.Rule.Level)
                    .Select(life => life.ToDocument(now)),
            ];
        }
    }

    /// <summary>Every rule, and whether its alert fires.</summary>
    public IReadOnlyList<(string Rule, string Level, bool IsFiring)> Firing()
    {
        lock (_judging)
        {
            return [.. _lives.Select(life => (life.Rule.Name, life.Rule.Level.ToString().ToLowerInvariant(), life.State == AlertState.Firing))];
        }
    }

    public void Dispose() => _timer?.Dispose();

    private void Judge()
    {
        // A timer does not wait for itself: what comes while another judges is left out.
        if (!_judging.TryEnter())
        {
            return;
        }

        try
        {
            var figures = new AlertFigures(performance.Total(MetricWindow.Minute), cache.Figures(), cache.Invalidations(), remotes.FirstOrDefault());
            var now = time.GetUtcNow();
            foreach (var life in _lives)
            {
                if (life.Judge(life.Rule.Value(figures), now))
                {
                    Tell(life, life.ToDocument(now));
                }
            }
        }
        finally
        {
            _judging.Exit();
        }
    }

    private void Tell(AlertLife life, Alert alert)
    {
        if (life.State == AlertState.Resolved)
        {
            Log.AlertResolved(logger, alert.Rule, alert.MetricName, alert.CurrentValue);
        }
        else
        {
            var level = LogLevelOf(life.Rule.Level);
            Log.AlertFiring(logger, level, alert.Rule, alert.Message, alert.MetricName, alert.CurrentValue, alert.Threshold);
        }

        webhook.Enqueue(alert);
    }

    private static LogLevel LogLevelOf(AlertLevel level) => level switch
    {
        AlertLevel.Info => LogLevel.Information,
        AlertLevel.Warning => LogLevel.Warning,
        AlertLevel.Error => LogLevel.Error,
        _ => LogLevel.Critical,
    };
}
