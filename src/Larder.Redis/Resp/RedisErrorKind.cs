namespace Larder.Redis.Resp;

/// <summary>The errors of a server that callers tell apart, by the first word of its message.</summary>
internal enum RedisErrorKind
{
    /// <summary>ERR, and every word that has no kind of its own.</summary>
    General,

    /// <summary>LOADING: the server reads its data from disk.</summary>
    Loading,

    /// <summary>READONLY: the server is a replica.</summary>
    ReadOnly,

    /// <summary>NOAUTH: the server wants a password.</summary>
    NoAuthentication,

    /// <summary>WRONGPASS: user or password are wrong, or the user is off.</summary>
    WrongPassword,

    /// <summary>NOPERM: the user may not run the command, or not on this key.</summary>
    NoPermission,

    /// <summary>BUSY: a script runs for long.</summary>
    Busy,

    /// <summary>MOVED: another node of the cluster has the slot; see <see cref="RedisRedirectException"/>.</summary>
    Moved,

    /// <summary>ASK: another node has the key while the slot moves; see <see cref="RedisRedirectException"/>.</summary>
    Ask,

    /// <summary>CLUSTERDOWN: the cluster does not serve the slot.</summary>
    ClusterDown,

    /// <summary>TRYAGAIN: keys of the command are on two nodes while the slot moves.</summary>
    TryAgain,

    /// <summary>MASTERDOWN: a replica has lost its primary and is told not to serve what it has.</summary>
    PrimaryDown,

    /// <summary>OOM: the memory limit is reached and nothing may be evicted.</summary>
    OutOfMemory,

    /// <summary>NOSCRIPT: the server does not know the script of this hash.</summary>
    NoScript,

    /// <summary>WRONGTYPE: the key holds a value of another type.</summary>
    WrongType,

    /// <summary>NOREPLICAS: too few replicas follow for a write to be accepted.</summary>
    NoReplicas,
}
