using System.Buffers;
using System.ComponentModel;
using System.Reflection;
using System.Runtime.CompilerServices;
using Larder.Memory;
using Microsoft.Extensions.Caching.Hybrid;

namespace Larder.Caching;

/// <summary>
/// How values of one type are kept so that no two callers ever share a mutable instance: types that cannot change are stored as they
/// are, all others as bytes, of which each caller gets an instance of its own.
/// </summary>
internal sealed class CacheCodec<T>(IHybridCacheSerializer<T> serializer)
{
    /// <summary>
    /// Immutable: a string, a struct without references, a sealed type marked [ImmutableObject(true)], and our own sized values.
    /// </summary>
    internal static readonly bool SharesInstances =
        typeof(T) == typeof(string)
        || !RuntimeHelpers.IsReferenceOrContainsReferences<T>()
        || typeof(ICacheSized).IsAssignableFrom(typeof(T))
        || (typeof(T).IsSealed && typeof(T).GetCustomAttribute<ImmutableObjectAttribute>() is { Immutable: true });

    internal byte[] Serialize(T value)
    {
        var buffer = new ArrayBufferWriter<byte>();
        serializer.Serialize(value, buffer);
        return buffer.WrittenSpan.ToArray();
    }

    internal T Deserialize(byte[] bytes) => serializer.Deserialize(new ReadOnlySequence<byte>(bytes));

    /// <summary>
    /// The bytes of what <see cref="Pack"/> made, for a store outside of this process. Null: the value would not be the same when it is read again, because JSON does not hold all of it. A value
    /// that is kept as bytes has gone that way already.
    /// </summary>
    internal byte[]? ToBytes(object? stored)
    {
        if (!SharesInstances)
        {
            return (byte[])stored!;
        }

        var bytes = Serialize((T)stored!);
        return serializer is not JsonCacheSerializer<T> || typeof(T) == typeof(string) || IsSame(stored, Deserialize(bytes)) ? bytes : null;
    }

    /// <summary>The object to store and the bytes it takes.</summary>
    /// <param name="value">The value.</param>
    /// <param name="serialized">Its bytes, where they are at hand.</param>
    internal (object? Stored, long Bytes) Pack(T value, byte[]? serialized = null)
    {
        if (!SharesInstances)
        {
            var bytes = serialized ?? Serialize(value);
            return (bytes, bytes.LongLength);
        }

        var size = value switch
        {
            null => 0,
            string text => MemoryEntry.SizeOf(text),
            ICacheSized sized => sized.SizeInBytes,
            _ when !RuntimeHelpers.IsReferenceOrContainsReferences<T>() => Unsafe.SizeOf<T>(),
            _ => Serialize(value).LongLength,
        };
        return (value, size);
    }

    /// <summary>Whether a stored value and a new one say the same.</summary>
    internal bool IsSame(object? stored, T value) =>
        !SharesInstances ? ((byte[])stored!).AsSpan().SequenceEqual(Serialize(value))
        : value is ICacheSized sized ? sized.SaysTheSame(stored)
        : EqualityComparer<T>.Default.Equals((T)stored!, value);

    internal T Unpack(object? stored) => SharesInstances ? (T)stored! : Deserialize((byte[])stored!);
}
