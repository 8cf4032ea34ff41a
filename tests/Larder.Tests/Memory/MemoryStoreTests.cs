using Larder.Freshness;
using Larder.Memory;
using static Larder.Tests.Memory.StoreEntries;

namespace Larder.Tests.Memory;

public sealed class MemoryStoreTests
{
    private const int EntryBytes = StoreEntries.Bytes;

    private readonly ManualTimeProvider _time = new();

    [Fact]
    public void Set_EverythingRead_StillEvictsOne()
    {
        var store = Store(3);
        store.Set(Make("a"));
        store.Set(Make("b"));
        store.Set(Make("c"));
        Assert.Equal(3, Present(store, "a", "b", "c").Length);

        Assert.True(store.Set(Make("d")));

        Assert.True(store.TryGet("d", out _));
        Assert.Equal((3 * EntryBytes, 3, 1), (store.Bytes, store.Count, store.Evictions));
    }

    [Fact]
    public void Set_SameKeyAgain_ReplacesAndCountsOnce()
    {
        var store = Store(3);
        store.Set(Make("a"));
        var replacement = Make("a", bytes: 2_500);
        store.Set(replacement);

        Assert.True(store.TryGet("a", out var found));
        Assert.Same(replacement, found);
        Assert.Equal((2_500, 1, 0), (store.Bytes, store.Count, store.Evictions));
    }

    [Fact]
    public void Set_TheSameEntryAgain_ChangesNothing()
    {
        var store = Store(3);
        var entry = Make("a");

        Assert.True(store.Set(entry));
        Assert.True(store.Set(entry));

        Assert.Equal((EntryBytes, 1), (store.Bytes, store.Count));
        Assert.True(store.Remove(entry));
        Assert.False(store.Remove(entry));
    }

    [Fact]
    public void Set_LargerThanTheStore_IsRefusedAndRemovesTheOldValue()
    {
        var store = Store(3);
        store.Set(Make("a"));

        Assert.False(store.Set(Make("a", bytes: (3 * EntryBytes) + 1)));

        Assert.False(store.TryGet("a", out _));
        Assert.Equal((0, 0), (store.Bytes, store.Count));
    }

    [Fact]
    public void Set_GrownReplacementOfAFullStore_KeepsTheLimitAndTheReplacement()
    {
        var store = Store(4);
        foreach (var key in (string[])["a", "b", "c", "d"])
        {
            store.Set(Make(key));
        }

        Assert.True(store.Set(Make("b", bytes: 3 * EntryBytes)));

        Assert.True(store.TryGet("b", out var found));
        Assert.Equal(3 * EntryBytes, found.Bytes);
        Assert.InRange(store.Bytes, 3 * EntryBytes, 4 * EntryBytes);
    }

    [Fact]
    public void Remove_EntryThatWasReplaced_LeavesTheNewOne()
    {
        var store = Store(3);
        var old = Make("a");
        store.Set(old);
        store.Set(Make("a"));

        Assert.False(store.Remove(old));

        Assert.True(store.TryGet("a", out _));
    }

    [Theory]
    [InlineData("a")]
    [InlineData("bff:product:12345:stock:é")]
    [InlineData("日本語のキー")]
    [InlineData("a\0b")]
    public void TryGet_AnyKey_FindsItAndGivesItBack(string key)
    {
        var store = Store(30);
        store.Set(Make(key));
        store.Set(Make(key + "x"));
        store.Set(Make("x" + key));

        Assert.True(store.TryGet(("<" + key + ">").AsSpan(1, key.Length), out var entry));
        Assert.Equal(key, entry.Key);
        Assert.Equal([key], store.Keys(found => found == key));
        Assert.False(store.TryGet(key + "y", out _));
        Assert.True(store.Remove(key));
        Assert.False(store.TryGet(key, out _));
    }

    [Fact]
    public void TryGet_AfterExpiry_FindsNothingAndFreesTheRoom()
    {
        var store = Store(3);
        store.Set(Make("a", expiresAt: _time.GetTimestamp() + 10));
        Assert.True(store.TryGet("a", _time.GetTimestamp() + 9, out _));

        Assert.False(store.TryGet("a", _time.GetTimestamp() + 10, out _));

        Assert.Equal((0, 0, 0), (store.Bytes, store.Count, store.Evictions));
    }

