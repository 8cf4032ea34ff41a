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
    private static readonly ulong SecretOfRight = RandomSeed() | 1;
    private static readonly ulong SecretOfEnd = RandomSeed() | 1;

    internal static uint Of(ReadOnlySpan<char> key)
    {
        ref var start = ref Unsafe.As<char, byte>(ref MemoryMarshal.GetReference(key));
        var bytes = (nuint)key.Length * sizeof(char);
        if (bytes < 8)
        {
            ulong units = 0;
            foreach (var unit in key)
            {
                units = (units << 16) | unit;
            }

            return End(Fold(units ^ Secret, Seed ^ bytes), bytes);
        }

        // Two lanes and the end, which do not wait for one another: most keys of a cache take the time of two multiplications.
        var (left, right) = (Seed ^ bytes, Seed);
        nuint at = 0;
        for (; at + 32 < bytes; at += 32)
        {
            left = Fold(Word(ref start, at) ^ Secret, Word(ref start, at + 8) ^ left);
            right = Fold(Word(ref start, at + 16) ^ SecretOfRight, Word(ref start, at + 24) ^ right);
        }

        if (at + 16 < bytes)
        {
            left = Fold(Word(ref start, at) ^ Secret, Word(ref start, at + 8) ^ left);
        }

        // The last 16 bytes, or what there is of them, overlapping what came before: with the length they say the same as the rest alone.
        var end = Fold(Word(ref start, bytes >= 16 ? bytes - 16 : 0) ^ SecretOfEnd, Word(ref start, bytes - 8) ^ Seed);
        return End(left ^ right ^ end, bytes);
    }

    private static uint End(ulong hash, ulong bytes) => (uint)(Fold(hash ^ Seed, Secret ^ bytes) >> 16);

    private static ulong Word(ref byte start, nuint at) => Unsafe.ReadUnaligned<ulong>(ref Unsafe.AddByteOffset(ref start, at));

    private static ulong Fold(ulong left, ulong right)
    {
        var high = Math.BigMul(left, right, out var low);
        return high ^ low;
    }

    private static ulong RandomSeed() => BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(sizeof(ulong)));
}
