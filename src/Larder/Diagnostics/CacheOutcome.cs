namespace Larder.Diagnostics;

/// <summary>What the cache did for one answer. The set is closed: a recorder has one counter for each, and a reason is never text.</summary>
internal enum CacheOutcome
{
    /// <summary>Nothing here is cached.</summary>
    Uncached,

    /// <summary>Answered from the store, fresh.</summary>
    Hit,

    /// <summary>Loaded by this caller.</summary>
    Miss,

    /// <summary>Answered from the store although expired or invalidated, where the policy allows it.</summary>
    Stale,

    /// <summary>Waited for the load of another caller.</summary>
    Collapsed,

    /// <summary>Bypassed: the policy stores nothing, or caching is off.</summary>
    BypassPolicy,

    /// <summary>Bypassed: the request asks for it, or is of a kind that is not cached.</summary>
    BypassRequest,

    /// <summary>Bypassed: it belongs to somebody, and the policy neither varies by the user nor shares it.</summary>
    BypassAuthorization,

    /// <summary>Bypassed: the caller's write token is ahead of what this node has applied.</summary>
    BypassToken,

    /// <summary>Bypassed: a transaction is open.</summary>
    BypassTransaction,

    /// <summary>Bypassed: this node may be further behind the log than a strict policy allows.</summary>
    BypassLag,

    /// <summary>Bypassed: the answer itself cannot be stored (Set-Cookie, too large, incomplete).</summary>
    BypassResponse,

    /// <summary>Bypassed: a queue at its bound.</summary>
    BypassOverload,
}
