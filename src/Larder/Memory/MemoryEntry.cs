using System.Runtime.CompilerServices;
using Larder.Freshness;

namespace Larder.Memory;

/// <summary>One stored value with what is needed to judge, expire, find and weigh it. The links belong to the store's lock.</summary>
internal sealed class MemoryEntry : ReadStamp
{
    // This object (22 words), its node and bucket in the dictionary, and the headers of the value and of the tags.
    internal const int FixedOverheadBytes = 272;
    private const long NeverTried = long.MinValue / 2;
    private const int StringHeaderBytes = 22;

    private long _refreshTriedAt = NeverTried;

    internal MemoryEntry(string key, object? value, Type valueType, ReadStamp stamp, long valueBytes, EntryLife life)
        : base(stamp)
    {
        Key = key;
        Value = value;
        ValueType = valueType;
        LoadedAt = life.LoadedAt;
        KeptUntil = Math.Max(life.KeptUntil, ExpiresAt);
        RefreshAt = life.RefreshAt;
        OutlivesInvalidation = life.OutlivesInvalidation;
        Bytes = FixedOverheadBytes + SizeOf(key) + (stamp.Tags.LongLength * Unsafe.SizeOf<Tag>()) + valueBytes;
    }

    internal string Key { get; }

    internal object? Value { get; }

    /// <summary>The type the value was stored as; a reader who asks for another type does not get it.</summary>
    internal Type ValueType { get; }

    /// <summary>When its load began.</summary>
    internal long LoadedAt { get; }

    /// <summary>Until when it is kept: past its expiry where the policy lets it be served stale.</summary>
    internal long KeptUntil { get; }

    /// <summary>From when on a hit makes it anew before it expires.</summary>
    internal long RefreshAt { get; }

    /// <summary>Whether it may be served after an invalidation, and so is worth keeping.</summary>
    internal bool OutlivesInvalidation { get; }

    /// <summary>When somebody last set out to make it anew, so that a failing source is not asked at every hit.</summary>
    internal long RefreshTriedAt
    {
        get => Volatile.Read(ref _refreshTriedAt);
        set => Volatile.Write(ref _refreshTriedAt, value);
    }

    internal long Bytes { get; }

    /// <summary>Set by readers without a lock; a lost write costs one chance to stay, nothing else.</summary>
    internal bool Visited { get; set; }

    internal MemoryEntry? Newer { get; set; }

    internal MemoryEntry? Older { get; set; }

    internal static long SizeOf(string text) => StringHeaderBytes + (2L * text.Length);
}

/// <summary>The times of an entry beside its expiry, as timestamps of the cache's TimeProvider.</summary>
internal readonly record struct EntryLife(long LoadedAt, long RefreshAt, long KeptUntil, bool OutlivesInvalidation);
