using System.Collections.Concurrent;

namespace Larder.Caching;

/// <summary>The limiters by the names of views and endpoints, which the application maps at its start: there are as many as it maps.</summary>
internal sealed class LoadLimiters(int maxRunning, int maxQueued)
{
    private readonly ConcurrentDictionary<string, LoadLimiter> _byName = new(StringComparer.Ordinal);

    /// <summary>Whether a load waits for its turn.</summary>
    internal bool AnyQueued => _byName.Any(limiter => limiter.Value.Queued > 0);

    internal LoadLimiter Of(string name) => _byName.GetOrAdd(name, static (_, limits) => new(limits.maxRunning, limits.maxQueued), (maxRunning, maxQueued));
}
