using System.Collections.Immutable;
using Larder.Caching;
using Larder.Freshness;

namespace Larder.Tests.Simulation;

/// <summary>The answer of a query: the versions of the rows it reads; -1 for the others.</summary>
internal sealed record SimulatedValue(ImmutableArray<long> Versions) : ICacheSized
{
    public long SizeInBytes => 64;

    public bool SaysTheSame(object? other) => other is SimulatedValue value && Versions.SequenceEqual(value.Versions);

    internal static SimulatedValue Of(SimulatedKey key, ImmutableArray<long> rows) =>
        new([.. rows.Select((version, row) => key.Rows.Contains(row) ? version : -1)]);

    internal static SimulatedValue Merge(IEnumerable<SimulatedValue> parts) =>
        new([.. Enumerable.Range(0, SimulatedDatabase.Rows).Select(row => parts.Select(part => part.Versions[row]).Where(version => version >= 0).DefaultIfEmpty(-1).Min())]);

    public override string ToString() => string.Join(',', Versions);
}

/// <summary>A cached query: rows read by their keys, the whole table, or a composition of others.</summary>
internal sealed record SimulatedKey(string Name, int[] Rows, bool IsTable, string[] Parts)
{
    internal static readonly Tag Table = Tag.Coarse("t");

    internal static readonly SimulatedKey[] All =
    [
        .. Enumerable.Range(0, SimulatedDatabase.Rows).Select(row => new SimulatedKey($"row{row}", [row], false, [])),
        new("table", [0, 1, 2, 3], true, []),
        new("pair", [0, 1], false, ["row0", "row1"]),
        new("nested", [0, 1, 2], false, ["pair", "row2"]),
    ];

    internal static SimulatedKey Named(string name) => All.First(key => key.Name == name);

    internal static Tag Row(int row) => Tag.Fine($"t.id={row}");

    internal Tag[] Tags => IsTable ? [Table] : [.. Rows.Select(Row)];
}
