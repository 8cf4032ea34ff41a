namespace Larder.Freshness;

/// <summary>One entry of the invalidation log. Within an epoch the numbers are dense, because nothing else reveals a lost record.</summary>
/// <param name="Epoch">The life of the log; another one means that positions started anew.</param>
/// <param name="Seq">Its position, from 1.</param>
/// <param name="Writes">What changed.</param>
internal sealed record LogRecord(ulong Epoch, long Seq, WriteSet Writes);
