using Larder.Diagnostics;

namespace Larder.Tests.Diagnostics;

public sealed class LatencyBucketsTests
{
    [Fact]
    public void IndexOf_EveryBucketsBounds_AreInIt()
    {
        for (var index = 0; index < LatencyBuckets.Count; index++)
        {
            Assert.Equal(index, LatencyBuckets.IndexOf(LatencyBuckets.LowerBound(index)));
            Assert.Equal(index, LatencyBuckets.IndexOf(LatencyBuckets.LowerBound(index + 1) - 1));
        }
    }

    [Fact]
    public void IndexOf_BeyondTheLastBound_IsTheLastBucket()
    {
        var end = LatencyBuckets.LowerBound(LatencyBuckets.Count);

        Assert.Equal(LatencyBuckets.Count - 1, LatencyBuckets.IndexOf(end));
        Assert.Equal(LatencyBuckets.Count - 1, LatencyBuckets.IndexOf(ulong.MaxValue));
        Assert.InRange(TimeUnits.Milliseconds(end), 137_000, 138_000);
    }

    [Fact]
    public void Middle_OfEveryBucketAboveOneMicrosecond_IsWithinOnePercentOfItsBounds()
    {
        for (var index = 64; index < LatencyBuckets.Count; index++)
        {
            var lower = (double)LatencyBuckets.LowerBound(index);
            Assert.InRange(LatencyBuckets.Middle(index) / lower, 1, 1.008);
            Assert.InRange(LatencyBuckets.Middle(index) / LatencyBuckets.LowerBound(index + 1), 0.992, 1);
        }
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(15, 0)]
    [InlineData(16, 1)]
    [InlineData(1_000, 62)]
    [InlineData(5_000_000, 312_500)]
    [InlineData(86_400_000_000_000, 5_400_000_000_000)]
    public void FromTicks_OfTheSystemsNanoseconds_AreUnitsOfSixteen(long ticks, long units)
    {
        Assert.SkipUnless(TimeProvider.System.TimestampFrequency == 1_000_000_000, "The system counts in something else.");

        Assert.Equal((ulong)units, new TimeUnits(TimeProvider.System).FromTicks(ticks));
    }

    [Fact]
    public void FromTicks_TheLargest_DoesNotWrapAround() =>
        Assert.True(new TimeUnits(new ManualTimeProvider()).FromTicks(long.MaxValue) > LatencyBuckets.LowerBound(LatencyBuckets.Count));
}
