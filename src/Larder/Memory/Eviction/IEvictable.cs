namespace Larder.Memory.Eviction;

/// <summary>Something a policy keeps in its queues: an entry of the store, or of a shadow. The state lives in the node, so that a queue costs no object more.</summary>
internal interface IEvictable<TNode>
    where TNode : class, IEvictable<TNode>
{
    ref EvictionState<TNode> State { get; }
}

/// <summary>What the policy knows of one node. All but <see cref="Uses"/> belongs to whoever may change the queues.</summary>
internal struct EvictionState<TNode>
{
    /// <summary>Uses beyond this many are not told apart.</summary>
    internal const byte MaxUses = 3;

    internal TNode? Newer;
    internal TNode? Older;

    /// <summary>The hash of the node's key.</summary>
    internal uint Hash;

    /// <summary>The room it takes, in the unit of the policy's limit.</summary>
    internal int Weight;

    /// <summary>Hits since the policy last looked, counted by readers without a lock: a lost one costs a little standing and nothing else.</summary>
    internal byte Uses;

    internal EvictionQueueName Queue;

    internal void CountUse()
    {
        // Most hits are on nodes that have all the uses they can; not writing keeps their cache line shared between cores.
        if (Uses < MaxUses)
        {
            Uses++;
        }
    }
}

/// <summary>Where a node is.</summary>
internal enum EvictionQueueName : byte
{
    None,
    Window,
    Main,
}
