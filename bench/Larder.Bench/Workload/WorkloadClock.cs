namespace Larder.Bench.Workload;

/// <summary>
/// Virtual time: it stands still while an operation runs and moves between operations, so that lifetimes end after so many operations, on a
/// slow machine as on a fast one. Timers are the system's: they only guard against what hangs.
/// </summary>
internal sealed class WorkloadClock(DateOnly day) : TimeProvider
{
    // Noon: 12 hours at 20 operations a second are 864,000 operations on the one day that the views call today.
    private long _ticks = day.ToDateTime(new TimeOnly(12, 0), DateTimeKind.Utc).Ticks;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override DateTimeOffset GetUtcNow() => new(GetTimestamp(), TimeSpan.Zero);

    public override long GetTimestamp() => Interlocked.Read(ref _ticks);

    public void Advance(TimeSpan by) => Interlocked.Add(ref _ticks, by.Ticks);
}
