using System.Runtime.InteropServices;

namespace Larder.Bench.Costs;

/// <summary>What came of the rounds: the median, and between what half of them lay.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct CostFigure(double Nanoseconds, double Low, double High, double Bytes)
{
    public static CostFigure Of(IEnumerable<CostSample> samples)
    {
        var all = samples.ToArray();
        double[] times = [.. all.Select(sample => sample.Nanoseconds).Order()];
        double[] bytes = [.. all.Select(sample => sample.Bytes).Order()];
        return new(At(times, 0.5), At(times, 0.25), At(times, 0.75), At(bytes, 0.5));
    }

    private static double At(double[] sorted, double part)
    {
        var place = part * (sorted.Length - 1);
        var (low, high) = ((int)Math.Floor(place), (int)Math.Ceiling(place));
        return sorted[low] + ((sorted[high] - sorted[low]) * (place - low));
    }
}
