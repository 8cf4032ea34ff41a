namespace Larder.Redis.Log;

/// <summary>
/// How the nodes share one invalidation log: read from configuration (see each property for its name), validated when the host starts. All
/// nodes of one application have the same <see cref="KeyPrefix"/>.
/// </summary>
public sealed class RedisLogOptions
{
    internal const int GreatestPrefix = 64;
    internal const int LeastCapacity = 1_000;
    internal const int GreatestCapacity = 10_000_000;
    internal static readonly TimeSpan LeastBound = TimeSpan.FromMilliseconds(100);
    internal static readonly TimeSpan GreatestBound = TimeSpan.FromMinutes(5);

    /// <summary>
    /// What the keys in Redis begin with, within braces, so that a cluster keeps them in one slot: 1 to 64 ASCII letters, digits,
    /// <c>-</c>, <c>_</c>, <c>.</c> or <c>:</c>. Default <c>larder</c>. Configuration: <c>Larder:Redis:KeyPrefix</c>.
    /// </summary>
    public string KeyPrefix { get; set; } = "larder";

    /// <summary>
    /// How far behind the log a node may be before strict policies stop using its cache, in time of the node's own clock: 100 ms to 5
    /// minutes; default 2 s. Configuration: <c>Larder:Redis:StalenessBound</c> (hh:mm:ss.fff).
    /// </summary>
    public TimeSpan StalenessBound { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>
    /// About how many records the log keeps: 1,000 to 10,000,000; default 20,000, which is some 4 MB of short records. A node that was away for
    /// longer than that begins with an empty cache. A node that starts reads up to 100,000 of them, so that what others left at the second level serves it at once; with a greater capacity it begins at the tail. Configuration: <c>Larder:Redis:LogCapacity</c>.
    /// </summary>
    public int LogCapacity { get; set; } = 20_000;

    internal List<string> ConfigurationErrors { get; } = [];

    internal string LogKey => $"{{{KeyPrefix}}}:log";

    internal string StateKey => $"{{{KeyPrefix}}}:log:state";

    internal string PopularKey => $"{{{KeyPrefix}}}:popular";

    internal string NodesKey => $"{{{KeyPrefix}}}:nodes";

    internal string NodeKey(string id) => $"{{{KeyPrefix}}}:node:{id}";
}
