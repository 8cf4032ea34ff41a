using Larder.Memory;

namespace Larder.Tests.Memory;

/// <summary>Exact, whoever owns which stripe.</summary>
public sealed class StripedCounterTests
{
    private const int ThreadsOfAWave = 2 * StripedCounter.StripeCount;
    private const int Additions = 2_000;
    private const int Waves = 3;

    [Fact]
    public void Sum_OfMoreThreadsThanStripesAndOfLaterOnesWithTheirNumbers_IsExact()
    {
        var counter = new StripedCounter();

        // The numbers of the threads of a wave are given to those of the next.
        for (var wave = 1; wave <= Waves; wave++)
        {
            using var start = new Barrier(ThreadsOfAWave);
            var threads = Enumerable.Range(0, ThreadsOfAWave).Select(_ => new Thread(() =>
            {
                start.SignalAndWait();
                for (var i = 0; i < Additions; i++)
                {
                    counter.Increment();
                }
            })).ToArray();
            Array.ForEach(threads, thread => thread.Start());
            Array.ForEach(threads, thread => thread.Join());

            Assert.Equal((long)wave * ThreadsOfAWave * Additions, counter.Sum);
        }
    }
}
