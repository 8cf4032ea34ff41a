namespace Larder.Bench.Costs;

/// <summary>
/// Measures subjects against each other. Each does its work in slices; in a round each has one, so that what is compared had the same neighbours on the
/// machine, and every other round runs backwards, so that none always comes after the same other one.
/// </summary>
internal sealed class CostMeter(int rounds)
{
    private static readonly TimeSpan Slice = TimeSpan.FromMilliseconds(60);
    private static readonly TimeSpan WarmUp = TimeSpan.FromMilliseconds(800);

    public async Task MeasureAsync(params CostSubject[] subjects)
    {
        foreach (var subject in subjects)
        {
            await WarmUpAsync(subject);
        }

        for (var round = 0; round < rounds; round++)
        {
            foreach (var subject in round % 2 == 0 ? subjects : subjects.Reverse())
            {
                subject.Add(await SampleAsync(subject));
            }
        }
    }

    /// <summary>Finds how much work a slice is, and goes on until the code is compiled as it stays: CPU time, which a busy machine does not shorten.</summary>
    private static async Task WarmUpAsync(CostSubject subject)
    {
        var time = TimeProvider.System;
        var began = Environment.CpuUsage.TotalTime;
        while (Environment.CpuUsage.TotalTime - began < WarmUp)
        {
            var start = time.GetTimestamp();
            await subject.RunAsync();
            var elapsed = time.GetElapsedTime(start);
            subject.Count = elapsed < Slice / 4 ? subject.Count * 2 : Math.Max(1, (int)(subject.Count * (Slice / elapsed)));
        }
    }

    private static async Task<CostSample> SampleAsync(CostSubject subject)
    {
        // What the others left behind is not collected at this one's expense.
        GC.Collect();
        var bytes = GC.GetTotalAllocatedBytes(precise: true);
        var cpu = Environment.CpuUsage.TotalTime;
        await subject.RunAsync();
        cpu = Environment.CpuUsage.TotalTime - cpu;
        bytes = GC.GetTotalAllocatedBytes(precise: true) - bytes;
        return new CostSample(cpu.TotalNanoseconds, bytes) / subject.Count;
    }
}
