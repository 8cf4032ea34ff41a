using System.Runtime.CompilerServices;

namespace Larder.Memory;

/// <summary>One stored value with what the store needs to expire, find and weigh it. The links belong to the store's lock.</summary>
internal sealed class MemoryEntry
{
    // This object (14 words), its node and bucket in the dictionary, and the header of the value.
    internal const int FixedOverheadBytes = 200;
    private const int StringHeaderBytes = 22;

    internal MemoryEntry(string key, object? value, Type valueType, string[] tags, long valueBytes, long expiresAt)
    {
        Key = key;
        Value = value;
        ValueType = valueType;
        Tags = tags;
        ExpiresAt = expiresAt;
        Bytes = FixedOverheadBytes + SizeOf(key) + valueBytes;
        foreach (var tag in tags)
        {
            Bytes += SizeOf(tag) + Unsafe.SizeOf<nint>();
        }
    }

    internal string Key { get; }

    internal object? Value { get; }

    /// <summary>The type the value was stored as; a reader who asks for another type does not get it.</summary>
    internal Type ValueType { get; }

    internal string[] Tags { get; }

    /// <summary>A timestamp of the cache's TimeProvider.</summary>
    internal long ExpiresAt { get; }

    internal long Bytes { get; }

    /// <summary>Set by readers without a lock; a lost write costs one chance to stay, nothing else.</summary>
    internal bool Visited { get; set; }

    internal MemoryEntry? Newer { get; set; }

    internal MemoryEntry? Older { get; set; }

    internal static long SizeOf(string text) => StringHeaderBytes + (2L * text.Length);
}
