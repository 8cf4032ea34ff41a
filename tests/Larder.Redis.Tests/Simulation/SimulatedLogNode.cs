using Larder.Freshness;
using Larder.Redis.Log;
using Larder.Redis.Resp;

namespace Larder.Redis.Tests.Simulation;

/// <summary>One node: the product's node, rules and follower; its sockets are what a random order of events does with their answers.</summary>
internal sealed class SimulatedLogNode
{
    private readonly LogSimulation _world;
    private readonly Dictionary<int, (long Version, ReadStamp Stamp)> _cache = [];
    private Action? _answer;
    private Action? _reading;

    internal SimulatedLogNode(LogSimulation world)
    {
        _world = world;
        Node = new FreshnessNode(world.Time, sizes: new LogTableSizes(6, 3, 4)) { LagBound = LogSimulation.Bound };
        Follower = new SimulatedFollower(Node, world.Defect, replays: world.Random.Next(4) != 0);
    }

    internal FreshnessNode Node { get; }

    internal LogFollower Follower { get; }

    /// <summary>A process that is stopped, until this step.</summary>
    internal int StoppedUntil { get; set; }

    internal bool IsLagging => Node.IsLagging(_world.Time.GetTimestamp());

    internal static Tag TagOf(int row) => Tag.Fine($"row {row}");

    /// <summary>The loop that reads: sends, or takes what came back; now and then it is lost.</summary>
    internal void StepReader()
    {
        if (_reading is { } reading)
        {
            _reading = null;
            if (_world.IsDelivered())
            {
                reading();
            }
        }
        else if (_world.Redis.IsDown)
        {
            // Nothing is sent.
        }
        else if (Follower.MustJump)
        {
            var askedAt = _world.Time.GetTimestamp();
            var tail = _world.Redis.Run(null, Follower.Refused);
            _reading = () => Follower.Jump(tail, askedAt);
        }
        else
        {
            var began = Follower.BeginRead();
            var entries = _world.Redis.Read(Follower.ReadAfter, _world.Random.Next(1, 6));
            _reading = () => Follower.Take(entries, began);
        }
    }

    /// <summary>The loop that asks for the tail.</summary>
    internal void StepQuestion()
    {
        if (_answer is { } answer)
        {
            _answer = null;
            if (_world.IsDelivered())
            {
                answer();
            }
        }
        else if (!_world.Redis.IsDown)
        {
            var askedAt = _world.Time.GetTimestamp();
            var tail = _world.Redis.Run(null, refused: 0);
            _answer = () => Follower.Answered(tail, _world.Defect == LogDefect.HeardAtTheAnswer ? _world.Time.GetTimestamp() : askedAt);
        }
    }

    /// <summary>What the node serves from its cache; null: nothing.</summary>
    internal long? Find(int row, LogPosition now) =>
        _cache.TryGetValue(row, out var entry) && Node.Rules.IsFresh(Node, entry.Stamp, now) ? entry.Version : null;

    /// <summary>What it takes from the second level, under the rule of RemoteLevel: judged at a position that was read after it had arrived.</summary>
    internal long? FindShared(int row, LogPosition start)
    {
        if (!_world.Shared.TryGetValue(row, out var shared))
        {
            return null;
        }

        var now = Node.Now;
        var stamp = new ReadStamp([TagOf(row)], shared.Epoch, shared.Position, long.MaxValue, FreshnessKind.Tracked);
        var isFresh = _world.Defect switch
        {
            LogDefect.SharedTakenUnchecked => true,
            LogDefect.SharedTakenFromBeforeTheFloor => shared.Epoch == now.View.Epoch && now.View.LastWriteOf(TagOf(row)) <= shared.Position,
            _ => Node.Rules.IsFresh(Node, stamp, now),
        };
        if (!isFresh || !ReferenceEquals(start.View, now.View))
        {
            return null;
        }

        _cache[row] = (shared.Version, stamp);
        return shared.Version;
    }

    internal void Store(int row, long version, LogPosition start)
    {
        var stamp = new ReadStamp([TagOf(row)], start.View.Epoch, start.Applied, long.MaxValue, FreshnessKind.Tracked);
        var now = Node.Now;
        if (ReferenceEquals(now.View, start.View) && Node.Rules.IsFresh(Node, stamp, now))
        {
            _cache[row] = (version, stamp);

            // It arrives whenever it does, and whatever was there before.
            if (_world.Random.Next(4) != 0)
            {
                _world.Shared[row] = (version, start.View.Epoch, start.Applied);
            }
        }
    }
}
