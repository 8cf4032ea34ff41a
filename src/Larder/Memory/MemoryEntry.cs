using System.Runtime.InteropServices;
using System.Text;
using Larder.Freshness;
using Larder.Memory.Eviction;

namespace Larder.Memory;

/// <summary>
/// One stored value with what is needed to judge, expire, find and weigh it. A million of them are kept, so every word counts: the key stands behind
/// the tags in one array, in ASCII where it can, and what entries have in common is in their <see cref="EntryKind"/>.
/// </summary>
internal sealed class MemoryEntry : ReadStamp, IEvictable<MemoryEntry>
{
    /// <summary>
    /// This object (128), the header of the array of tags and key (24), its place in the table (8 to 16), its share of the eviction policy's sketch and
    /// ghosts (10 to 20) and the header of the value (24).
    /// </summary>
    internal const int FixedOverheadBytes = 216;

    private const int StringHeaderBytes = 22;
    private const ushort IsAscii = 0x8000;
    private const int PausesOfRefreshUnit = 256;

    private readonly ushort _keyLength;
    private uint _refreshTried;
    private EvictionState<MemoryEntry> _state;
    private MemoryEntry? _next;

    internal MemoryEntry(ReadOnlySpan<char> key, object? value, ReadStamp stamp, long valueBytes, long loadedAt, EntryKind kind)
        : base(stamp, WordsOf(stamp.Tags, key, out var keyBytes), kind)
    {
        Value = value;
        LoadedAt = loadedAt;
        _keyLength = (ushort)(key.Length | (keyBytes == key.Length ? IsAscii : 0));
        _state.Hash = KeyHash.Of(key);
        _state.Weight = checked((int)(FixedOverheadBytes + valueBytes + ((stamp.Tags.Length + WordsFor(keyBytes)) * sizeof(ulong))));
    }

    /// <summary>Made anew each time: not for the hit path.</summary>
    internal string Key => string.Create(_keyLength & ~IsAscii, this, static (text, entry) => entry.CopyKeyTo(text));

    internal int KeyLength => _keyLength & ~IsAscii;

    internal object? Value { get; }

    /// <summary>The type the value was stored as; a reader who asks for another type does not get it.</summary>
    internal Type ValueType => OwnKind.ValueType;

    /// <summary>When its load began.</summary>
    internal long LoadedAt { get; }

    /// <summary>Until when it is kept: past its expiry where the policy lets it be served stale.</summary>
    internal long KeptUntil => ExpiresAt + OwnKind.Rules.Staleness;

    /// <summary>From when on a hit makes it anew before it expires.</summary>
    internal long RefreshAt => OwnKind.Rules.RefreshPart is { } part ? LoadedAt + (long)((ExpiresAt - LoadedAt) * part) : long.MaxValue;

    /// <summary>Whether it may be served after an invalidation, and so is worth keeping.</summary>
    internal bool OutlivesInvalidation => OwnKind.Rules.OutlivesInvalidation;

    internal int Bytes => _state.Weight;

    public ref EvictionState<MemoryEntry> State => ref _state;

    /// <summary>The next entry of its bucket. Written under the store's lock, read without.</summary>
    internal MemoryEntry? Next
    {
        get => Volatile.Read(ref _next);
        set => Volatile.Write(ref _next, value);
    }

    /// <summary>Where <see cref="Next"/> stands, for whoever holds the lock.</summary>
    internal ref MemoryEntry? NextLink => ref _next;

    private EntryKind OwnKind => (EntryKind)Origin;

    internal bool HasKey(ReadOnlySpan<char> key)
    {
        var bytes = KeyBytes;
        return (_keyLength & IsAscii) != 0
            ? key.Length == bytes.Length && Ascii.Equals(bytes, key)
            : MemoryMarshal.Cast<byte, char>(bytes).SequenceEqual(key);
    }

    internal void CopyKeyTo(Span<char> text)
    {
        if ((_keyLength & IsAscii) != 0)
        {
            Encoding.ASCII.GetChars(KeyBytes, text);
        }
        else
        {
            MemoryMarshal.Cast<byte, char>(KeyBytes).CopyTo(text);
        }
    }

    /// <summary>Whether somebody may set out to make it anew now: not within the pause since somebody did, so that a failing source is not asked at every hit.</summary>
    internal bool TryClaimRefresh(long now, long pause)
    {
        // In parts of the pause since the load began: 32 bits hold years of them.
        var tried = Volatile.Read(ref _refreshTried);
        var units = (uint)((now - LoadedAt) / Math.Max(1, pause / PausesOfRefreshUnit)) + 1;
        if (tried != 0 && units - tried < PausesOfRefreshUnit)
        {
            return false;
        }

        Volatile.Write(ref _refreshTried, units);
        return true;
    }

    internal static long SizeOf(string text) => StringHeaderBytes + (2L * text.Length);

    private ReadOnlySpan<byte> KeyBytes
    {
        get
        {
            var length = (_keyLength & IsAscii) != 0 ? _keyLength & ~IsAscii : _keyLength * sizeof(char);
            return MemoryMarshal.AsBytes(BehindTags)[..length];
        }
    }

    private static int WordsFor(int keyBytes) => (keyBytes + sizeof(ulong) - 1) / sizeof(ulong);

    private static Tag[] WordsOf(ReadOnlySpan<Tag> tags, ReadOnlySpan<char> key, out int keyBytes)
    {
        var isAscii = Ascii.IsValid(key);
        keyBytes = isAscii ? key.Length : key.Length * sizeof(char);
        var words = new Tag[tags.Length + WordsFor(keyBytes)];
        tags.CopyTo(words);
        var room = MemoryMarshal.AsBytes(words.AsSpan(tags.Length));
        if (isAscii)
        {
            Encoding.ASCII.GetBytes(key, room);
        }
        else
        {
            MemoryMarshal.AsBytes(key).CopyTo(room);
        }

        return words;
    }
}
