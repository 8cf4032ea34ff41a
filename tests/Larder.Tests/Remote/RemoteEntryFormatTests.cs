using System.Text;
using Larder.Freshness;
using Larder.Remote;
using Larder.Tests.House;

namespace Larder.Tests.Remote;

public sealed class RemoteEntryFormatTests
{
    private static readonly RemoteEntry Entry = new()
    {
        Epoch = 0x0102030405060708,
        Position = 0x1112131415161718,
        SchemaHash = 0x2122232425262728,
        Definition = 0x3132333435363738,
        LoadedAt = new DateTimeOffset(2025, 1, 1, 0, 0, 0, TimeSpan.Zero),
        Life = TimeSpan.FromMinutes(5),
        Kind = FreshnessKind.HandTagged,
        Tags = [Tag.FromBits(0x4142434445464749), Tag.FromBits(0x5152535455565758)],
    };

    // Not written by this code: made from the description by a script that has its own CRC-32C.
    private static byte[] Golden => Convert.FromHexString(File.ReadAllText(Repository.PathTo("tests/Larder.Tests/Remote/Golden/entry-v1.hex")).ReplaceLineEndings(""));

    [Fact]
    public void Write_EntryOfVersionOne_IsTheGoldenFile() =>
        Assert.Equal(Convert.ToHexString(Golden), Convert.ToHexString(RemoteEntryFormat.Write(Entry, """{"id":7}"""u8)));

    [Fact]
    public void TryRead_TheGoldenFile_GivesTheEntry()
    {
        Assert.True(RemoteEntryFormat.TryReadHeader(Golden, out var read));
        Assert.Equal(Entry with { Tags = [] }, read with { Tags = [] });
        Assert.Equal(Entry.Tags, read.Tags);
        Assert.True(RemoteEntryFormat.TryReadValue(Golden, 8, out var value));
        Assert.Equal("""{"id":7}""", Encoding.UTF8.GetString(value));
    }

    [Fact]
    public void TryReadHeader_CutAnywhereOrLonger_IsNoEntry()
    {
        for (var length = 0; length < Golden.Length; length++)
        {
            Assert.False(RemoteEntryFormat.TryReadHeader(Golden.AsSpan(0, length), out _));
        }

        Assert.False(RemoteEntryFormat.TryReadHeader([.. Golden, 0], out _));
    }

    [Fact]
    public void TryReadHeader_AnyBitTurned_IsNoEntry()
    {
        for (var bit = 0; bit < Golden.Length * 8; bit++)
        {
            var bytes = Golden;
            bytes[bit / 8] ^= (byte)(1 << (bit % 8));

            Assert.False(RemoteEntryFormat.TryReadHeader(bytes, out _), $"bit {bit}");
        }
    }

    [Theory]
    [InlineData(0, false)]
    [InlineData(RemoteEntryFormat.CompressedFrom - 1, false)]
    [InlineData(RemoteEntryFormat.CompressedFrom, true)]
    [InlineData(3_000_000, true)]
    public void TryReadValue_OfAnySize_IsWhatWasWritten(int size, bool isSmaller)
    {
        var value = new byte[size];
        for (var i = 0; i < size; i++)
        {
            value[i] = (byte)(i % 100);
        }

        var bytes = RemoteEntryFormat.Write(Entry, value);

        Assert.Equal(isSmaller, bytes.Length < size);
        Assert.True(RemoteEntryFormat.TryReadHeader(bytes, out _));
        Assert.True(RemoteEntryFormat.TryReadValue(bytes, size, out var read));
        Assert.Equal(value, read);
        Assert.False(size > 0 && RemoteEntryFormat.TryReadValue(bytes, size - 1, out _), "what is too large is refused");
    }

    [Fact]
    public void TryReadValue_ThatDoesNotCompress_IsWhatWasWritten()
    {
        var value = new byte[RemoteEntryFormat.CompressedFrom * 2];
        new Random(1).NextBytes(value);

        var bytes = RemoteEntryFormat.Write(Entry, value);

        Assert.True(RemoteEntryFormat.TryReadHeader(bytes, out _));
        Assert.True(RemoteEntryFormat.TryReadValue(bytes, value.Length, out var read));
        Assert.Equal(value, read);
    }

    [Theory]
    [InlineData(7, 5, 7, 4, true)]
    [InlineData(7, 5, 7, 5, false)]
    [InlineData(7, 5, 7, 6, false)]
    [InlineData(8, 5, 7, 4, false)]
    [InlineData(7, 0x1_0000_0000, 7, 0xffff_ffff, true)]
    public void IsLaterThan_TwoEntries_ComparesPositionsOfOneEpoch(ulong storedEpoch, long storedPosition, ulong epoch, long position, bool expected) =>
        Assert.Equal(expected, RemoteEntryFormat.IsLaterThan(
            RemoteEntryFormat.Write(Entry with { Epoch = storedEpoch, Position = storedPosition }, "a"u8),
            RemoteEntryFormat.Write(Entry with { Epoch = epoch, Position = position }, "b"u8)));

    [Fact]
    public void IsLaterThan_WhatIsNoEntry_IsReplaced() =>
        Assert.False(RemoteEntryFormat.IsLaterThan("anything"u8, RemoteEntryFormat.Write(Entry, "b"u8)));
}
