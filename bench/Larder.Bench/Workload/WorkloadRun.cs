namespace Larder.Bench.Workload;

/// <summary>Runs the workload for its figures, with nothing else going on.</summary>
internal static class WorkloadRun
{
    /// <param name="warmUp">Operations before those that count.</param>
    public static async Task<WorkloadFigures> MeasureAsync(WorkloadHost host, ErpWorkload workload, WorkloadClock clock, int warmUp, int operations)
    {
        await RunAsync(host, workload, clock, warmUp, new WorkloadFigures());
        var figures = new WorkloadFigures();
        var (hits, misses, statements, cpu) = (host.SectionHits, host.SectionMisses, host.Statements, Environment.CpuUsage.TotalTime);
        await RunAsync(host, workload, clock, operations, figures);
        figures.Cpu = Environment.CpuUsage.TotalTime - cpu;
        figures.SectionHits = host.SectionHits - hits;
        figures.SectionMisses = host.SectionMisses - misses;
        figures.Statements = host.Statements - statements;
        return figures;
    }

    private static async Task RunAsync(WorkloadHost host, ErpWorkload workload, WorkloadClock clock, int operations, WorkloadFigures figures)
    {
        for (var i = 0; i < operations; i++)
        {
            clock.Advance();
            var operation = workload.Next();
            var answer = await host.SendAsync(operation.Method, operation.Target, operation.Body);
            operation.Accept(answer);
            figures.Count(operation, answer);
        }
    }
}
