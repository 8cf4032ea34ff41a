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
        ulong low = 0;
        ulong high = 0;
        if (bytes >= 8)
        {
            for (nuint at = 0; at + 16 < bytes; at += 16)
            {
                hash = Fold(Word(ref start, at) ^ Secret, Word(ref start, at + 8) ^ hash);
            }

            // The last 16 bytes, or what there is of them, overlapping what came before: with the length they say the same as the rest alone.
            low = Word(ref start, bytes >= 16 ? bytes - 16 : 0);
            high = Word(ref start, bytes - 8);
        }
        else
        {
            foreach (var unit in key)
            {
                low = (low << 16) | unit;
            }
        }

        hash = Fold(low ^ Secret, high ^ hash);
        return (uint)(Fold(hash, Secret ^ bytes) >> 16);
    }

    private static ulong Word(ref byte start, nuint at) => Unsafe.ReadUnaligned<ulong>(ref Unsafe.AddByteOffset(ref start, at));

    private static ulong Fold(ulong left, ulong right)
    {
        var high = Math.BigMul(left, right, out var low);
        return high ^ low;
    }

    private static ulong RandomSeed() => BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(sizeof(ulong)));
}
