namespace Larder.Bench.Http;

/// <summary>One variant over all rounds.</summary>
internal sealed class HttpMeasurement(HttpVariant variant)
{
    private readonly List<double> _cpu = [];
    private readonly List<double> _allocated = [];
    private readonly List<double> _rates = [];

    public HttpVariant Variant { get; } = variant;

    public double CpuMicroseconds => Median(_cpu);

    public double? AllocatedBytes => Variant.AllocatedBytes is null ? null : Median(_allocated);

    public double PerSecond => Median(_rates);

    public async Task RunAsync(int clientCore, TimeSpan slice, CancellationToken cancellationToken)
    {
        var allocated = await AllocatedAsync(cancellationToken);
        var cpu = Variant.Cpu();
        var run = await WrkRun.RunAsync(Variant.Address, Variant.Headers, clientCore, slice, cancellationToken);
        _cpu.Add(Variant.Cpu().MicrosecondsSince(cpu) / run.Requests);
        _allocated.Add((double)(await AllocatedAsync(cancellationToken) - allocated) / run.Requests);
        _rates.Add(run.PerSecond);
    }

    /// <summary>The median of the ratios within each round, where both had the same neighbours on the machine.</summary>
    public double RatioTo(HttpMeasurement other) => Median([.. _cpu.Zip(other._cpu, (mine, its) => mine / its)]);

    private async Task<long> AllocatedAsync(CancellationToken cancellationToken) =>
        Variant.AllocatedBytes is { } allocated ? await allocated(cancellationToken) : 0;

    private static double Median(List<double> values)
    {
        var sorted = values.Order().ToArray();
        return sorted.Length % 2 == 1 ? sorted[sorted.Length / 2] : (sorted[(sorted.Length / 2) - 1] + sorted[sorted.Length / 2]) / 2;
    }
}
