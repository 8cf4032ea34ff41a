namespace Larder.Memory.Eviction;

/// <summary>What a policy takes for a sign that a node will be used again.</summary>
internal enum EvictionMode
{
    /// <summary>It was used not long ago: one queue, CLOCK (Corbató 1968). For working sets that move.</summary>
    Recency,

    /// <summary>
    /// It was used twice soon after it came, or came back soon after it went: a window of a tenth, ghosts, and a main queue, as in S3-FIFO (Yang et
    /// al., "FIFO queues are all you need for cache eviction", SOSP 2023). For popularity that changes and many that are asked for once.
    /// </summary>
    Return,

    /// <summary>
    /// It was used oftener than the one it would push out: a window of a hundredth and TinyLFU admission (Einziger, Friedman, Manes, ACM ToS 2017).
    /// For lasting popularity, scans and loops.
    /// </summary>
    Frequency,
}
