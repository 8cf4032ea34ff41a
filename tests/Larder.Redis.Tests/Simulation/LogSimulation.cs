using Larder.Freshness;
using Larder.Redis.Log;
using Larder.Tests;

namespace Larder.Redis.Tests.Simulation;

/// <summary>
/// One run: two to five nodes over one log, writers and readers at all of them, and a server to which everything happens. One thread, one seed.
/// A read with a token must see the write of the token; one without must see what was acknowledged longer ago than the bound, as long as its node
/// does not say that it lags; at its own node a writer always sees what it wrote.
/// </summary>
internal sealed class LogSimulation
{
    internal const int Rows = 4;
    internal static readonly TimeSpan Bound = TimeSpan.FromSeconds(2);
    private const int Steps = 600;
    private const int StepsToRest = 6_000;
    private const int MaxActors = 10;

    private readonly long[] _versions = new long[Rows];
    private readonly bool[] _locked = new bool[Rows];
    private readonly List<Acknowledgement> _acknowledged = [];
    private readonly List<Actor> _actors = [];
    private readonly SimulatedLogNode[] _nodes;
    private bool _isAtRest;
    private int _step;

    internal LogSimulation(int seed, LogDefect defect)
    {
        (Random, Defect) = (new Random(seed), defect);
        Redis = new SimulatedRedis(Random, defect);
        _nodes = [.. Enumerable.Range(0, Random.Next(2, 6)).Select(_ => new SimulatedLogNode(this))];
    }

    internal ManualTimeProvider Time { get; } = new();

    internal Random Random { get; }

    internal LogDefect Defect { get; }

    internal SimulatedRedis Redis { get; }

    /// <summary>The second level: of each row what some node loaded, and of which position.</summary>
    internal Dictionary<int, (long Version, ulong Epoch, long Position)> Shared { get; } = [];

    internal LogCounts Counts { get; } = new();

    /// <summary>What happened, for a run that is looked into; null: nobody asks.</summary>
    internal List<string>? Trace { get; init; }

    /// <summary>Whether an answer comes back; otherwise its connection is lost with it.</summary>
    internal bool IsDelivered() => _isAtRest || Random.Next(12) != 0;

    internal void Run()
    {
        for (_step = 0; _step < Steps; _step++)
        {
            Step();
        }

        Redis.IsDown = false;
        _isAtRest = true;
        for (var i = 0; i < StepsToRest && !(_actors.Count == 0 && _nodes.All(IsCurrent)); i++)
        {
            _step++;
            StepActor();
            var node = _nodes[i % _nodes.Length];
            node.StoppedUntil = 0;
            node.StepReader();
            node.StepQuestion();
            Time.Advance(TimeSpan.FromMilliseconds(1));
        }

        if (_actors.Count > 0 || !_nodes.All(IsCurrent))
        {
            throw new LogViolationException($"The run does not come to rest: {_actors.Count} are left, {_nodes.Count(node => !IsCurrent(node))} nodes do not follow.");
        }

        CheckAtRest();
        Counts.Renewals += Redis.Renewals;
    }

    private bool IsCurrent(SimulatedLogNode node)
    {
        var tail = Redis.Run(null, refused: 0);
        return node.Node.Now.View.Epoch == tail.Epoch && node.Node.Now.Applied >= tail.Seq && !node.IsLagging;
    }

    private void Step()
    {
        var node = _nodes[Random.Next(_nodes.Length)];
        switch (Random.Next(100))
        {
            case < 34:
                StepActor();
                break;
            case < 62 when node.StoppedUntil <= _step:
                node.StepReader();
                break;
            case < 74 when node.StoppedUntil <= _step:
                node.StepQuestion();
                break;
            case < 82:
                Time.Advance(TimeSpan.FromMilliseconds(Random.Next(1, 700)));
                break;
            case 82:
                Say($"server: {Redis.Break()}");
                break;
            case 83:
                Redis.IsDown = Random.Next(3) == 0;
                break;
            case 84:
                Redis.Save();
                break;
            case 85 when Random.Next(3) == 0:
                node.StoppedUntil = _step + Random.Next(10, 80);
                break;
            case 86:
                Restart(Array.IndexOf(_nodes, node));
                break;
            default:
                if (_actors.Count < MaxActors)
                {
                    var writes = Random.Next(3) == 0;
                    _actors.Add(new(node, writes, (writes ? Write(node) : Read(node)).GetEnumerator()));
                }

                break;
        }
    }

