namespace Larder.Caching;

/// <summary>What the cache does with what it holds.</summary>
public enum CacheMode
{
    /// <summary>Answers from it.</summary>
    Serve,

    /// <summary>
    /// Answers every caller from the source, holds what was loaded, and reports which answers would have come from the cache and whether they would
    /// have been right: how a team finds out what Larder would do for it before it relies on it.
    /// </summary>
    Observe,
}
