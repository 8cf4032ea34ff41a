using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
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

    /// <summary>Whether <see cref="Value"/> is the instance that readers get, and not bytes to make one of.</summary>
    internal bool HoldsInstance => OwnKind.HoldsInstance;

    /// <summary>When its load began.</summary>
    internal long LoadedAt { get; }

    /// <summary>Until when it is kept: past its expiry where the policy lets it be served stale.</summary>
    internal long KeptUntil => ExpiresAt + OwnKind.Rules.Staleness;

    /// <summary>From when on a hit makes it anew before it expires.</summary>
    internal long RefreshAt => OwnKind.Rules.RefreshPart is { } part ? LoadedAt + (long)((ExpiresAt - LoadedAt) * part) : long.MaxValue;

    internal bool IsDueForRefresh(long now) => OwnKind.IsRefreshedEarly && RefreshAt <= now;

    /// <summary>Whether it may be served after an invalidation, and so is worth keeping.</summary>
    internal bool OutlivesInvalidation => OwnKind.Rules.OutlivesInvalidation;

    /// <summary>The name of the policy it is kept under.</summary>
    internal string? Policy => OwnKind.Rules.Policy;

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

    // Its constructor takes no other origin.
    private EntryKind OwnKind => Unsafe.As<EntryKind>(Origin);

    /// <summary>Whether the value was stored as this type; a reader who asks for another does not get it.</summary>
    internal bool Holds<T>() => Origin.GetType() == typeof(EntryKind<T>);

    /// <summary>The value, for whoever has seen that the entry <see cref="Holds{T}"/> it and that it is an instance.</summary>
    internal T Instance<T>()
    {
        var value = Value;
        return typeof(T).IsValueType ? (T)value! : Unsafe.As<object?, T>(ref value);
    }

    internal bool HasKey(ReadOnlySpan<char> key) => (_keyLength & IsAscii) != 0
        ? key.Length == KeyLength && IsWidened(ref Unsafe.As<Tag, byte>(ref MemoryMarshal.GetReference(BehindTags)), key)
        : MemoryMarshal.Cast<byte, char>(KeyBytes).SequenceEqual(key);

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

    /// <summary>Whether the characters are the bytes, each; there are as many bytes. A third of the time that Ascii.Equals takes, for the keys of a cache.</summary>
    private static bool IsWidened(ref byte narrow, ReadOnlySpan<char> characters)
    {
        ref var wide = ref Unsafe.As<char, ushort>(ref MemoryMarshal.GetReference(characters));
        var last = characters.Length - Vector128<ushort>.Count;
        if (last < 0)
        {
            for (var i = 0; i < characters.Length; i++)
            {
                if (Unsafe.Add(ref narrow, i) != characters[i])
                {
                    return false;
                }
            }

            return true;
        }

        // The last step overlaps the one before.
        for (var at = 0; ; at = Math.Min(at + Vector128<ushort>.Count, last))
        {
            var eight = Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref narrow, at));
            if (Vector128.WidenLower(Vector128.CreateScalarUnsafe(eight).AsByte()) != Vector128.LoadUnsafe(ref wide, (nuint)at))
            {
                return false;
            }

            if (at == last)
            {
                return true;
            }
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
