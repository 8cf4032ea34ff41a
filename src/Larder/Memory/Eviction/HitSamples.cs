namespace Larder.Memory.Eviction;

/// <summary>
/// Hashes of hits on their way from readers to the shadows: one buffer for each of a few threads, written without a lock and read by whoever
/// holds the store's. Two threads on one buffer may lose hashes, and a full one drops them; a sample may have holes.
/// </summary>
internal sealed class HitSamples
{
    private const int Capacity = 511;

    // The first number of a buffer says how many follow. Buffers are large enough for no two counts to share a cache line.
    private readonly uint[]?[] _buffers = new uint[]?[StripedCounter.StripeCount];

    internal void Add(uint hash)
    {
        var buffer = _buffers[StripedCounter.StripeOfThread] ?? Create();
        var count = buffer[0];
        if (count < Capacity)
        {
            buffer[count + 1] = hash;
            Volatile.Write(ref buffer[0], count + 1);
        }
    }

    internal void DrainTo(ModeChoice choice)
    {
        foreach (var buffer in _buffers)
        {
            if (buffer is null)
            {
                continue;
            }

            foreach (var hash in buffer.AsSpan(1, (int)Volatile.Read(ref buffer[0])))
            {
                choice.Use(hash);
            }

            Volatile.Write(ref buffer[0], 0);
        }
    }

    private uint[] Create()
    {
        var buffer = new uint[Capacity + 1];
        return Interlocked.CompareExchange(ref _buffers[StripedCounter.StripeOfThread], buffer, null) ?? buffer;
    }
}
