using Larder.Memory;
using Larder.Views.Execution;

namespace Larder.Bench.Workload;

/// <summary>
/// The truth: a second host on the same database whose cache is emptied before every request, so that it answers from the database, and holds
/// afterwards just the sections of that answer under the keys that the first host uses too.
/// </summary>
internal sealed class SectionReference(WorkloadHost host) : IAsyncDisposable
{
    public async Task<WorkloadAnswer> ReadAsync(string target)
    {
        host.Cache.Engine.Store.RemoveWhere(true, static (all, _) => all);
        return await host.GetAsync(target);
    }

    /// <summary>The keys of the sections that were read last.</summary>
    public IEnumerable<string> Keys => host.Cache.Engine.Store.Entries().Where(entry => entry.Value is SectionFragment).Select(entry => entry.Key);

    /// <summary>Whether what was read last has the same section in it. A section that is not there, because it is not found any more, has changed.</summary>
    public bool HasSame(MemoryEntry entry) =>
        host.Cache.Engine.Store.TryGet(entry.Key, out var found) && JsonOf(found).Span.SequenceEqual(JsonOf(entry).Span);

    public ValueTask DisposeAsync() => host.DisposeAsync();

    private static ReadOnlyMemory<byte> JsonOf(MemoryEntry entry) => ((SectionFragment)entry.Value!).Json;
}
