using Larder.Caching;
using Larder.Freshness;

namespace Larder.Tests.Simulation;

/// <summary>One get-or-create, step by step, with the product's lookups, flights and scopes. The loads are its own.</summary>
internal sealed class SimulatedRead(
    SimulationWorld world, SimulatedNode node, SimulatedKey key, Func<SimulatedKey, CachePolicy> policyOf, WriteToken token, ReadScope? outer)
{
    /// <summary>The answer; null: its load failed.</summary>
    internal SimulatedValue? Value { get; private set; }

    internal bool IsStale { get; private set; }

    internal bool IsHit { get; private set; }

    internal IEnumerable<object?> Run()
    {
        var early = world.Defect == SimulationDefect.P0AfterTheSnapshot ? SimulatedValue.Of(key, world.Database.Visible) : null;
        if (early is not null)
        {
            yield return null;
        }

        var lookup = node.Cache.BeginLoad<SimulatedValue>(key.Name, [key.Name], policyOf(key), token);
        while (!TryTake(lookup))
        {
            var flight = lookup.Flight!;
            world.Say(node, $"{key.Name} is {(flight.IsLeader ? "to be loaded" : "joined or queued")}");
            if (flight.IsLeader)
            {
                world.StartReader(Load(flight, early).GetEnumerator());
            }

            while (!flight.IsReady)
            {
                yield return null;
            }

            if (TryFinish(flight))
            {
                yield break;
            }

            lookup = node.Cache.BeginLoadAgain<SimulatedValue>(flight.Request);
        }
    }

    private bool TryTake(CacheLookup<SimulatedValue> lookup)
    {
        if (!lookup.IsHit)
        {
            return false;
        }

        if (lookup.Refresh is { } refresh)
        {
            if (lookup.IsStale && world.Defect == SimulationDefect.StaleStampedAnew)
            {
                refresh.Complete(lookup.Value, policyOf(key));
            }
            else
            {
                world.StartReader(Load(refresh, early: null).GetEnumerator());
            }
        }

        (Value, IsStale, IsHit) = (lookup.Value, lookup.IsStale, true);
        world.Say(node, $"{key.Name} is a {(IsStale ? "stale " : "")}hit with {Value}, P0 {lookup.Part!.Epoch}.{lookup.Part.Position}");
        outer?.AddPart(lookup.Part!, lookup.CheckedAt, lookup.IsStale);
        (world.Counts.Hits, world.Counts.Stale) = (world.Counts.Hits + (IsStale ? 0 : 1), world.Counts.Stale + (IsStale ? 1 : 0));
        return true;
    }

    private bool TryFinish(CacheFlight<SimulatedValue> flight)
    {
        CacheAnswer<SimulatedValue> answer;
        try
        {
            // It is ready, so this does not wait.
            answer = flight.AnswerAsync(CancellationToken.None).AsTask().GetAwaiter().GetResult();
        }
        catch (IOException)
        {
            outer?.MarkNotStorable("a part failed");
            return true;
        }

        if (answer.Kind != CacheAnswerKind.Usable)
        {
            world.Counts.AskedAgain++;
            return false;
        }

        (Value, IsStale) = (answer.Value, answer.IsStale);
        world.Say(node, $"{key.Name} is answered with {Value}{(flight.IsLeader ? "" : ", joined")}{(IsStale ? ", stale" : "")}");
        outer?.AddPart(answer.Part!, answer.CheckedAt, answer.IsStale);
        if (answer.NotStorable is { } reason)
        {
            outer?.MarkNotStorable(reason);
        }

        (world.Counts.Loaded, world.Counts.Joined) = (world.Counts.Loaded + (flight.IsLeader ? 1 : 0), world.Counts.Joined + (flight.IsLeader ? 0 : 1));
        return true;
    }

    private IEnumerable<object?> Load(CacheFlight<SimulatedValue> flight, SimulatedValue? early)
    {
        yield return null;
        var parts = new List<SimulatedValue>();
        foreach (var part in key.Parts)
        {
            var read = new SimulatedRead(world, node, SimulatedKey.Named(part), policyOf, flight.IsRefresh ? default : token, flight.Reads);
            foreach (var pause in read.Run())
            {
                yield return pause;
            }

            if (read.Value is { } value)
            {
                parts.Add(value);
            }
        }

        if (parts.Count < key.Parts.Length || world.Random.Next(12) == 0)
        {
            flight.Fail(new IOException("The source is away."));
        }
        else
        {
            var value = key.Parts.Length > 0 ? SimulatedValue.Merge(parts) : early ?? ReadRows(flight);
            yield return null;
            flight.Complete(value, policyOf(key));
            world.Say(node, $"{key.Name} was loaded from {flight.Reads.Start!.View.Epoch}.{flight.Reads.Start.Applied} as {value}{(flight.IsRefresh ? " to refresh" : "")}");
        }

        if (flight.IsRefresh)
        {
            flight.Dispose();
        }
    }

    /// <summary>
    /// A replica is read only when it has replayed all that the node had applied when the load began, and all that was visible when the log's
    /// epoch began; and when nothing was bypassed then, because that has no position which a replica could be asked for.
    /// </summary>
    private SimulatedValue ReadRows(CacheFlight<SimulatedValue> flight)
    {
        flight.Reads.Report(key.Tags);
        var start = flight.Reads.Start!;
        var announced = world.Log.AnnouncedAt(start.View.Epoch, start.Applied).All;
        var replica = world.Database.Replica;
        var mayReadReplica = world.Defect == SimulationDefect.LaggingReplica
            || (world.Random.Next(3) == 0 && start.Bypass is null && node.Removed.Count == 0 && key.Rows.All(row => replica[row] >= announced[row] && replica[row] >= world.Log.VisibleAtEpoch[row]));
        return SimulatedValue.Of(key, mayReadReplica ? replica : world.Database.Visible);
    }
}
