using System.Buffers.Binary;
using Larder.Freshness;

namespace Larder.Redis.Log;

/// <summary>
/// How a record stands in the stream. Version 1, little-endian: version (1 byte), flags (1 byte: 1 everything, 2 hard), schema hash (8), number
/// of tags (2), number of wildcards (2), then their bits (8 each). A record of a later version, or one that is damaged, counts as a hard record
/// of everything: so nodes of two releases can share a log.
/// </summary>
internal static class LogRecordFormat
{
    private const byte Version = 1;
    private const byte AllFlag = 1;
    private const byte HardFlag = 2;
    private const int SchemaAt = 2;
    private const int CountsAt = 10;
    private const int HeadBytes = 14;
    private const int TagBytes = sizeof(ulong);

    /// <summary>The record that begins an epoch.</summary>
    public static byte[] EpochBegins { get; } = Encode(WriteSet.Everything);

    public static byte[] Encode(WriteSet writes)
    {
        // More than one record may name is everything, as it is for the publisher.
        var isAll = writes.IsAll || writes.Tags.Length > WriteSet.MaxTags || writes.Wildcards.Length > WriteSet.MaxTags;
        Tag[] tags = isAll ? [] : writes.Tags;
        Tag[] wildcards = isAll ? [] : writes.Wildcards;
        var record = new byte[HeadBytes + (TagBytes * (tags.Length + wildcards.Length))];
        record[0] = Version;
        record[1] = (byte)((isAll ? AllFlag : 0) | (writes.IsHard ? HardFlag : 0));
        BinaryPrimitives.WriteUInt64LittleEndian(record.AsSpan(SchemaAt), writes.SchemaHash);
        BinaryPrimitives.WriteUInt16LittleEndian(record.AsSpan(CountsAt), (ushort)tags.Length);
        BinaryPrimitives.WriteUInt16LittleEndian(record.AsSpan(CountsAt + sizeof(ushort)), (ushort)wildcards.Length);
        Write(tags, record.AsSpan(HeadBytes));
        Write(wildcards, record.AsSpan(HeadBytes + (TagBytes * tags.Length)));
        return record;
    }

    public static WriteSet Decode(ReadOnlySpan<byte> record)
    {
        if (record.Length < HeadBytes || record[0] != Version)
        {
            return Unreadable;
        }

        var tags = BinaryPrimitives.ReadUInt16LittleEndian(record[CountsAt..]);
        var wildcards = BinaryPrimitives.ReadUInt16LittleEndian(record[(CountsAt + sizeof(ushort))..]);
        if (record.Length != HeadBytes + (TagBytes * (tags + wildcards)) || tags > WriteSet.MaxTags || wildcards > WriteSet.MaxTags)
        {
            return Unreadable;
        }

        return new WriteSet(Read(record[HeadBytes..], tags))
        {
            Wildcards = Read(record[(HeadBytes + (TagBytes * tags))..], wildcards),
            SchemaHash = BinaryPrimitives.ReadUInt64LittleEndian(record[SchemaAt..]),
            IsAll = (record[1] & AllFlag) != 0,
            IsHard = (record[1] & HardFlag) != 0,
        };
    }

    private static WriteSet Unreadable { get; } = WriteSet.Everything with { IsHard = true };

    private static void Write(Tag[] tags, Span<byte> destination)
    {
        for (var i = 0; i < tags.Length; i++)
        {
            BinaryPrimitives.WriteUInt64LittleEndian(destination[(i * TagBytes)..], tags[i].Bits);
        }
    }

    private static Tag[] Read(ReadOnlySpan<byte> source, int count)
    {
        var tags = new Tag[count];
        for (var i = 0; i < count; i++)
        {
            tags[i] = Tag.FromBits(BinaryPrimitives.ReadUInt64LittleEndian(source[(i * TagBytes)..]));
        }

        return tags;
    }
}
