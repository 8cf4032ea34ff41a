using System.Threading.Channels;
using Larder.Tests;

namespace Larder.Redis.Tests;

/// <summary>A clock that stands still and tells which pauses are begun. Time limits, which are minutes here, are not pauses.</summary>
internal sealed class RecordingTimeProvider : TimeProvider
{
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(10);

    private readonly ManualTimeProvider _clock = new();
    private readonly Channel<TimeSpan> _pauses = Channel.CreateUnbounded<TimeSpan>();

    public override long TimestampFrequency => _clock.TimestampFrequency;

    public override DateTimeOffset GetUtcNow() => _clock.GetUtcNow();

    public override long GetTimestamp() => _clock.GetTimestamp();

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = _clock.CreateTimer(callback, state, dueTime, period);
        if (dueTime >= TimeSpan.Zero && dueTime <= LongestPause)
        {
            _pauses.Writer.TryWrite(dueTime);
        }

        return timer;
    }

    public Task<TimeSpan> NextPauseAsync() => _pauses.Reader.ReadAsync().AsTask().Soon();

    public void Advance(TimeSpan by) => _clock.Advance(by);
}
