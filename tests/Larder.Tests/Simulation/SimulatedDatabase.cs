using System.Collections.Immutable;

namespace Larder.Tests.Simulation;

/// <summary>
/// Rows with rising versions. A commit is durable first and visible to new snapshots later; a replica follows what is visible. A row is locked
/// from its commit until that is visible, so its versions become visible in their order.
/// </summary>
internal sealed class SimulatedDatabase
{
    internal const int Rows = 4;

    private readonly bool[] _locked = new bool[Rows];
    private long _lastVersion;

    internal ImmutableArray<long> Visible { get; private set; } = [.. new long[Rows]];

    internal ImmutableArray<long> Replica { get; private set; } = [.. new long[Rows]];

    internal bool TryLock(int row)
    {
        var wasFree = !_locked[row];
        _locked[row] = true;
        return wasFree;
    }

    internal long NextVersion() => ++_lastVersion;

    internal void MakeVisible(int row, long version) => Visible = Visible.SetItem(row, version);

    internal void Unlock(int row) => _locked[row] = false;

    internal void Replicate() => Replica = Visible;
}
