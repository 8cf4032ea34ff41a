namespace Larder.Bench.Workload;

/// <summary>What the ERP is asked: reads and writes in a fixed proportion, the same sequence for the same seed and the same data.</summary>
internal sealed class ErpWorkload
{
    public const int DefaultSeed = 240_607;

    private readonly Random _random;
    private readonly double _writeShare;
    private readonly WorkloadReads _reads;
    private readonly WorkloadWrites _writes;

    private ErpWorkload(Random random, double writeShare, WorkloadReads reads, WorkloadWrites writes) =>
        (_random, _writeShare, _reads, _writes) = (random, writeShare, reads, writes);

    /// <param name="writeShare">0 to 1.</param>
    public static async Task<ErpWorkload> PrepareAsync(string connectionString, DateOnly day, double writeShare, int seed = DefaultSeed)
    {
        var random = new Random(seed);
        var population = await Population.ReadAsync(connectionString, random);
        return new ErpWorkload(random, writeShare, new WorkloadReads(random, population, day), new WorkloadWrites(random, population));
    }

    public WorkloadOperation Next() => _random.NextDouble() < _writeShare ? _writes.Next() : _reads.Next();
}
