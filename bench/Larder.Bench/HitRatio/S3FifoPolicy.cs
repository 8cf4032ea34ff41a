namespace Larder.Bench.HitRatio;

/// <summary>S3-FIFO (Yang et al., SOSP 2023): a small queue of a tenth, a main one, and ghosts of what left the small one, as many as the main one holds.</summary>
internal sealed class S3FifoPolicy : IReplacementPolicy
{
    private const byte MaxUses = 3;

    private readonly int _capacity;
    private readonly int _smallCapacity;
    private readonly KeyQueue _small;
    private readonly KeyQueue _main;
    private readonly KeyQueue _ghosts;
    private readonly Place[] _places;
    private readonly byte[] _uses;

    public S3FifoPolicy(int keys, int capacity)
    {
        _capacity = capacity;
        _smallCapacity = Math.Max(1, capacity / 10);
        var links = new KeyLinks(keys);
        (_small, _main, _ghosts) = (new(links), new(links), new(links));
        _places = new Place[keys];
        _uses = new byte[keys];
    }

    private enum Place : byte
    {
        Nowhere,
        Small,
        Main,
        Ghost,
    }

    public bool Use(int key)
    {
        if (_places[key] is Place.Small or Place.Main)
        {
            _uses[key] = (byte)Math.Min(_uses[key] + 1, MaxUses);
            return true;
        }

        var isGhost = _places[key] == Place.Ghost;
        if (isGhost)
        {
            _ghosts.Remove(key);
            _places[key] = Place.Nowhere;
        }

        if (_small.Count + _main.Count >= _capacity)
        {
            Evict();
        }

        _uses[key] = 0;
        (isGhost ? _main : _small).Add(key);
        _places[key] = isGhost ? Place.Main : Place.Small;
        return false;
    }

    private void Evict()
    {
        while (_small.Count > 0 && (_small.Count >= _smallCapacity || _main.Count == 0))
        {
            var key = _small.RemoveOldest();
            if (_uses[key] <= 1)
            {
                AddGhost(key);
                return;
            }

            _uses[key] = 0;
            _main.Add(key);
            _places[key] = Place.Main;
            if (_main.Count > _capacity - _smallCapacity)
            {
                break;
            }
        }

        EvictFromMain();
    }

    private void EvictFromMain()
    {
        while (_uses[_main.Oldest] > 0)
        {
            _uses[_main.Oldest]--;
            _main.Renew(_main.Oldest);
        }

        _places[_main.RemoveOldest()] = Place.Nowhere;
    }

    private void AddGhost(int key)
    {
        _ghosts.Add(key);
        _places[key] = Place.Ghost;
        if (_ghosts.Count > _capacity - _smallCapacity)
        {
            _places[_ghosts.RemoveOldest()] = Place.Nowhere;
        }
    }
}
