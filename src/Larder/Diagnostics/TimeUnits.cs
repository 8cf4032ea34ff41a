namespace Larder.Diagnostics;

/// <summary>Timestamp ticks of a TimeProvider in the unit of the histogram, by one multiplication: no division on the hit path.</summary>
internal sealed class TimeUnits
{
    private const int FractionBits = 32;
    private const double NanosecondsOfASecond = 1e9;
    private const double MillisecondsOfASecond = 1e3;

    private readonly ulong _unitsOfATick;
    private readonly double _frequency;

    internal TimeUnits(TimeProvider time)
    {
        _frequency = time.TimestampFrequency;
        _unitsOfATick = (ulong)(NanosecondsOfASecond / LatencyBuckets.UnitNanoseconds / _frequency * (1UL << FractionBits));
    }

    internal ulong FromTicks(long ticks)
    {
        // The product has 96 bits: a day of nanoseconds times a fraction of 32 bits.
        var high = Math.BigMul((ulong)ticks, _unitsOfATick, out var low);
        return high >= 1UL << FractionBits ? ulong.MaxValue : (high << FractionBits) | (low >> FractionBits);
    }

    internal double MillisecondsFromTicks(double ticks) => ticks / _frequency * MillisecondsOfASecond;

    internal static double Milliseconds(double units) => units * LatencyBuckets.UnitNanoseconds / NanosecondsOfASecond * MillisecondsOfASecond;

    internal static double UnitsFromMilliseconds(double milliseconds) =>
        milliseconds / MillisecondsOfASecond * NanosecondsOfASecond / LatencyBuckets.UnitNanoseconds;
}
