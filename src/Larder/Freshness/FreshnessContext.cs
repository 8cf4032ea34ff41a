namespace Larder.Freshness;

/// <summary>What the caller must see, for all that it asks of the cache and of views from here on.</summary>
public static class FreshnessContext
{
    /// <summary>The token that reads here obey; the default value is none.</summary>
    public static WriteToken Token => FreshnessFlow.Current?.Token ?? default;

    /// <summary>
    /// Makes reads here, and in what is called from here, no older than the write of the token. A read waits briefly for a position that this
    /// node has not applied yet, and goes past the cache when it does not come, as it does for a poison token or one of another log.
    /// </summary>
    /// <param name="token">The token; the default value asks for nothing.</param>
    /// <returns>Ends it; to be disposed by the method that asked.</returns>
    public static IDisposable Require(WriteToken token)
    {
        var before = Token;
        FreshnessFlow.Enter(token);
        return new Requirement(before);
    }

    private sealed class Requirement(WriteToken before) : IDisposable
    {
        public void Dispose() => FreshnessFlow.Enter(before);
    }
}