    // A process that ends takes its requests with it. None that has committed and not published: that needs a feed of the database.
    private void Restart(int index)
    {
        if (!_actors.Exists(actor => actor.Node == _nodes[index] && actor.Writes))
        {
            _actors.RemoveAll(actor => actor.Node == _nodes[index]);
            _nodes[index] = new SimulatedLogNode(this);
            Counts.Restarts++;
            Say($"node {index} starts anew");
        }
    }

    private void StepActor()
    {
        if (_actors.Count > 0)
        {
            var actor = _actors[Random.Next(_actors.Count)];
            if (!actor.Steps.MoveNext())
            {
                _actors.Remove(actor);
            }
        }
    }

    /// <summary>Commits, and then does what the publisher does: append, await it here, and where that is not known bypass and append again.</summary>
    private IEnumerable<object?> Write(SimulatedLogNode node)
    {
        var row = Random.Next(Rows);
        if (_locked[row])
        {
            yield break;
        }

        _locked[row] = true;
        var version = ++_versions[row];
        Counts.Writes++;
        Say($"row {row} has version {version}");
        yield return null;
        var writes = new WriteSet(SimulatedLogNode.TagOf(row));
        WriteSet? bypassed = null;
        var token = default(WriteToken);
        var wait = 0;
        while (token.IsNone || !IsDone(node, token))
        {
            if (token.IsNone || wait == 0)
            {
                if (!token.IsNone || bypassed is not null)
                {
                    Counts.AppendedAgain++;
                }

                if (Append(writes) is { } tail)
                {
                    (token, wait) = (new(tail.Epoch, tail.Seq), 12);
                    Say($"row {row} version {version} is in the log at {token}");
                }
                else if (Defect == LogDefect.UnknownOutcomeForgotten)
                {
                    _locked[row] = false;
                    yield break;
                }
                else
                {
                    token = default;
                }
            }

            if (token.IsNone || --wait <= 0 || node.Node.HasLeft(token.Epoch))
            {
                wait = 0;
                if (bypassed is null && Defect != LogDefect.BypassForgotten)
                {
                    bypassed = writes with { };
                    node.Node.Bypass(bypassed);
                }

                if (Defect == LogDefect.BypassForgotten || bypassed is not null)
                {
                    // Acknowledged with a poison token: at this node it must be seen from now on.
                    Acknowledge(row, version, node, WriteToken.Poison);
                }
            }

            yield return null;
        }

        if (bypassed is not null)
        {
            node.Node.EndBypass(bypassed);
        }

        Acknowledge(row, version, node, token);
        _locked[row] = false;
    }

    private bool IsDone(SimulatedLogNode node, WriteToken token) =>
        Defect == LogDefect.AcknowledgedBeforeApplied || FreshnessNode.Has(node.Node.Now, token) is true;

    // Null: no answer, whatever the server did.
    private LogTail? Append(WriteSet writes)
    {
        if (Redis.IsDown)
        {
            return null;
        }

        var tail = Redis.Run(writes, refused: 0);
        return IsDelivered() ? tail : null;
    }

    private void Acknowledge(int row, long version, SimulatedLogNode node, WriteToken token)
    {
        if (!_acknowledged.Any(known => known.Row == row && known.Version == version && known.Token == token))
        {
            _acknowledged.Add(new(row, version, node, token, Time.GetTimestamp()));
            Say($"row {row} version {version} is acknowledged with {token}");
        }
    }

