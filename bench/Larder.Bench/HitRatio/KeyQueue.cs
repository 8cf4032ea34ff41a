namespace Larder.Bench.HitRatio;

/// <summary>The links of all keys, shared by the queues of one policy: a key is in one of them at most.</summary>
internal sealed class KeyLinks(int keys)
{
    public int[] Newer { get; } = new int[keys];

    public int[] Older { get; } = new int[keys];
}

/// <summary>Keys in order of arrival.</summary>
internal sealed class KeyQueue(KeyLinks links)
{
    public const int None = -1;

    private int _newest = None;

    public int Oldest { get; private set; } = None;

    public int Count { get; private set; }

    public void Add(int key)
    {
        links.Older[key] = _newest;
        links.Newer[key] = None;
        if (_newest == None)
        {
            Oldest = key;
        }
        else
        {
            links.Newer[_newest] = key;
        }

        _newest = key;
        Count++;
    }

    public void Remove(int key)
    {
        var (older, newer) = (links.Older[key], links.Newer[key]);
        if (older == None)
        {
            Oldest = newer;
        }
        else
        {
            links.Newer[older] = newer;
        }

        if (newer == None)
        {
            _newest = older;
        }
        else
        {
            links.Older[newer] = older;
        }

        Count--;
    }

    public int RemoveOldest()
    {
        var key = Oldest;
        Remove(key);
        return key;
    }

    public void Renew(int key)
    {
        Remove(key);
        Add(key);
    }

    /// <summary>The next newer key; after the newest the oldest.</summary>
    public int After(int key) => links.Newer[key] is var newer && newer == None ? Oldest : newer;
}
