using System.Collections.Concurrent;

namespace Larder.Remote;

/// <summary>
/// Keys that were set by hand on this node and whose new value has not arrived in the second level, each with the moment. What was loaded before that must not come back from there. When there
/// are too many, nothing at all that is older than that moment is taken.
/// </summary>
internal sealed class SupersededKeys
{
    internal const int MaxKeys = 4096;

    private readonly ConcurrentDictionary<string, long> _keys = new(StringComparer.Ordinal);
    private long _floor = long.MinValue;

    internal void Add(string key, DateTimeOffset at)
    {
        var moment = at.ToUnixTimeMilliseconds();
        if (_keys.Count >= MaxKeys)
        {
            // The floor first, so that no key is uncovered in between.
            Volatile.Write(ref _floor, moment);
            _keys.Clear();
        }

        _keys.AddOrUpdate(key, moment, (_, before) => Math.Max(before, moment));
    }

    /// <summary>The second level has what was set at the moment, or what is newer.</summary>
    internal void Settle(string key, DateTimeOffset at) => _keys.TryRemove(new(key, at.ToUnixTimeMilliseconds()));

    internal bool Covers(string key, DateTimeOffset loadedAt)
    {
        var moment = loadedAt.ToUnixTimeMilliseconds();
        return moment < Volatile.Read(ref _floor) || (!_keys.IsEmpty && _keys.TryGetValue(key, out var setAt) && moment < setAt);
    }
}
