namespace Larder.Bench.Views;

/// <summary>One variant at one concurrency, over all rounds.</summary>
internal sealed class Measurement(Variant variant, int concurrency)
{
    private readonly List<LoadRun> _rounds = [];
    private double _cpu;
    private double? _databaseCpu;

    public Variant Variant { get; } = variant;

    public int Concurrency { get; } = concurrency;

    public double Median => MedianOf(_rounds.Select(round => round.MedianMicroseconds));

    public double P95 => MedianOf(_rounds.Select(round => round.P95Microseconds));

    public double Bytes => MedianOf(_rounds.Select(round => round.BytesPerView));

    /// <summary>Of the process that answers.</summary>
    public double CpuPerView => _cpu / Views;

    /// <summary>Of the database's own processes; null: it has none, or they are not known.</summary>
    public double? DatabaseCpuPerView => _databaseCpu / Views;

    private double Views => _rounds.Sum(round => (double)round.Views);

    public void Add(LoadRun round, double cpuMicroseconds, double? databaseCpuMicroseconds)
    {
        _rounds.Add(round);
        _cpu += cpuMicroseconds;
        _databaseCpu = databaseCpuMicroseconds is { } more ? (_databaseCpu ?? 0) + more : null;
    }

    /// <summary>The medians' ratio, taken within each round, where both had the same neighbours on the machine.</summary>
    public double RatioTo(Measurement other) =>
        MedianOf(_rounds.Zip(other._rounds, (mine, its) => mine.MedianMicroseconds / its.MedianMicroseconds));

    /// <summary>The ratio of CPU time a view, of the application and the database together: what a busy machine does not distort.</summary>
    public double CpuRatioTo(Measurement other) =>
        (CpuPerView + (DatabaseCpuPerView ?? 0)) / (other.CpuPerView + (other.DatabaseCpuPerView ?? 0));

    private static double MedianOf(IEnumerable<double> values)
    {
        var sorted = values.Order().ToArray();
        return sorted.Length % 2 == 1 ? sorted[sorted.Length / 2] : (sorted[(sorted.Length / 2) - 1] + sorted[sorted.Length / 2]) / 2;
    }
}
