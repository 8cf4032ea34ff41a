using Larder.Memory;
using Larder.Views.Execution;

namespace Larder.Bench.Workload;

/// <summary>What was found wrong or wasteful in a run.</summary>
internal sealed class FreshnessFindings
{
    public WorkloadFigures Figures { get; } = new();

    /// <summary>Reads whose data differed from the same request answered by the database right after it.</summary>
    public int StaleReads { get; set; }

    /// <summary>The first of them, as requests.</summary>
    public List<string> StaleTargets { get; } = [];

    public InvalidationTally Invalidations { get; } = new();

    /// <summary>Entries that the cache held for fresh at the end of the run.</summary>
    public int FreshAtEnd { get; set; }

    /// <summary>Those of them that the database contradicts: they changed and were not invalidated.</summary>
    public int WrongAtEnd { get; set; }

    public List<string> WrongKeys { get; } = [];
}

/// <summary>Runs the workload and looks at every answer and at every write's effect on the cache. Its cost says nothing: figures come from <see cref="WorkloadRun"/>.</summary>
internal sealed class FreshnessCheck(WorkloadHost host, SectionReference reference, WorkloadClock clock)
{
    private const int Examples = 10;

    private readonly Dictionary<string, string> _targets = new(StringComparer.Ordinal);
    private readonly FreshnessFindings _findings = new();

    /// <summary>Also those that the cache had no part in, which cannot be stale: that the comparison itself finds no difference where there is none.</summary>
    public bool ComparesEveryRead { get; init; }

    /// <param name="judgesWrites">Whether invalidated entries are read again, which takes the longest.</param>
    public async Task<FreshnessFindings> RunAsync(ErpWorkload workload, int operations, bool judgesWrites = true)
    {
        for (var i = 0; i < operations; i++)
        {
            clock.Advance();
            var operation = workload.Next();
            var before = operation.IsWrite && judgesWrites ? FreshEntries() : [];
            var (hits, misses) = (host.SectionHits, host.SectionMisses);
            var answer = await host.SendAsync(operation.Method, operation.Target, operation.Body);
            operation.Accept(answer);
            _findings.Figures.Count(operation, answer);
            if (operation.IsWrite)
            {
                await JudgeAsync(operation.Kind, [.. before.Where(entry => !IsFresh(entry))]);
            }
            else
            {
                var isNew = host.SectionMisses > misses && judgesWrites;
                await CompareAsync(operation, answer, mayBeStale: ComparesEveryRead || host.SectionHits > hits, isNew);
            }
        }

        if (judgesWrites)
        {
            await JudgeTheRestAsync();
        }

        return _findings;
    }

    // What came from the database alone cannot be stale, and what came from the cache alone brings no new key.
    private async Task CompareAsync(WorkloadOperation operation, WorkloadAnswer answer, bool mayBeStale, bool isNew)
    {
        if (!mayBeStale && !isNew)
        {
            return;
        }

        var truth = await reference.ReadAsync(operation.Target);
        if (mayBeStale && answer.Data() != truth.Data())
        {
            _findings.StaleReads++;
            AddExample(_findings.StaleTargets, operation.Target);
        }

        foreach (var key in isNew ? reference.Keys : [])
        {
            _targets.TryAdd(key, operation.Target);
        }
    }

    private async Task JudgeAsync(string write, List<MemoryEntry> invalidated)
    {
        foreach (var group in ByTarget(invalidated))
        {
            await reference.ReadAsync(group.Key);
            foreach (var entry in group)
            {
                _findings.Invalidations.Add(write, SectionOf(entry.Key), !reference.HasSame(entry));
            }
        }
    }

    private async Task JudgeTheRestAsync()
    {
        foreach (var group in ByTarget(FreshEntries()))
        {
            await reference.ReadAsync(group.Key);
            foreach (var entry in group)
            {
                _findings.FreshAtEnd++;
                if (!reference.HasSame(entry))
                {
                    _findings.WrongAtEnd++;
                    AddExample(_findings.WrongKeys, entry.Key);
                }
            }
        }
    }

    private IEnumerable<IGrouping<string, MemoryEntry>> ByTarget(List<MemoryEntry> entries) => entries
        .GroupBy(entry => _targets.GetValueOrDefault(entry.Key) ?? throw new InvalidOperationException($"No request is known that reads {entry.Key}."), StringComparer.Ordinal);

    private List<MemoryEntry> FreshEntries()
    {
        // Sections only: a whole response is as fresh as they are.
        var now = clock.GetTimestamp();
        return [.. host.Cache.Engine.Store.Entries().Where(entry => entry.Value is SectionFragment && entry.ExpiresAt > now && IsFresh(entry))];
    }

    private bool IsFresh(MemoryEntry entry) => host.Cache.Engine.IsFresh(entry, host.Cache.Engine.Node.Now);

    // bff:{app}:{view}/{section}:…
    private static string SectionOf(string key) => key.Split(':')[2];

    private static void AddExample(List<string> examples, string text)
    {
        if (examples.Count < Examples)
        {
            examples.Add(text);
        }
    }
}
