using System.Runtime.InteropServices;

namespace Larder.Memory.Eviction;

/// <summary>
/// Hashes of hits on their way from readers to the shadows: one small buffer for each of a few threads, written without a lock and read by
/// whoever holds the store's. Two threads on one buffer may lose hashes, and a full one drops them; a sample may have holes.
/// </summary>
internal sealed class HitSamples
{
    private const int Capacity = 120;

    private readonly Buffer[] _buffers = [.. Enumerable.Range(0, StripedCounter.StripeCount).Select(_ => new Buffer())];

    internal void Add(uint hash)
    {
        var buffer = _buffers[StripedCounter.StripeOfThread];
        var count = buffer.Count;
        if (count < Capacity)
        {
            buffer.Hashes[count] = hash;
            buffer.Count = count + 1;
        }
    }

    internal void DrainTo(ModeChoice choice)
    {
        foreach (var buffer in _buffers)
        {
            var count = buffer.Count;
            if (count == 0)
            {
                continue;
            }

            foreach (var hash in buffer.Hashes.AsSpan(0, count))
            {
                choice.Use(hash);
            }

            buffer.Count = 0;
        }
    }

    // A cache line of its own on both sides: the padding keeps the counts of two buffers apart.
    [StructLayout(LayoutKind.Sequential)]
    private sealed class Buffer
    {
        internal readonly uint[] Hashes = new uint[Capacity];
        internal int Count;
    }
}
