namespace Larder.Memory.Eviction;

/// <summary>Nodes in order of arrival, linked through their own state.</summary>
internal sealed class EvictionQueue<TNode>(EvictionQueueName name)
    where TNode : class, IEvictable<TNode>
{
    private TNode? _newest;

    internal TNode? Oldest { get; private set; }

    internal long Weight { get; private set; }

    internal int Count { get; private set; }

    internal void Add(TNode node)
    {
        ref var state = ref node.State;
        state.Queue = name;
        state.Older = _newest;
        if (_newest is null)
        {
            Oldest = node;
        }
        else
        {
            _newest.State.Newer = node;
        }

        _newest = node;
        Weight += state.Weight;
        Count++;
    }

    internal void Remove(TNode node)
    {
        ref var state = ref node.State;
        if (state.Older is { } older)
        {
            older.State.Newer = state.Newer;
        }
        else
        {
            Oldest = state.Newer;
        }

        if (state.Newer is { } newer)
        {
            newer.State.Older = state.Older;
        }
        else
        {
            _newest = state.Older;
        }

        state.Older = null;
        state.Newer = null;
        state.Queue = EvictionQueueName.None;
        Weight -= state.Weight;
        Count--;
    }

    /// <summary>Makes the oldest the newest.</summary>
    internal void Renew(TNode node)
    {
        Remove(node);
        Add(node);
    }
}