    [Fact]
    public void TryGet_ExpiredAndKeptToBeServedStale_StillFindsIt()
    {
        var store = Store(3);
        var stamp = new ReadStamp([], epoch: 1, position: 0, expiresAt: 100, FreshnessKind.Timed);
        store.Set(new MemoryEntry("a", "a", stamp, 0, 0, new EntryKind<string>(holdsInstance: true, 1, FreshnessKind.Timed, new EntryRules(Staleness: 50))));

        Assert.True(store.TryGet("a", 149, out _));
        Assert.False(store.TryGet("a", 150, out _));
    }

    [Fact]
    public void Set_AfterOthersExpired_SweepsThemWithoutBeingAskedForThem()
    {
        var store = Store(1_000);
        for (var i = 0; i < 100; i++)
        {
            store.Set(Make($"old:{i}", expiresAt: _time.GetTimestamp() + TimeSpan.FromMinutes(1).Ticks));
        }

        _time.Advance(TimeSpan.FromMinutes(2));
        for (var i = 0; i < 30; i++)
        {
            store.Set(Make("new"));
        }

        Assert.Equal((1, EntryBytes), (store.Count, store.Bytes));
    }

    [Fact]
    public void Set_AfterOthersDied_SweepsThem()
    {
        var dead = new HashSet<string>();
        var store = new MemoryStore(1_000 * EntryBytes, _time, entry => dead.Contains(entry.Key));
        for (var i = 0; i < 10; i++)
        {
            store.Set(Make($"old:{i}"));
            dead.Add($"old:{i}");
        }

        for (var i = 0; i < 8; i++)
        {
            store.Set(Make($"new:{i}"));
        }

        Assert.Equal(8, store.Count);
        Assert.Empty(store.Keys(dead.Contains));
    }

    [Fact]
    public void MemoryEntry_Weight_CountsKeyTagsAndBookkeeping()
    {
        var stamp = new ReadStamp([HandTags.Word("a"), HandTags.Word("b")], epoch: 1, position: 0, expiresAt: 0, FreshnessKind.HandTagged);
        var entry = new MemoryEntry("1234567890", null, stamp, valueBytes: 77, loadedAt: 0, new EntryKind<string>(holdsInstance: true, 1, FreshnessKind.HandTagged, default));

        Assert.Equal(MemoryEntry.FixedOverheadBytes + 16 + (2 * 8) + 77, entry.Bytes);
        Assert.Equal([HandTags.Word("a"), HandTags.Word("b")], entry.Tags.ToArray());
        Assert.Equal("1234567890", entry.Key);
    }

    [Fact]
    public void TryClaimRefresh_WithinThePause_IsGivenOnce()
    {
        const long Second = 10_000_000;
        var entry = Make("a");

        Assert.True(entry.TryClaimRefresh(now: 5 * Second, pause: Second));
        Assert.False(entry.TryClaimRefresh(now: (6 * Second) - (Second / 100), pause: Second));
        Assert.True(entry.TryClaimRefresh(now: 6 * Second, pause: Second));
        Assert.False(entry.TryClaimRefresh(now: (6 * Second) + (Second / 2), pause: Second));
    }

    [Fact]
    public void RemoveWhereAndCountWhere_ManyEntries_SeeEachOnce()
    {
        var store = Store(10_000);
        for (var i = 0; i < 5_000; i++)
        {
            store.Set(Make($"{i}"));
        }

        Assert.Equal(5_000, store.CountWhere(0, static (_, _) => true));
        Assert.Equal(5_000, store.Keys(static _ => true).Distinct().Count());
        store.RemoveWhere(0, static (_, entry) => entry.Key.EndsWith('7'));
        Assert.Equal((4_500, 4_500 * EntryBytes), (store.Count, store.Bytes));
    }

    [Fact]
    public void Keys_WhileTheTableGrows_GivesEachKeyThatWasThereOnce()
    {
        var store = Store(100_000);
        for (var i = 0; i < 1_000; i++)
        {
            store.Set(Make($"there:{i}"));
        }

        List<string> seen = [];
        var added = 0;
        foreach (var key in store.Keys(static key => key.StartsWith("there:", StringComparison.Ordinal)))
        {
            seen.Add(key);
            for (var i = 0; i < 20; i++)
            {
                store.Set(Make($"added:{added++}"));
            }
        }

        Assert.Equal(1_000, seen.Count);
        Assert.Equal(1_000, seen.Distinct().Count());
    }

    private MemoryStore Store(int entries) => new(entries * (long)EntryBytes, _time, static _ => false);
}
