using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.IO.Compression;
using System.Numerics;
using Larder.Freshness;

namespace Larder.Remote;

/// <summary>
/// An entry of the second level as bytes: a header of 68 bytes, the tags, the value. Numbers are big-endian, so that a script can compare positions. A change of
/// anything here is a new <see cref="Version"/>; what is of another version is not there.
/// <code>
///  0  4  "LRD" and the version          44  8  life in milliseconds
///  4  8  epoch                          52  1  flags: 1 compressed (Brotli)
/// 12  8  position (P0)                  53  1  kind of freshness
/// 20  8  schema hash                    54  2  number of tags
/// 28  8  definition                     56  4  bytes of the value as it is used
/// 36  8  load began, Unix milliseconds  60  4  bytes of the value as it stands here
///                                       64  4  CRC-32C of all bytes but these four
/// </code>
/// </summary>
internal static class RemoteEntryFormat
{
    internal const byte Version = 1;
    internal const int HeaderBytes = 68;

    /// <summary>From this size on a value is compressed, where that makes it smaller. Below, reading it would take longer than its way does.</summary>
    internal const int CompressedFrom = 32 * 1024;

    private const uint Magic = 0x4c524400 | Version;
    private const int EpochAt = 4;
    private const int PositionAt = 12;
    private const int SchemaAt = 20;
    private const int DefinitionAt = 28;
    private const int LoadedAt = 36;
    private const int LifeAt = 44;
    private const int FlagsAt = 52;
    private const int KindAt = 53;
    private const int TagCountAt = 54;
    private const int ValueBytesAt = 56;
    private const int StoredBytesAt = 60;
    private const int ChecksumAt = 64;
    private const byte IsCompressed = 1;
    private const int BrotliQuality = 1;
    private const int BrotliWindow = 22;
    private static readonly long GreatestLifeMs = (long)TimeSpan.FromDays(366).TotalMilliseconds;

    internal static byte[] Write(in RemoteEntry entry, ReadOnlySpan<byte> value)
    {
        var valueAt = HeaderBytes + (entry.Tags.Length * sizeof(ulong));
        var bytes = new byte[valueAt + value.Length];
        var (length, flags) = (value.Length, (byte)0);
        if (value.Length >= CompressedFrom && BrotliEncoder.TryCompress(value, bytes.AsSpan(valueAt, value.Length - 1), out var written, BrotliQuality, BrotliWindow))
        {
            (length, flags) = (written, IsCompressed);
            bytes = bytes[..(valueAt + written)];
        }
        else
        {
            value.CopyTo(bytes.AsSpan(valueAt));
        }

        var header = bytes.AsSpan();
        BinaryPrimitives.WriteUInt32BigEndian(header, Magic);
        BinaryPrimitives.WriteUInt64BigEndian(header[EpochAt..], entry.Epoch);
        BinaryPrimitives.WriteInt64BigEndian(header[PositionAt..], entry.Position);
        BinaryPrimitives.WriteUInt64BigEndian(header[SchemaAt..], entry.SchemaHash);
        BinaryPrimitives.WriteUInt64BigEndian(header[DefinitionAt..], entry.Definition);
        BinaryPrimitives.WriteInt64BigEndian(header[LoadedAt..], entry.LoadedAt.ToUnixTimeMilliseconds());
        BinaryPrimitives.WriteInt64BigEndian(header[LifeAt..], (long)entry.Life.TotalMilliseconds);
        header[FlagsAt] = flags;
        header[KindAt] = (byte)entry.Kind;
        BinaryPrimitives.WriteUInt16BigEndian(header[TagCountAt..], checked((ushort)entry.Tags.Length));
        BinaryPrimitives.WriteInt32BigEndian(header[ValueBytesAt..], value.Length);
        BinaryPrimitives.WriteInt32BigEndian(header[StoredBytesAt..], length);
        for (var i = 0; i < entry.Tags.Length; i++)
        {
            BinaryPrimitives.WriteUInt64BigEndian(header[(HeaderBytes + (i * sizeof(ulong)))..], entry.Tags[i].Bits);
        }

        BinaryPrimitives.WriteUInt32BigEndian(header[ChecksumAt..], ChecksumOf(bytes));
        return bytes;
    }

