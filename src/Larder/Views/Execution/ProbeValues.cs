using Larder.Caching;
using Larder.Memory;

namespace Larder.Views.Execution;

/// <summary>What a probe gave. Never changes, so that all who look it up share it.</summary>
internal sealed class ProbeValues(IReadOnlyList<object?> values) : ICacheSized
{
    private const int ListBytes = 56;
    private const int ValueBytes = 32;

    public IReadOnlyList<object?> Values { get; } = values;

    public long SizeInBytes { get; } = ListBytes + values.Sum(value => value is string text ? MemoryEntry.SizeOf(text) : ValueBytes);

    // In any order: nobody asks for one.
    public bool SaysTheSame(object? other) => other is ProbeValues probed && probed.Values.ToHashSet().SetEquals(Values);
}
