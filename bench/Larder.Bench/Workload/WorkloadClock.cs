namespace Larder.Bench.Workload;

/// <summary>
/// Virtual time: it stands still while an operation runs and moves between operations, so that lifetimes end after so many operations, on a
/// slow machine as on a fast one. Timers are the system's: they only guard against what hangs.
/// </summary>
/// <param name="day">The day it is.</param>
/// <param name="rate">Operations a second.</param>
internal sealed class WorkloadClock(DateOnly day, int rate = WorkloadClock.DefaultRate) : TimeProvider
{
    public const int DefaultRate = 20;

    // Noon: 12 hours at 20 operations a second are 864,000 operations on the one day that the views call today.
    private long _ticks = day.ToDateTime(new TimeOnly(12, 0), DateTimeKind.Utc).Ticks;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override DateTimeOffset GetUtcNow() => new(GetTimestamp(), TimeSpan.Zero);

    public override long GetTimestamp() => Interlocked.Read(ref _ticks);

    /// <summary>The time between two operations passes.</summary>
    public void Advance() => Interlocked.Add(ref _ticks, TimeSpan.TicksPerSecond / rate);
}
