using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Larder.Memory;

/// <summary>
/// Hashes keys as sequences of UTF-16 units: eight bytes at a time are mixed by a 64 by 64 bit multiplication folded to 64 bits, as in wyhash (Wang Yi),
/// which takes a third of the time of the runtime's string hash for the keys of a cache. The seeds are random and secret to the process, because keys come
/// from outside, and whoever could make many of them meet in one bucket could slow the cache down.
/// </summary>
internal static class KeyHash
{
    private static readonly ulong Seed = RandomSeed();
    private static readonly ulong Secret = RandomSeed() | 1;

    internal static uint Of(ReadOnlySpan<char> key)
    {
        ref var start = ref Unsafe.As<char, byte>(ref MemoryMarshal.GetReference(key));
        var bytes = (nuint)key.Length * sizeof(char);
        var hash = Seed ^ bytes;
        nuint at = 0;
        for (; at + 16 <= bytes; at += 16)
        {
            hash = Fold(
                Unsafe.ReadUnaligned<ulong>(ref Unsafe.AddByteOffset(ref start, at)) ^ Secret,
                Unsafe.ReadUnaligned<ulong>(ref Unsafe.AddByteOffset(ref start, at + 8)) ^ hash);
        }

        ulong low = 0;
        if (at + 8 <= bytes)
        {
            low = Unsafe.ReadUnaligned<ulong>(ref Unsafe.AddByteOffset(ref start, at));
            at += 8;
        }

        ulong high = 0;
        for (; at < bytes; at += sizeof(char))
        {
            high = (high << 16) | Unsafe.ReadUnaligned<char>(ref Unsafe.AddByteOffset(ref start, at));
        }

        hash = Fold(low ^ Secret, high ^ hash);
        return (uint)(Fold(hash, Secret ^ bytes) >> 16);
    }

    private static ulong Fold(ulong left, ulong right)
    {
        var high = Math.BigMul(left, right, out var low);
        return high ^ low;
    }

    private static ulong RandomSeed() => BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(sizeof(ulong)));
}
