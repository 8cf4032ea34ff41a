namespace Larder.Redis.Nodes;

/// <summary>What a node last said about itself.</summary>
/// <param name="Id">The machine, the process and a random part: another one after each start.</param>
/// <param name="Version">The version of the application.</param>
/// <param name="Epoch">The life of the log that the node is in, 16 hexadecimal digits.</param>
/// <param name="Position">The last record of it that the node has applied.</param>
/// <param name="LagMs">The most milliseconds by which the node may have been behind the log; null: it had not heard from it.</param>
/// <param name="HitRatePercent">Hits of its memory as a percentage of lookups since its start; null before the first lookup.</param>
/// <param name="Hits">Lookups answered from its memory since its start.</param>
/// <param name="Misses">Lookups not answered from its memory since its start.</param>
/// <param name="UptimeSeconds">Seconds since its start.</param>
public sealed record RedisNodeInfo(
    string Id, string Version, string Epoch, long Position, double? LagMs, double? HitRatePercent, long Hits, long Misses, long UptimeSeconds);
