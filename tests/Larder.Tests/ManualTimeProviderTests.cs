namespace Larder.Tests;

public sealed class ManualTimeProviderTests
{
    private readonly ManualTimeProvider _time = new();

    [Fact]
    public void Advance_OverSeveralTimers_FiresEachInOrderAtItsOwnTime()
    {
        var start = _time.GetUtcNow();
        List<(string Name, double Seconds)> fired = [];
        using var late = Timer("late", 3, Timeout.InfiniteTimeSpan);
        using var periodic = Timer("periodic", 1, TimeSpan.FromSeconds(2));
        using var never = Timer("never", 6, Timeout.InfiniteTimeSpan);

        _time.Advance(TimeSpan.FromSeconds(5));

        Assert.Equal([("late", 3), ("periodic", 1), ("periodic", 3), ("periodic", 5)], fired.Order());
        Assert.Equal([1, 3, 3, 5], fired.Select(entry => entry.Seconds));
        Assert.Equal(2, _time.PendingTimers);

        ITimer Timer(string name, int seconds, TimeSpan period) => _time.CreateTimer(
            _ => fired.Add((name, (_time.GetUtcNow() - start).TotalSeconds)), null, TimeSpan.FromSeconds(seconds), period);
    }

    [Fact]
    public async Task TaskDelay_OnThisClock_EndsWhenTimeHasPassed()
    {
        var started = _time.GetTimestamp();
        var delay = Task.Delay(TimeSpan.FromSeconds(10), _time);
        _time.Advance(TimeSpan.FromSeconds(9));
        Assert.False(delay.IsCompleted);

        _time.Advance(TimeSpan.FromSeconds(1));

        await delay;
        Assert.Equal(TimeSpan.FromSeconds(10), _time.GetElapsedTime(started));
    }

    [Fact]
    public void CancelAfter_OnThisClock_Cancels()
    {
        using var source = new CancellationTokenSource(TimeSpan.FromSeconds(1), _time);
        Assert.False(source.IsCancellationRequested);

        _time.Advance(TimeSpan.FromSeconds(1));

        Assert.True(source.IsCancellationRequested);
    }
}
