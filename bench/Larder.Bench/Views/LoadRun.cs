using System.Diagnostics;

namespace Larder.Bench.Views;

/// <summary>One variant for some time: so many callers, each asking for the next random product as soon as it has its answer.</summary>
/// <param name="MedianMicroseconds">Of all calls of this slice.</param>
/// <param name="P95Microseconds">Of all calls of this slice.</param>
/// <param name="Views">How many were read.</param>
/// <param name="BytesPerView">What a client received.</param>
internal sealed record LoadRun(double MedianMicroseconds, double P95Microseconds, int Views, double BytesPerView)
{
    private const int ExpectedCalls = 8192;
    private const int MostCallers = 100;

    /// <param name="seed">The same seed asks for the same products.</param>
    public static async Task<LoadRun> RunAsync(Variant variant, int concurrency, TimeSpan duration, long[] ids, int seed, CancellationToken cancellationToken)
    {
        var end = Stopwatch.GetTimestamp() + (long)(duration.TotalSeconds * Stopwatch.Frequency);
        var callers = new Task<(List<long> Ticks, long Bytes)>[concurrency];
        for (var i = 0; i < concurrency; i++)
        {
            var random = new Random((seed * MostCallers) + i);
            callers[i] = Task.Run(() => CallAsync(variant, concurrency > 1, end, ids, random, cancellationToken), cancellationToken);
        }

        var results = await Task.WhenAll(callers);
        cancellationToken.ThrowIfCancellationRequested();
        var ticks = results.SelectMany(result => result.Ticks).ToArray();
        Array.Sort(ticks);
        return new LoadRun(Percentile(ticks, 0.5), Percentile(ticks, 0.95), ticks.Length, (double)results.Sum(result => result.Bytes) / ticks.Length);
    }

    private static async Task<(List<long> Ticks, long Bytes)> CallAsync(
        Variant variant, bool sharesThreads, long end, long[] ids, Random random, CancellationToken cancellationToken)
    {
        var ticks = new List<long>(ExpectedCalls);
        var bytes = 0L;
        for (var now = Stopwatch.GetTimestamp(); now < end && !cancellationToken.IsCancellationRequested;)
        {
            var id = ids[random.Next(ids.Length)];
            if (sharesThreads)
            {
                // As a request does: it queues for a thread, and what it waits for one is part of its time. SQLite never yields by itself.
                await Task.Yield();
            }

            bytes += await variant.RunAsync(id);
            var done = Stopwatch.GetTimestamp();
            ticks.Add(done - now);
            now = done;
        }

        return (ticks, bytes);
    }

    private static double Percentile(long[] sorted, double fraction) =>
        sorted[Math.Min(sorted.Length - 1, (int)(sorted.Length * fraction))] * 1_000_000.0 / Stopwatch.Frequency;
}
