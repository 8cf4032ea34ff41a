namespace Larder.Bench.HitRatio;

/// <summary>Exact LRU.</summary>
internal sealed class LruPolicy(int keys, int capacity) : IReplacementPolicy
{
    private readonly KeyQueue _queue = new(new KeyLinks(keys));
    private readonly bool[] _held = new bool[keys];

    public bool Use(int key)
    {
        if (_held[key])
        {
            _queue.Renew(key);
            return true;
        }

        if (_queue.Count == capacity)
        {
            _held[_queue.RemoveOldest()] = false;
        }

        _queue.Add(key);
        _held[key] = true;
        return false;
    }
}

/// <summary>First in, first out.</summary>
internal sealed class FifoPolicy(int keys, int capacity) : IReplacementPolicy
{
    private readonly KeyQueue _queue = new(new KeyLinks(keys));
    private readonly bool[] _held = new bool[keys];

    public bool Use(int key)
    {
        if (_held[key])
        {
            return true;
        }

        if (_queue.Count == capacity)
        {
            _held[_queue.RemoveOldest()] = false;
        }

        _queue.Add(key);
        _held[key] = true;
        return false;
    }
}

/// <summary>CLOCK with one bit (Corbató 1968): the oldest goes unless it was used since it was last looked at.</summary>
internal sealed class ClockPolicy(int keys, int capacity) : IReplacementPolicy
{
    private readonly KeyQueue _queue = new(new KeyLinks(keys));
    private readonly bool[] _held = new bool[keys];
    private readonly bool[] _used = new bool[keys];

    public bool Use(int key)
    {
        if (_held[key])
        {
            _used[key] = true;
            return true;
        }

        if (_queue.Count == capacity)
        {
            while (_used[_queue.Oldest])
            {
                _used[_queue.Oldest] = false;
                _queue.Renew(_queue.Oldest);
            }

            _held[_queue.RemoveOldest()] = false;
        }

        _queue.Add(key);
        _held[key] = true;
        return false;
    }
}

/// <summary>SIEVE (Zhang et al., NSDI 2024): a hand goes from old to new and leaves what it spares where it is.</summary>
internal sealed class SievePolicy(int keys, int capacity) : IReplacementPolicy
{
    private readonly KeyQueue _queue = new(new KeyLinks(keys));
    private readonly bool[] _held = new bool[keys];
    private readonly bool[] _used = new bool[keys];
    private int _hand = KeyQueue.None;

    public bool Use(int key)
    {
        if (_held[key])
        {
            _used[key] = true;
            return true;
        }

        if (_queue.Count == capacity)
        {
            Evict();
        }

        _queue.Add(key);
        _held[key] = true;
        return false;
    }

    private void Evict()
    {
        var key = _hand == KeyQueue.None ? _queue.Oldest : _hand;
        while (_used[key])
        {
            _used[key] = false;
            key = _queue.After(key);
        }

        _hand = _queue.After(key);
        _queue.Remove(key);
        _held[key] = false;
        if (_hand == key || _queue.Count == 0)
        {
            _hand = KeyQueue.None;
        }
    }
}
