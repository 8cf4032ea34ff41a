namespace Larder.Memory.Eviction;

/// <summary>A small cache of hashes without values that keeps to one mode, to find out how well the store would do with it.</summary>
internal sealed class ShadowCache
{
    private readonly int _capacity;
    private readonly EvictionPolicy<Node> _policy;
    private readonly Dictionary<uint, Node> _nodes;
    private Node? _spare;

    internal ShadowCache(int capacity, EvictionMode mode)
    {
        _capacity = capacity;
        _policy = new(capacity) { Mode = mode };
        _nodes = new(capacity);
    }

    /// <summary>Uses the key, taking it in when it is not there. Whether it was.</summary>
    internal bool Use(uint hash)
    {
        if (_nodes.TryGetValue(hash, out var node))
        {
            node.State.CountUse();
            return true;
        }

        if (_policy.Count >= _capacity)
        {
            _spare = _policy.Evict(incoming: 1);
            _nodes.Remove(_spare.State.Hash);
        }

        node = _spare ?? new Node();
        _spare = null;
        node.State = new() { Hash = hash, Weight = 1 };
        _nodes.Add(hash, node);
        _policy.Add(node);
        return false;
    }

    private sealed class Node : IEvictable<Node>
    {
        private EvictionState<Node> _state;

        public ref EvictionState<Node> State => ref _state;
    }
}
