namespace Larder.Bench.Workload;

/// <summary>What a run of the workload cost.</summary>
internal sealed class WorkloadFigures
{
    public int Reads { get; private set; }

    public int Writes { get; private set; }

    /// <summary>Writes that the ERP refused: 4xx.</summary>
    public int Refused { get; private set; }

    /// <summary>Reads that were not answered with 200, and errors of the server.</summary>
    public int Failed { get; private set; }

    /// <summary>Sections of views that came from the cache.</summary>
    public long SectionHits { get; set; }

    /// <summary>Sections that were read.</summary>
    public long SectionMisses { get; set; }

    /// <summary>What was executed for them at the database: the sections' statements and the probes of lookups.</summary>
    public long Statements { get; set; }

    /// <summary>Of this process.</summary>
    public TimeSpan Cpu { get; set; }

    public double HitRate => (double)SectionHits / Math.Max(1, SectionHits + SectionMisses);

    public double CpuMicrosecondsPerRequest => Cpu.TotalMicroseconds / Math.Max(1, Reads + Writes);

    public double RefusedShare => (double)Refused / Math.Max(1, Writes);

    public void Count(WorkloadOperation operation, WorkloadAnswer answer)
    {
        Reads += operation.IsWrite ? 0 : 1;
        Writes += operation.IsWrite ? 1 : 0;
        var isRefused = operation.IsWrite && answer.Status is >= 400 and < 500;
        Refused += isRefused ? 1 : 0;
        Failed += answer.IsSuccess || isRefused ? 0 : 1;
    }
}
