using System.Runtime.InteropServices;

namespace Larder.Bench.Costs;

/// <summary>A piece of work that is measured, and what it took in each round.</summary>
/// <param name="run">Does it as many times as it is told, so that neither the clock nor a delegate counts.</param>
internal sealed class CostSubject(Func<int, Task> run)
{
    // A method that is called often is compiled like one in production; one that loops for long in a single call is not.
    private const int CallsPerSlice = 64;

    private readonly List<CostSample> _samples = [];

    public IReadOnlyList<CostSample> Samples => _samples;

    /// <summary>How often it is done in a round.</summary>
    public int Count { get; set; } = 1;

    private int PerCall => Math.Max(1, Count / CallsPerSlice);

    public async Task RunAsync()
    {
        for (var left = Count; left > 0; left -= PerCall)
        {
            await run(Math.Min(PerCall, left));
        }
    }

    public void Add(CostSample sample) => _samples.Add(sample);
}

/// <summary>What the work took once, on average over one round.</summary>
/// <param name="Nanoseconds">CPU time of the process, on all of its threads.</param>
/// <param name="Bytes">Allocated on all of its threads.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct CostSample(double Nanoseconds, double Bytes)
{
    public static CostSample operator -(CostSample left, CostSample right) => new(left.Nanoseconds - right.Nanoseconds, left.Bytes - right.Bytes);

    public static CostSample operator /(CostSample sample, double divisor) => new(sample.Nanoseconds / divisor, sample.Bytes / divisor);
}
