using System.Collections.Immutable;
using Larder.Caching;
using Larder.Freshness;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace Larder.Tests.Simulation;

/// <summary>One node: the product's own cache over the product's own view of the log.</summary>
internal sealed class SimulatedNode
{
    private static readonly CacheCodecs Codecs = new(new ServiceCollection().BuildServiceProvider());
    private static readonly LarderCacheOptions Options = new() { MemoryLimitBytes = 1024 * 1024 };

    private readonly SimulationWorld _world;
    private readonly InProcessLog? _inProcess;
    private readonly List<(WriteToken Marker, long SentAt)> _nonces = [];
    private readonly List<(Announcement Announced, TimeSpan At)> _applied = [];

    internal SimulatedNode(SimulationWorld world, bool hasOwnLog)
    {
        _world = world;
        Node = new FreshnessNode(world.Time, new SimulationRules(world), new LogTableSizes(6, 3, 4)) { LagBound = hasOwnLog ? null : SimulationWorld.LagBound };
        _inProcess = hasOwnLog ? new InProcessLog(Node, NullLogger.Instance) : null;
        Cache = new LarderCache(
            Options, world.Time, Codecs, new InvalidationPublisher(Node, _inProcess ?? (IInvalidationLog)new NoLog(), world.Time, NullLogger.Instance), readSets: null, NullLogger.Instance);
        if (_inProcess is null)
        {
            Node.Open(world.Log.Epoch, world.Log.Last);
        }
        else
        {
            OwnEpoch = Node.Now.View.Epoch;
            world.Log.OpenAt(OwnEpoch);
        }
    }

    internal FreshnessNode Node { get; }

    internal LarderCache Cache { get; }

    internal ulong OwnEpoch { get; }

    /// <summary>Rows whose writes are bypassed here, with the version of the write if it was visible when that began.</summary>
    internal Dictionary<int, long> Bypassed { get; } = [];

    /// <summary>By key, what was visible when it was last removed here.</summary>
    internal Dictionary<string, ImmutableArray<long>> Removed { get; } = [];

    /// <summary>Whether a record is being applied, so that its lock is held.</summary>
    internal bool IsApplying { get; private set; }

    internal bool HasOwnLog => _inProcess is not null;

    /// <summary>What the node must know by the records it has applied.</summary>
    internal Announcement Announced => _world.Log.AnnouncedAt(Node.Now.View.Epoch, Node.Now.Applied);

    internal WriteToken Append(WriteSet writes, IReadOnlyCollection<(int Row, long Version)> announced)
    {
        if (_inProcess is null)
        {
            var appended = _world.Log.Append(writes, announced);
            _world.Say(this, $"appended {string.Join(' ', announced)}");
            return appended;
        }

        var token = default(WriteToken);
        Publish(announced, writes.IsHard, () => token = _inProcess.AppendAsync(writes).AsTask().GetAwaiter().GetResult());
        return token;
    }

    /// <summary>Removes a key by one of the ways of the cache's face, on a node with a log of its own.</summary>
    internal void Remove(SimulatedKey key, Random random)
    {
        var visible = _world.Database.Visible;
        Publish([], isHard: true, () => _ = random.Next(3) switch
        {
            0 => Cache.Remove(key.Name) ? 1 : 0,
            1 => Cache.RemoveByPattern(key.Name) * 0,
            _ => (int)Cache.RemoveByTag(key.Name).Seq,
        });
        Removed[key.Name] = visible;
    }

    /// <summary>When this node first knew that the row has a later version than the one given.</summary>
    internal TimeSpan KnewOfLater(int row, long version) =>
        _applied.Where(applied => applied.Announced.All[row] > version).Select(applied => applied.At).DefaultIfEmpty(TimeSpan.MaxValue).First();

    private void Publish(IReadOnlyCollection<(int Row, long Version)> announced, bool isHard, Action publish)
    {
        _world.Log.Announce(OwnEpoch, Node.Now.Applied + 1, announced, isHard);
        IsApplying = true;
        publish();
        _world.Say(this, $"appended {string.Join(' ', announced)}");
        IsApplying = false;
        _applied.Add((Announced, _world.Elapsed));
    }

    /// <summary>Applies the next record; sometimes it has missed some, gets one twice, or hears late of an epoch.</summary>
    internal void Follow(Random random)
    {
        var now = Node.Now;
        if (_inProcess is not null || IsApplying)
        {
            return;
        }

        if (now.View.Epoch != _world.Log.Epoch && random.Next(2) == 0)
        {
            Node.Open(_world.Log.Epoch, _world.Log.Last);
            _applied.Add((Announced, _world.Elapsed));
            return;
        }

        var isBehind = now.View.Epoch != _world.Log.Epoch || now.Applied < _world.Log.Last;
        var seq = random.Next(8) == 0 && now.Applied > 0 && now.Applied <= _world.Log.Last && now.View.Epoch == _world.Log.Epoch ? now.Applied
            : !isBehind ? 0
            : now.View.Epoch == _world.Log.Epoch && random.Next(12) != 0 ? now.Applied + 1
            : _world.Log.Last;
        if (seq > 0)
        {
            Apply(_world.Log[seq]);
        }
    }

    /// <summary>Sends something that comes back when all that was in the log before is applied here.</summary>
    internal void SendNonce()
    {
        if (_nonces.Count < 8)
        {
            _nonces.Add((new(_world.Log.Epoch, _world.Log.Last), _world.Time.GetTimestamp()));
        }
    }

    internal void HearNonces()
    {
        var now = Node.Now;
        foreach (var (marker, sentAt) in _nonces.Where(nonce => nonce.Marker.Epoch == now.View.Epoch && nonce.Marker.Seq <= now.Applied).ToArray())
        {
            Node.Heard(sentAt);
            _nonces.Remove((marker, sentAt));
        }

        _nonces.RemoveAll(nonce => nonce.Marker.Epoch < now.View.Epoch);
    }

    private void Apply(LogRecord record)
    {
        IsApplying = true;
        _world.Log.CheckApplied(record);
        _world.Say(this, $"applies {record.Epoch}.{record.Seq}");
        Node.Apply(record);
        IsApplying = false;
        _applied.Add((Announced, _world.Elapsed));
    }

    private sealed class NoLog : IInvalidationLog
    {
        public ValueTask<WriteToken> AppendAsync(WriteSet writes) => throw new NotSupportedException("Writers of the simulation append by themselves.");
    }
}
