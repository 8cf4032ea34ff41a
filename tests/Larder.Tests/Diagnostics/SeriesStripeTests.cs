using Larder.Diagnostics;

namespace Larder.Tests.Diagnostics;

public sealed class SeriesStripeTests
{
    // A series gives each core a stripe, so that its threads hardly ever meet in one. Here they all do.
    [Fact]
    public async Task Add_ThreadsOnOneStripe_LosesNothing()
    {
        const int Threads = 4;
        const int Each = 500_000;
        const int Bucket = 7;
        var stripe = new SeriesStripe();
        using var start = new Barrier(Threads);
        await Task.WhenAll(Enumerable.Range(0, Threads).Select(thread => Task.Factory.StartNew(
            () =>
            {
                start.SignalAndWait();
                for (var i = 0; i < Each; i++)
                {
                    stripe.Add(Bucket, CacheOutcome.Hit, ResultClass.Success, ticks: 2, bytes: 3);
                }

                stripe.Add(Bucket, CacheOutcome.Miss, ResultClass.Success, ticks: 1 + (100 * thread), bytes: 0);
            },
            CancellationToken.None,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default)));

        Assert.Multiple(
            () => Assert.Equal((uint)((Threads * Each) + Threads), stripe.Bucket(Bucket)),
            () => Assert.Equal(Threads * Each, stripe.Total(FrameLayout.CountTotal(CacheOutcome.Hit, ResultClass.Success))),
            () => Assert.Equal(Threads * Each * 2L, stripe.Total(FrameLayout.TicksTotal(CacheOutcome.Hit))),
            () => Assert.Equal(Threads * Each * 3L, stripe.Total(FrameLayout.BytesTotal)),
            () => Assert.Equal(1, stripe.ShortestTicks),
            () => Assert.Equal(1 + (100 * (Threads - 1)), stripe.LongestTicks));
    }
}
