namespace Larder.Warming;

/// <summary>How a warming task is doing.</summary>
internal enum WarmingState
{
    /// <summary>It has not run yet, and waits for its turn or for what it depends on.</summary>
    Waiting,

    Running,

    Succeeded,

    Failed,

    /// <summary>What it depends on failed.</summary>
    Skipped,
}

/// <summary>What is known of a warming task.</summary>
/// <param name="Task">The task.</param>
/// <param name="State">What came of its last run, or that it runs or waits.</param>
/// <param name="LastRun">When its last run began; null: there was none.</param>
/// <param name="NextRun">When it is due; null: when it is asked for.</param>
/// <param name="Runs">Runs that ended, skipped ones not counted.</param>
/// <param name="Failures">Those of them that failed, after their retries.</param>
/// <param name="AverageDuration">Of the runs that ended, retries and pauses included; null: none has.</param>
/// <param name="LastError">Why it failed or was skipped last; null: it did not.</param>
internal sealed record WarmingStatus(
    WarmingTask Task, WarmingState State, DateTimeOffset? LastRun, DateTimeOffset? NextRun, long Runs, long Failures, TimeSpan? AverageDuration, string? LastError);
