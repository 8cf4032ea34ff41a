namespace Larder.Caching;

/// <summary>
/// Timestamps for the hit path. The system's exact clock costs as much as the rest of a hit, so one exact reading serves until the coarse clock
/// ticks, every 1 to 16 ms: an entry may be served for so much longer than its lifetime. With any other clock every reading is exact.
/// </summary>
internal sealed class HitClock(TimeProvider time)
{
    private readonly bool _isSystem = ReferenceEquals(time, TimeProvider.System);
    private long _tick = long.MinValue;
    private long _timestamp;

    internal long Now
    {
        get
        {
            if (!_isSystem)
            {
                return time.GetTimestamp();
            }

            var tick = Environment.TickCount64;
            return tick == Volatile.Read(ref _tick) ? Volatile.Read(ref _timestamp) : Read(tick);
        }
    }

    // The timestamp first: whoever finds the tick finds a timestamp of that tick or a later one.
    private long Read(long tick)
    {
        var timestamp = time.GetTimestamp();
        Volatile.Write(ref _timestamp, timestamp);
        Volatile.Write(ref _tick, tick);
        return timestamp;
    }
}
