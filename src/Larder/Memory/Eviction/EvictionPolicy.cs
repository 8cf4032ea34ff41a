namespace Larder.Memory.Eviction;

/// <summary>
/// Decides what goes when room is needed. Two queues, the window for what is new and the main queue for what has proved itself, and a mode that
/// says how a node proves itself; the mode may change at any time, and the queues then drift to what it asks for. Hits only count in the node
/// (<see cref="EvictionState{TNode}.Uses"/>); everything else happens here, by one caller at a time, when room is made.
/// </summary>
/// <remarks>Ghosts and sketch come into being with the first eviction: a store that never fills up does not pay for them.</remarks>
internal sealed class EvictionPolicy<TNode>(long limit)
    where TNode : class, IEvictable<TNode>
{
    // Readers may mark nodes as fast as they are spared; one eviction looks at no more than so many.
    private const int MaxSpared = 256;

    private readonly EvictionQueue<TNode> _window = new(EvictionQueueName.Window);
    private readonly EvictionQueue<TNode> _main = new(EvictionQueueName.Main);
    private GhostTable _ghosts = new(0);
    private FrequencySketch _frequencies = new(0);
    private int _sizedFor;

    internal EvictionMode Mode { get; set; } = EvictionMode.Return;

    internal long Weight => _window.Weight + _main.Weight;

    internal int Count => _window.Count + _main.Count;

    /// <summary>The uses of all nodes that were looked at for making room, spared or not: what room has cost so far.</summary>
    internal long UsesMet { get; private set; }

    private bool IsActive => _sizedFor > 0;

    private long WindowShare => Mode switch
    {
        EvictionMode.Recency => limit,
        EvictionMode.Return => limit / 10,
        _ => limit / 100,
    };

    /// <summary>Takes in a node for which there is room.</summary>
    internal void Add(TNode node)
    {
        ref var state = ref node.State;
        if (IsActive)
        {
            _frequencies.Add(state.Hash);
        }

        var isBack = IsActive && _ghosts.Take(state.Hash) && Mode == EvictionMode.Return;
        (isBack ? _main : _window).Add(node);
    }

    /// <summary>Takes in a node in place of another, which has left; it inherits the standing, not the age.</summary>
    internal void AddInPlaceOf(EvictionQueueName queue, byte uses, TNode node)
    {
        node.State.Uses = uses;
        (queue == EvictionQueueName.Main ? _main : _window).Add(node);
    }

    internal void Remove(TNode node) => (node.State.Queue == EvictionQueueName.Main ? _main : _window).Remove(node);

    /// <summary>About how often the key came lately.</summary>
    internal int FrequencyOf(uint hash) => _frequencies.Estimate(hash);

    /// <summary>Remembers a key that was asked for and not taken in.</summary>
    internal void Forget(TNode node) => _frequencies.Add(node.State.Hash);

    /// <summary>Chooses a node, and lets go of it. There is one.</summary>
    /// <param name="incoming">The weight of the node that needs room.</param>
    internal TNode Evict(int incoming)
    {
        if (Count > 2 * _sizedFor)
        {
            _sizedFor = Count;
            _ghosts = new(Count);
            _frequencies = new(Count);
        }

        while (true)
        {
            var isWindowFull = _window.Count > 0 && _window.Weight + incoming > WindowShare;
            if (!isWindowFull && _main.Count > 0)
            {
                return Drop(_main, OldestUnused(_main));
            }

            var victim = Mode switch
            {
                // Before the window is as large as the limit, the main queue above gives way to it.
                EvictionMode.Recency => _main.Count > 0 ? Drop(_main, OldestUnused(_main)) : Drop(_window, OldestUnused(_window)),
                EvictionMode.Return => LeaveWindowByReturn(),
                _ => LeaveWindowByFrequency(),
            };
            if (victim is not null)
            {
                return victim;
            }
        }
    }

    /// <summary>The oldest of the window goes, or moves on. Null: it moved, and there is room for it.</summary>
    private TNode? LeaveWindowByReturn()
    {
        var node = _window.Oldest!;
        if (node.State.Uses <= 1)
        {
            return Drop(_window, node);
        }

        Promote(node);
        return _main.Weight > limit - WindowShare ? Drop(_main, OldestUnused(_main)) : null;
    }

    private TNode? LeaveWindowByFrequency()
    {
        var node = _window.Oldest!;
        if (_main.Weight + node.State.Weight <= limit - WindowShare)
        {
            Promote(node);
            return null;
        }

        if (_main.Count == 0)
        {
            return Drop(_window, node);
        }

        CountUses(node);
        var other = OldestUnused(_main);

        // A tie is lost: in a loop, where all are equal, those that are in stay and are found.
        if (_frequencies.Estimate(node.State.Hash) <= _frequencies.Estimate(other.State.Hash))
        {
            return Drop(_window, node);
        }

        Promote(node);
        return Drop(_main, other);
    }

    private void Promote(TNode node)
    {
        CountUses(node);
        _window.Remove(node);
        _main.Add(node);
    }

    private TNode Drop(EvictionQueue<TNode> queue, TNode node)
    {
        queue.Remove(node);
        UsesMet += node.State.Uses;

        // What proved itself and was then no longer used has had its chance.
        if (queue == _window || Mode == EvictionMode.Recency)
        {
            _ghosts.Add(node.State.Hash);
        }

        return node;
    }

    /// <summary>The first node from the oldest on that was not used; those before it are spared and begin anew.</summary>
    private TNode OldestUnused(EvictionQueue<TNode> queue)
    {
        var node = queue.Oldest!;
        for (var spared = 0; node.State.Uses > 0 && spared < MaxSpared; spared++)
        {
            var left = Mode == EvictionMode.Return ? (byte)(node.State.Uses - 1) : (byte)0;
            CountUses(node);
            node.State.Uses = left;
            queue.Renew(node);
            node = queue.Oldest!;
        }

        return node;
    }

    /// <summary>Moves the uses that readers counted into the sketch.</summary>
    private void CountUses(TNode node)
    {
        ref var state = ref node.State;
        UsesMet += state.Uses;
        for (var uses = state.Uses; uses > 0; uses--)
        {
            _frequencies.Add(state.Hash);
        }

        state.Uses = 0;
    }
}
