namespace Larder.Warming;

/// <summary>
/// When which task runs: those that are due by their priority, after what they depend on, at most so many at once. It decides and remembers, and runs nothing itself; whoever uses it
/// holds its lock.
/// </summary>
internal sealed class WarmingSchedule
{
    private readonly List<Entry> _entries;
    private readonly TimeProvider _time;

    /// <summary>Checks the tasks.</summary>
    /// <param name="tasks">The tasks.</param>
    /// <param name="time">The clock.</param>
    /// <param name="startsAtOnce">Whether all are due now; otherwise none is until it is asked for.</param>
    /// <exception cref="InvalidOperationException">Two tasks have one name, one depends on a task that is not there, or some depend on each other in a circle.</exception>
    internal WarmingSchedule(IEnumerable<WarmingTask> tasks, TimeProvider time, bool startsAtOnce)
    {
        _time = time;
        _entries = [.. tasks.Select(task => new Entry(task) { Due = startsAtOnce ? time.GetUtcNow() : null })];
        if (_entries.CountBy(entry => entry.Task.Name, StringComparer.Ordinal).FirstOrDefault(name => name.Value > 1) is { Key: { } twice })
        {
            throw new InvalidOperationException($"Two warming tasks are called '{twice}'.");
        }

        foreach (var entry in _entries)
        {
            entry.DependsOn = [.. entry.Task.DependsOn.Select(name => Find(name)
                ?? throw new InvalidOperationException($"The warming task '{entry.Task.Name}' depends on '{name}', which is no warming task."))];
        }

        // What depends on nothing that is left can be taken away, again and again; what remains is a circle, or behind one.
        var left = _entries.ToHashSet();
        while (left.RemoveWhere(entry => !entry.DependsOn.Exists(left.Contains)) > 0)
        {
            // Until nothing can be taken away.
        }

        if (left.Count > 0)
        {
            throw new InvalidOperationException($"Warming tasks depend on each other in a circle: {string.Join(", ", left.Select(entry => entry.Task.Name))}.");
        }
    }

    /// <summary>When the next task is due that waits for nothing else; null: none is.</summary>
    internal DateTimeOffset? NextDue => _entries.Where(entry => !entry.IsRunning && !entry.DependsOn.Exists(IsAwaited)).Min(entry => entry.Due);

    internal int Running => _entries.Count(entry => entry.IsRunning);

    /// <summary>The task that is to run now; null: none. What cannot run because of a failure before it is skipped on the way.</summary>
    internal WarmingTask? Begin()
    {
        var now = _time.GetUtcNow();
        foreach (var entry in _entries.Where(entry => !entry.IsRunning && entry.Due <= now).OrderBy(entry => entry.Task.Priority).ThenBy(entry => entry.Due).ToList())
        {
            if (entry.DependsOn.Exists(IsAwaited))
            {
                continue;
            }

            if (entry.DependsOn.Find(dependency => dependency.State is WarmingState.Failed or WarmingState.Skipped) is { } failed)
            {
                (entry.State, entry.LastError) = (WarmingState.Skipped, $"'{failed.Task.Name}', which it depends on, {(failed.State == WarmingState.Failed ? "failed" : "was skipped")}");
                entry.Due = now + entry.Task.Interval;
                continue;
            }

            (entry.IsRunning, entry.LastRun, entry.Due) = (true, now, null);
            return entry.Task;
        }

        return null;
    }

    /// <summary>Says what came of a run.</summary>
    /// <param name="task">What ran.</param>
    /// <param name="duration">How long.</param>
    /// <param name="error">Why it failed; null: it succeeded.</param>
    internal void End(WarmingTask task, TimeSpan duration, string? error)
    {
        var entry = _entries.First(entry => entry.Task == task);
        entry.IsRunning = false;
        entry.Runs++;
        entry.Failures += error is null ? 0 : 1;
        entry.Total += duration;
        (entry.State, entry.LastError) = (error is null ? WarmingState.Succeeded : WarmingState.Failed, error);

        // One that was asked for meanwhile is due already.
        entry.Due ??= _time.GetUtcNow() + task.Interval;
    }

    /// <summary>Makes a task due now, with what it depends on where that has not succeeded. False: there is none of the name.</summary>
    internal bool Ask(string name)
    {
        if (Find(name) is not { } entry)
        {
            return false;
        }

        entry.Due = _time.GetUtcNow();
        foreach (var dependency in entry.DependsOn.Where(dependency => dependency.State != WarmingState.Succeeded))
        {
            Ask(dependency.Task.Name);
        }

        return true;
    }

    internal IReadOnlyList<WarmingStatus> Read() =>
    [
        .. _entries.Select(entry => new WarmingStatus(
            entry.Task,
            entry.IsRunning ? WarmingState.Running : entry.State,
            entry.LastRun,
            entry.Due,
            entry.Runs,
            entry.Failures,
            entry.Runs == 0 ? null : entry.Total / entry.Runs,
            entry.LastError)),
    ];

    private Entry? Find(string name) => _entries.Find(entry => entry.Task.Name == name);

    // Whether what depends on it has to wait: it runs, or it has never run and will.
    private bool IsAwaited(Entry entry) => entry.IsRunning || (entry.State == WarmingState.Waiting && entry.Due is not null) || (entry.Due <= _time.GetUtcNow());

    private sealed class Entry(WarmingTask task)
    {
        public WarmingTask Task { get; } = task;

        public List<Entry> DependsOn { get; set; } = [];

        public DateTimeOffset? Due { get; set; }

        public bool IsRunning { get; set; }

        public WarmingState State { get; set; }

        public DateTimeOffset? LastRun { get; set; }

        public long Runs { get; set; }

        public long Failures { get; set; }

        public TimeSpan Total { get; set; }

        public string? LastError { get; set; }
    }
}
