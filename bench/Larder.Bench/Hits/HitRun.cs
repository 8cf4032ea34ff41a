using System.Runtime;
using Larder.Bench.Processes;

namespace Larder.Bench.Hits;

/// <summary>One loop on one number of threads, over all rounds.</summary>
internal sealed class HitRun(HitLoop loop, int threads)
{
    private const double SliceNanoseconds = 8_000_000;
    private const int CalibrationReads = 20_000;
    private const int MaxWarmUps = 20;

    private readonly List<double> _rounds = [];
    private int _reads = CalibrationReads;
    private long _allocated;
    private long _allReads;

    public HitLoop Loop => loop;

    public int Threads => threads;

    /// <summary>CPU time of a read, in nanoseconds, by round.</summary>
    public IReadOnlyList<double> Rounds => _rounds;

    public double Median => MedianOf(_rounds);

    public double BytesPerRead => Math.Round((double)_allocated / _allReads, 2);

    /// <summary>
    /// Warms all of them up, again and again until nothing more was compiled meanwhile: on a busy machine the compiler is late, and a loop whose slice was
    /// measured before it was done reads so little in its turn that starting the thread counts.
    /// </summary>
    public static void WarmUp(IReadOnlyCollection<HitRun> runs)
    {
        for (var pass = 0; pass < MaxWarmUps; pass++)
        {
            var compiled = JitInfo.GetCompiledMethodCount();
            foreach (var run in runs)
            {
                run.WarmUp();
            }

            if (JitInfo.GetCompiledMethodCount() == compiled)
            {
                return;
            }
        }
    }

    private void WarmUp()
    {
        for (var i = 0; i < 10; i++)
        {
            loop.Run(i, CalibrationReads);
        }

        var start = ThreadClock.Nanoseconds;
        loop.Run(0, CalibrationReads);
        _reads = (int)Math.Clamp(SliceNanoseconds / (ThreadClock.Nanoseconds - start) * CalibrationReads, 2_000, 20_000_000);
    }

    public void RunRound()
    {
        var results = new (long Cpu, long Allocated)[threads];
        using var barrier = new Barrier(threads);
        var workers = Enumerable.Range(0, threads).Select(index => new Thread(() =>
        {
            barrier.SignalAndWait();
            var allocated = GC.GetAllocatedBytesForCurrentThread();
            var cpu = ThreadClock.Nanoseconds;
            loop.Run(index * 7919, _reads);
            results[index] = (ThreadClock.Nanoseconds - cpu, GC.GetAllocatedBytesForCurrentThread() - allocated);
        })).ToArray();
        foreach (var worker in workers)
        {
            worker.Start();
        }

        foreach (var worker in workers)
        {
            worker.Join();
        }

        _rounds.Add(results.Sum(result => result.Cpu) / ((double)threads * _reads));
        _allocated += results.Sum(result => result.Allocated);
        _allReads += (long)threads * _reads;
    }

    /// <summary>The median of the ratios within each round, where both had the same neighbours on the machine.</summary>
    public double RatioTo(HitRun other) => MedianOf(_rounds.Zip(other._rounds, (mine, its) => mine / its));

    public double DifferenceTo(HitRun other) => MedianOf(_rounds.Zip(other._rounds, (mine, its) => mine - its));

    private static double MedianOf(IEnumerable<double> values)
    {
        var sorted = values.Order().ToArray();
        return sorted.Length % 2 == 1 ? sorted[sorted.Length / 2] : (sorted[(sorted.Length / 2) - 1] + sorted[sorted.Length / 2]) / 2;
    }
}
