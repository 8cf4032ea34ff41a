namespace Larder.Bench.HitRatio;

/// <summary>
/// W-TinyLFU (Einziger, Friedman, Manes, ACM ToS 2017): an LRU window of a hundredth, and a segmented LRU (four fifths protected) into which a
/// key comes from the window only if it was seen oftener than the one that would go. Counted exactly and halved every ten times the capacity,
/// where others use a sketch: the policy is measured, not its hashing.
/// </summary>
internal sealed class TinyLfuPolicy : IReplacementPolicy
{
    private const int SampleFactor = 10;
    private const byte MaxFrequency = 15;

    private readonly int _windowCapacity;
    private readonly int _mainCapacity;
    private readonly int _protectedCapacity;
    private readonly int _sample;
    private readonly KeyQueue _window;
    private readonly KeyQueue _probation;
    private readonly KeyQueue _protected;
    private readonly Place[] _places;
    private readonly byte[] _frequencies;
    private int _additions;

    public TinyLfuPolicy(int keys, int capacity)
    {
        _windowCapacity = Math.Max(1, capacity / 100);
        _mainCapacity = capacity - _windowCapacity;
        _protectedCapacity = (int)(_mainCapacity * 0.8);
        _sample = SampleFactor * capacity;
        var links = new KeyLinks(keys);
        (_window, _probation, _protected) = (new(links), new(links), new(links));
        _places = new Place[keys];
        _frequencies = new byte[keys];
    }

    private enum Place : byte
    {
        Nowhere,
        Window,
        Probation,
        Protected,
    }

    public bool Use(int key)
    {
        Count(key);
        switch (_places[key])
        {
            case Place.Window:
                _window.Renew(key);
                return true;
            case Place.Protected:
                _protected.Renew(key);
                return true;
            case Place.Probation:
                Protect(key);
                return true;
        }

        _window.Add(key);
        _places[key] = Place.Window;
        if (_window.Count > _windowCapacity)
        {
            LeaveWindow(_window.RemoveOldest());
        }

        return false;
    }

    private void Count(int key)
    {
        if (_frequencies[key] == MaxFrequency)
        {
            return;
        }

        _frequencies[key]++;
        if (++_additions < _sample)
        {
            return;
        }

        _additions /= 2;
        foreach (ref var frequency in _frequencies.AsSpan())
        {
            frequency >>= 1;
        }
    }

    private void Protect(int key)
    {
        _probation.Remove(key);
        _protected.Add(key);
        _places[key] = Place.Protected;
        if (_protected.Count > _protectedCapacity)
        {
            var demoted = _protected.RemoveOldest();
            _probation.Add(demoted);
            _places[demoted] = Place.Probation;
        }
    }

    private void LeaveWindow(int key)
    {
        if (_probation.Count + _protected.Count >= _mainCapacity)
        {
            var queue = _probation.Count > 0 ? _probation : _protected;
            if (queue.Count == 0 || _frequencies[key] <= _frequencies[queue.Oldest])
            {
                _places[key] = Place.Nowhere;
                return;
            }

            _places[queue.RemoveOldest()] = Place.Nowhere;
        }

        _probation.Add(key);
        _places[key] = Place.Probation;
    }
}
