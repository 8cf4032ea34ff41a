using System.Buffers;

namespace Larder.Redis.Resp;

/// <summary>Bytes of an answer in memory that belongs to the caller until it is disposed, and to the pool afterwards.</summary>
internal sealed class PooledBytes : IMemoryOwner<byte>
{
    private byte[]? _array;

    private PooledBytes(byte[] array, int length) => (_array, Length) = (array, length);

    public int Length { get; }

    public Memory<byte> Memory => (_array ?? throw new ObjectDisposedException(nameof(PooledBytes))).AsMemory(0, Length);

    public static PooledBytes Rent(int length) => new(ArrayPool<byte>.Shared.Rent(length), length);

    public static PooledBytes CopyOf(in ReadOnlySequence<byte> bytes)
    {
        var copy = Rent(checked((int)bytes.Length));
        bytes.CopyTo(copy.Memory.Span);
        return copy;
    }

    public void Dispose()
    {
        // Exchanged, so that disposing twice never gives one array to two owners.
        if (Interlocked.Exchange(ref _array, null) is { } array)
        {
            ArrayPool<byte>.Shared.Return(array);
        }
    }
}
