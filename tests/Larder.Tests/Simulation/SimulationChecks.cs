using System.Collections.Immutable;
using Larder.Caching;

namespace Larder.Tests.Simulation;

/// <summary>The invariants of the protocol.</summary>
internal sealed class SimulationChecks(SimulationWorld world)
{
    /// <summary>What an answer to a read that arrives now must contain.</summary>
    internal SimulationExpectation Expect(SimulatedNode node, SimulatedKey key, SimulatedClient client, bool usesToken)
    {
        var announced = node.Announced;
        var (fresh, stale) = (announced.All.ToBuilder(), announced.Hard.ToBuilder());
        for (var row = 0; row < SimulatedDatabase.Rows; row++)
        {
            var token = usesToken ? client.Written[row] : 0;
            var bypassed = node.Bypassed.GetValueOrDefault(row);
            var removed = RemovedParts(node, key).Select(visible => visible[row]).DefaultIfEmpty(0).Max();
            fresh[row] = Math.Max(Math.Max(fresh[row], token), Math.Max(bypassed, removed));
            stale[row] = Math.Max(Math.Max(stale[row], token), removed);
        }

        return new(node, key, fresh.ToImmutable(), stale.ToImmutable(), [.. node.Bypassed.Keys]);
    }

    internal void Check(SimulationExpectation expected, SimulatedValue value, bool isStale, CachePolicy policy, bool isHit)
    {
        foreach (var row in expected.Key.Rows)
        {
            // A policy that allows stale answers does not allow one while it is unknown what happened.
            var isBypassed = expected.Bypassed.Contains(row) && expected.Node.Bypassed.ContainsKey(row);
            var least = isStale && !isBypassed ? expected.Stale[row] : expected.Fresh[row];
            if (value.Versions[row] < least)
            {
                throw new SimulationViolationException(
                    $"I1, I4: '{expected.Key.Name}' was answered {(isStale ? "stale " : "")}with version {value.Versions[row]} of row {row}; the caller must see {least}.");
            }

            if (isStale && isHit && expected.Node.KnewOfLater(row, value.Versions[row]) is var since && since < world.Elapsed - policy.StaleAfterInvalidation)
            {
                throw new SimulationViolationException(
                    $"'{expected.Key.Name}' was answered stale at {world.Elapsed}, though row {row} was known to be newer at {since}.");
            }
        }

        if (policy.IsStrict && isHit)
        {
            CheckStrict(expected, value);
        }
    }

    /// <summary>I6: whatever is stored contains what the records up to its P0 announce.</summary>
    internal void CheckStores()
    {
        foreach (var node in world.Nodes)
        {
            foreach (var key in SimulatedKey.All)
            {
                if (node.Cache.Engine.Store.TryGet(key.Name, out var entry))
                {
                    var announced = world.Log.AnnouncedAt(entry.Epoch, entry.Position).All;
                    var value = (SimulatedValue)entry.Value!;
                    foreach (var row in key.Rows.Where(row => value.Versions[row] < announced[row]))
                    {
                        throw new SimulationViolationException(
                            $"I6: '{key.Name}' is stored with P0 {entry.Position} and version {value.Versions[row]} of row {row}; {announced[row]} is announced by then.");
                    }
                }
            }
        }
    }

    /// <summary>I2: at rest, every fresh entry equals its query.</summary>
    internal void CheckAtRest()
    {
        foreach (var node in world.Nodes)
        {
            foreach (var key in SimulatedKey.All)
            {
                if (node.Cache.TryGet<SimulatedValue>(key.Name, out var value) && !value.Versions.SequenceEqual(SimulatedValue.Of(key, world.Database.Visible).Versions))
                {
                    throw new SimulationViolationException($"I2: at rest '{key.Name}' is served as {value} and is {SimulatedValue.Of(key, world.Database.Visible)}.");
                }
            }
        }
    }

    // I5: a strict hit contains what was in the log a bound ago.
    private void CheckStrict(SimulationExpectation expected, SimulatedValue value)
    {
        if (expected.Node.HasOwnLog)
        {
            return;
        }

        var announced = world.Log.AnnouncedBefore(world.Elapsed - SimulationWorld.LagBound).All;
        foreach (var row in expected.Key.Rows.Where(row => value.Versions[row] < announced[row]))
        {
            throw new SimulationViolationException($"I5: a strict read of '{expected.Key.Name}' got version {value.Versions[row]} of row {row}, {announced[row]} was in the log.");
        }
    }

    // What is composed is made anew of its parts, which may be as they were; so only the parts' own removals count.
    private static IEnumerable<ImmutableArray<long>> RemovedParts(SimulatedNode node, SimulatedKey key) =>
        key.Parts.Length > 0 ? key.Parts.SelectMany(part => RemovedParts(node, SimulatedKey.Named(part)))
        : node.Removed.TryGetValue(key.Name, out var visible) ? [visible] : [];
}

/// <summary>The versions that an answer must have at least, and those that a stale one must.</summary>
internal sealed record SimulationExpectation(SimulatedNode Node, SimulatedKey Key, ImmutableArray<long> Fresh, ImmutableArray<long> Stale, ImmutableArray<int> Bypassed);
