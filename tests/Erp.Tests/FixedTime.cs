namespace Erp.Tests;

/// <summary>A clock that stands still. Its timers are due at once, so that nothing waits.</summary>
internal sealed class FixedTime(DateTimeOffset now) : TimeProvider
{
    public FixedTime(DateOnly day) : this(new DateTimeOffset(day, new TimeOnly(12, 0), TimeSpan.Zero)) { }

    public override DateTimeOffset GetUtcNow() => now;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        base.CreateTimer(callback, state, dueTime == Timeout.InfiniteTimeSpan ? dueTime : TimeSpan.Zero, Timeout.InfiniteTimeSpan);
}
