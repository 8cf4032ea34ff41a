using System.Collections.Immutable;
using Larder.Caching;
using Larder.Freshness;

namespace Larder.Tests.Simulation;

/// <summary>Somebody who writes and reads, at any node, and keeps the token of the last write.</summary>
internal sealed class SimulatedClient(SimulationWorld world)
{
    private static readonly CachePolicy Plain = new("plain", TimeSpan.FromSeconds(20)) { Jitter = 0 };

    private static readonly CachePolicy[] Policies =
    [
        Plain,
        Plain with { EagerRefresh = 0.2 },
        Plain with { StaleWhileRevalidate = TimeSpan.FromSeconds(10), StaleIfError = TimeSpan.FromSeconds(20), Duration = TimeSpan.FromSeconds(3) },
        Plain with { StaleAfterInvalidation = TimeSpan.FromSeconds(4) },
        Plain with { IsStrict = true },
    ];

    private WriteToken _token;

    /// <summary>What its token stands for.</summary>
    internal ImmutableArray<long> Written { get; private set; } = [.. new long[SimulatedDatabase.Rows]];

    internal void StartSomething()
    {
        var random = world.Random;
        var node = world.Nodes[random.Next(world.Nodes.Length)];
        var key = SimulatedKey.All[random.Next(SimulatedKey.All.Length)];
        switch (random.Next(20))
        {
            case < 6:
                world.StartWriter(Write(node).GetEnumerator());
                break;
            case 6 when key.Parts.Length == 0:
                world.StartReader(Set(node, key).GetEnumerator());
                break;
            case 7 when node.HasOwnLog && !node.IsApplying:
                node.Remove(key, random);
                break;
            default:
                world.StartReader(Read(node, key, usesToken: random.Next(2) == 0).GetEnumerator());
                break;
        }
    }

    private IEnumerable<object?> Write(SimulatedNode node)
    {
        var row = world.Random.Next(SimulatedDatabase.Rows);
        if (!world.Database.TryLock(row))
        {
            yield break;
        }

        var version = world.Database.NextVersion();
        var writes = new WriteSet(SimulatedKey.Table, SimulatedKey.Row(row)) { IsHard = world.Random.Next(5) == 0 };
        (int Row, long Version)[] announced = [(row, version)];
        var isEarly = world.Defect is SimulationDefect.PublishBeforeCommit or SimulationDefect.FeedBeforeVisibility;
        world.Counts.Writes++;
        if (world.Random.Next(6) == 0 && !isEarly)
        {
            foreach (var pause in WriteUnsure(node, row, version, writes))
            {
                yield return pause;
            }

            yield break;
        }

        // Durable: with either mistake the log hears of it now.
        yield return null;
        var token = default(WriteToken);
        if (isEarly)
        {
            while (node.IsApplying)
            {
                yield return null;
            }

            token = node.Append(writes, announced);
            yield return null;
        }

        world.Database.MakeVisible(row, version);
        world.Say(node, $"row {row} has version {version}");
        world.Database.Unlock(row);
        yield return null;
        while (FreshnessNode.Has(node.Node.Now, token) is not true || token.IsNone)
        {
            // Not in the log yet, or the log lost it.
            if (!node.IsApplying && (token.IsNone || FreshnessNode.Has(node.Node.Now, token) is false || token.Epoch != Epoch(node) || token.Seq > Last(node)))
            {
                token = node.Append(writes, announced);
            }

            yield return null;
        }

        // A client keeps the newest of its tokens, whichever write ends last.
        _token = (_token.Epoch, _token.Seq).CompareTo((token.Epoch, token.Seq)) > 0 ? _token : token;
        Written = Written.SetItem(row, Math.Max(Written[row], version));
    }

    /// <summary>The commit ends in an error: it may have happened, and somebody finds out later.</summary>
    private IEnumerable<object?> WriteUnsure(SimulatedNode node, int row, long version, WriteSet writes)
    {
        var isCommitted = world.Random.Next(2) == 0;
        var isVisibleFirst = world.Random.Next(2) == 0;
        yield return null;
        if (isCommitted && isVisibleFirst)
        {
            world.Database.MakeVisible(row, version);
            yield return null;
        }

        while (node.IsApplying)
        {
            yield return null;
        }

        var bypassed = writes with { };
        node.Node.Bypass(bypassed);
        world.Say(node, $"bypasses row {row}, version {version}, committed {isCommitted}");
        node.Bypassed[row] = world.Database.Visible[row] == version ? version : 0;
        yield return null;
        if (isCommitted)
        {
            world.Database.MakeVisible(row, version);
            yield return null;
        }

        // The bypass ends last: by then this node has applied the record.
        var token = default(WriteToken);
        while (isCommitted && (token.IsNone || FreshnessNode.Has(node.Node.Now, token) is not true))
        {
            if (!node.IsApplying && (token.IsNone || FreshnessNode.Has(node.Node.Now, token) is false || token.Epoch != Epoch(node) || token.Seq > Last(node)))
            {
                token = node.Append(writes, [(row, version)]);
            }

            yield return null;
        }

        while (node.IsApplying)
        {
            yield return null;
        }

        node.Bypassed.Remove(row);
        node.Node.EndBypass(bypassed);
        world.Say(node, $"ends the bypass of row {row}");
        world.Database.Unlock(row);
    }

    private ulong Epoch(SimulatedNode node) => node.HasOwnLog ? node.OwnEpoch : world.Log.Epoch;

    private long Last(SimulatedNode node) => node.HasOwnLog ? long.MaxValue : world.Log.Last;

    private IEnumerable<object?> Set(SimulatedNode node, SimulatedKey key)
    {
        var scope = new ReadScope { Start = node.Node.Now };
        yield return null;
        var value = SimulatedValue.Of(key, world.Database.Visible);
        scope.Report(key.Tags);
        yield return null;
        node.Cache.Set(key.Name, value, PolicyOf(key), scope, [key.Name]);
    }

    private IEnumerable<object?> Read(SimulatedNode node, SimulatedKey key, bool usesToken)
    {
        var expected = world.Checks.Expect(node, key, this, usesToken);
        var token = usesToken && world.Defect != SimulationDefect.TokenNotLookedAt ? _token : default;
        for (var patience = world.Random.Next(6); patience > 0 && FreshnessNode.Has(node.Node.Now, token) is null; patience--)
        {
            yield return null;
        }

        if (FreshnessNode.Has(node.Node.Now, token) is not true)
        {
            yield return null;
            world.Counts.PastTheCache++;
            world.Checks.Check(expected, SimulatedValue.Of(key, world.Database.Visible), isStale: false, Plain, isHit: false);
            yield break;
        }

        world.Say(node, $"read of {key.Name} arrives, token {token}, must see {string.Join(',', expected.Fresh)}");
        var obtained = new SimulatedRead(world, node, key, PolicyOf, token, outer: null);
        foreach (var pause in obtained.Run())
        {
            yield return pause;
        }

        if (obtained.Value is { } value)
        {
            world.Checks.Check(expected, value, obtained.IsStale, PolicyOf(key), obtained.IsHit);
        }
    }

    // The same for every client, as a policy belongs to a view.
    private static CachePolicy PolicyOf(SimulatedKey key) => Policies[Array.IndexOf(SimulatedKey.All, key) % Policies.Length];
}