    /// <summary>Reads what stands before the value. False: it is no entry of this version, or not whole.</summary>
    internal static bool TryReadHeader(ReadOnlySpan<byte> bytes, out RemoteEntry entry)
    {
        entry = default;
        if (bytes.Length < HeaderBytes || BinaryPrimitives.ReadUInt32BigEndian(bytes) != Magic)
        {
            return false;
        }

        var (tags, kind) = (BinaryPrimitives.ReadUInt16BigEndian(bytes[TagCountAt..]), (FreshnessKind)bytes[KindAt]);
        var (valueBytes, storedBytes) = (BinaryPrimitives.ReadInt32BigEndian(bytes[ValueBytesAt..]), BinaryPrimitives.ReadInt32BigEndian(bytes[StoredBytesAt..]));
        var (loadedAt, life) = (BinaryPrimitives.ReadInt64BigEndian(bytes[LoadedAt..]), BinaryPrimitives.ReadInt64BigEndian(bytes[LifeAt..]));
        if (tags == 0
            || valueBytes < 0
            || storedBytes < 0
            || bytes.Length != HeaderBytes + (tags * (long)sizeof(ulong)) + storedBytes
            || kind is not (FreshnessKind.Tracked or FreshnessKind.HandTagged or FreshnessKind.Timed)
            || bytes[FlagsAt] > IsCompressed
            || (bytes[FlagsAt] == 0 && storedBytes != valueBytes)
            || life <= 0
            || life > GreatestLifeMs
            || loadedAt < 0
            || loadedAt > DateTimeOffset.MaxValue.ToUnixTimeMilliseconds()
            || BinaryPrimitives.ReadUInt32BigEndian(bytes[ChecksumAt..]) != ChecksumOf(bytes))
        {
            return false;
        }

        entry = new RemoteEntry
        {
            Epoch = BinaryPrimitives.ReadUInt64BigEndian(bytes[EpochAt..]),
            Position = BinaryPrimitives.ReadInt64BigEndian(bytes[PositionAt..]),
            SchemaHash = BinaryPrimitives.ReadUInt64BigEndian(bytes[SchemaAt..]),
            Definition = BinaryPrimitives.ReadUInt64BigEndian(bytes[DefinitionAt..]),
            LoadedAt = DateTimeOffset.FromUnixTimeMilliseconds(loadedAt),
            Life = TimeSpan.FromMilliseconds(life),
            Kind = kind,
            Tags = ReadTags(bytes.Slice(HeaderBytes, tags * sizeof(ulong))),
        };
        return true;
    }

    /// <summary>Takes the value out of an entry whose header was read.</summary>
    /// <param name="bytes">The entry.</param>
    /// <param name="maxBytes">A larger value is refused before memory is taken for it.</param>
    /// <param name="value">The value, in memory of its own.</param>
    internal static bool TryReadValue(ReadOnlySpan<byte> bytes, long maxBytes, [NotNullWhen(true)] out byte[]? value)
    {
        value = null;
        var length = BinaryPrimitives.ReadInt32BigEndian(bytes[ValueBytesAt..]);
        if (length > maxBytes)
        {
            return false;
        }

        var stored = bytes[(HeaderBytes + (BinaryPrimitives.ReadUInt16BigEndian(bytes[TagCountAt..]) * sizeof(ulong)))..];
        if (bytes[FlagsAt] == 0)
        {
            value = stored.ToArray();
            return true;
        }

        var plain = new byte[length];
        if (!BrotliDecoder.TryDecompress(stored, plain, out var written) || written != length)
        {
            return false;
        }

        value = plain;
        return true;
    }

    /// <summary>Whether the bytes hold an entry of the same epoch at a later position; of what cannot be read it is not so.</summary>
    internal static bool IsLaterThan(ReadOnlySpan<byte> stored, ReadOnlySpan<byte> entry) =>
        stored.Length >= HeaderBytes
        && stored[..PositionAt].SequenceEqual(entry[..PositionAt])
        && BinaryPrimitives.ReadInt64BigEndian(stored[PositionAt..]) > BinaryPrimitives.ReadInt64BigEndian(entry[PositionAt..]);

    private static Tag[] ReadTags(ReadOnlySpan<byte> bytes)
    {
        var tags = new Tag[bytes.Length / sizeof(ulong)];
        for (var i = 0; i < tags.Length; i++)
        {
            tags[i] = Tag.FromBits(BinaryPrimitives.ReadUInt64BigEndian(bytes[(i * sizeof(ulong))..]));
        }

        return tags;
    }

    private static uint ChecksumOf(ReadOnlySpan<byte> bytes) => ~Crc32C(Crc32C(uint.MaxValue, bytes[..ChecksumAt]), bytes[HeaderBytes..]);

    // Castagnoli's polynomial, which processors have an instruction for.
    private static uint Crc32C(uint crc, ReadOnlySpan<byte> bytes)
    {
        while (bytes.Length >= sizeof(ulong))
        {
            crc = BitOperations.Crc32C(crc, BinaryPrimitives.ReadUInt64LittleEndian(bytes));
            bytes = bytes[sizeof(ulong)..];
        }

        foreach (var octet in bytes)
        {
            crc = BitOperations.Crc32C(crc, octet);
        }

        return crc;
    }
}