    private IEnumerable<object?> Read(SimulatedLogNode node)
    {
        var row = Random.Next(Rows);
        var written = Random.Next(2) == 0 ? _acknowledged.LastOrDefault(known => known.Row == row && !known.Token.IsPoison) : null;
        var arrivedAt = Time.GetTimestamp();
        for (var patience = Random.Next(8); patience > 0 && FreshnessNode.Has(node.Node.Now, written?.Token ?? default) is null; patience--)
        {
            yield return null;
        }

        var now = node.Node.Now;
        if (FreshnessNode.Has(now, written?.Token ?? default) is not true)
        {
            Counts.PastTheCache++;
            yield break;
        }

        if (node.Find(row, now) is { } version)
        {
            Check(node, row, version, written, Time.GetTimestamp());
            yield break;
        }

        if (node.FindShared(row, now) is { } shared)
        {
            Counts.Shared++;
            Check(node, row, shared, written, Time.GetTimestamp());
            yield break;
        }

        Counts.Loads++;
        yield return null;
        var loaded = _versions[row];
        yield return null;
        node.Store(row, loaded, now);
        if (loaded < _acknowledged.Where(known => known.Row == row && known.At < arrivedAt).Select(known => known.Version).DefaultIfEmpty().Max())
        {
            throw new LogViolationException($"Row {row} was loaded older than acknowledged.");
        }
    }

    private void Check(SimulatedLogNode node, int row, long version, Acknowledgement? written, long now)
    {
        Counts.Hits++;
        if (written is not null && version < written.Version)
        {
            throw new LogViolationException($"Row {row} is served in version {version} to the bearer of {written.Token}, who wrote version {written.Version}.");
        }

        var later = _acknowledged.Where(known => known.Row == row && known.Version > version).ToArray();
        if (later.FirstOrDefault(known => known.Node == node) is { } own)
        {
            throw new LogViolationException($"Row {row} is served in version {version} by the node that wrote version {own.Version}.");
        }

        var isLagging = node.IsLagging;
        Counts.Lagging += isLagging ? 1 : 0;
        if (!isLagging && later.FirstOrDefault(known => !known.Token.IsPoison && Time.GetElapsedTime(known.At, now) > Bound) is { } old)
        {
            throw new LogViolationException($"Row {row} is served in version {version}, {Time.GetElapsedTime(old.At, now)} after version {old.Version} was acknowledged.");
        }
    }

    private void CheckAtRest()
    {
        foreach (var node in _nodes)
        {
            for (var row = 0; row < Rows; row++)
            {
                if (node.Find(row, node.Node.Now) is { } version && version != _versions[row])
                {
                    throw new LogViolationException($"At rest, node {Array.IndexOf(_nodes, node)} holds row {row} in version {version} for fresh; it has version {_versions[row]}.");
                }
            }
        }
    }

    private void Say(string what) => Trace?.Add(
        $"{_step} {Time.GetUtcNow():ss.fff} {what} | {string.Join(' ', _nodes.Select(node => $"{node.Node.Now.View.Epoch % 1000}.{node.Node.Now.Applied}"))}");

    private sealed record Actor(SimulatedLogNode Node, bool Writes, IEnumerator<object?> Steps);

    private sealed record Acknowledgement(int Row, long Version, SimulatedLogNode Node, WriteToken Token, long At);
}

/// <summary>A promise of the log that does not hold.</summary>
internal sealed class LogViolationException(string message) : Exception(message);

/// <summary>What happened in runs; runs in which nothing happens prove nothing.</summary>
internal sealed record LogCounts
{
    internal long Writes { get; set; }

    internal long Hits { get; set; }

    internal long Loads { get; set; }

    internal long PastTheCache { get; set; }

    internal long AppendedAgain { get; set; }

    internal long Lagging { get; set; }

    internal long Renewals { get; set; }

    /// <summary>What was taken from the second level.</summary>
    internal long Shared { get; set; }

    internal long Restarts { get; set; }

    internal void Add(LogCounts other)
    {
        Writes += other.Writes;
        Hits += other.Hits;
        Loads += other.Loads;
        PastTheCache += other.PastTheCache;
        AppendedAgain += other.AppendedAgain;
        Lagging += other.Lagging;
        Renewals += other.Renewals;
        Shared += other.Shared;
        Restarts += other.Restarts;
    }

    public override string ToString() =>
        $"{Writes} writes ({AppendedAgain} appended again), {Hits} hits ({Lagging} of nodes that lag, {Shared} from the second level), {Loads} loads, {Restarts} nodes started anew, {PastTheCache} past the cache, {Renewals} epochs";
}
