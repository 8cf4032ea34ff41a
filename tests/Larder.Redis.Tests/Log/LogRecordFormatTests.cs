using Larder.Freshness;
using Larder.Redis.Log;

namespace Larder.Redis.Tests.Log;

public sealed class LogRecordFormatTests
{
    private static readonly WriteSet Writes = new(Tag.Coarse("erp.orders"), Tag.Fine("erp.orders.id=7"))
    {
        Wildcards = [Tag.Coarse("erp.orders!")],
        SchemaHash = 0x0123456789abcdef,
        IsHard = true,
    };

    // Nodes of two releases share a log: these bytes never change.
    [Fact]
    public void Encode_Version1_IsAsItWasPublished() => Assert.Equal(
        "0102efcdab896745230102000100" + Hex(Writes.Tags[0]) + Hex(Writes.Tags[1]) + Hex(Writes.Wildcards[0]),
        Convert.ToHexStringLower(LogRecordFormat.Encode(Writes)));

    [Fact]
    public void Encode_Everything_IsAsItWasPublished() => Assert.Equal("0101000000000000000000000000", Convert.ToHexStringLower(LogRecordFormat.Encode(WriteSet.Everything)));

    [Fact]
    public void Tags_OfNames_AreTheSameInEveryRelease() =>
        Assert.Equal(["5b7057f1b36a6374", "2ab01f07cf2b96d1"], new[] { Tag.Fine("erp.orders.id=7"), Tag.Coarse("erp.orders") }.Select(tag => tag.ToString()));

    [Fact]
    public void Decode_WhatWasEncoded_IsTheSame()
    {
        var read = LogRecordFormat.Decode(LogRecordFormat.Encode(Writes));

        Assert.Equal(Writes.Tags, read.Tags);
        Assert.Equal(Writes.Wildcards, read.Wildcards);
        Assert.Equal((Writes.SchemaHash, Writes.IsHard, Writes.IsAll), (read.SchemaHash, read.IsHard, read.IsAll));
    }

    [Fact]
    public void Decode_ALaterVersionOrADamagedRecord_IsEverythingHard()
    {
        var whole = LogRecordFormat.Encode(Writes);
        byte[] later = [2, .. whole[1..]];
        foreach (var record in Enumerable.Range(0, whole.Length).Select(length => whole[..length]).Append(later).Append([.. whole, 0]))
        {
            var read = LogRecordFormat.Decode(record);
            Assert.True(read is { IsAll: true, IsHard: true, Tags: [] }, $"{record.Length} bytes");
        }
    }

    [Fact]
    public void Encode_MoreTagsThanARecordMayName_IsEverything() =>
        Assert.True(LogRecordFormat.Decode(LogRecordFormat.Encode(new WriteSet([.. Enumerable.Range(0, WriteSet.MaxTags + 1).Select(i => Tag.Fine($"{i}"))]))).IsAll);

    private static string Hex(Tag tag) => Convert.ToHexStringLower(BitConverter.GetBytes(tag.Bits));
}
