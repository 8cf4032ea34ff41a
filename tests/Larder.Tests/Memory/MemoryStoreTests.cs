using Larder.Freshness;
using Larder.Memory;

namespace Larder.Tests.Memory;

public sealed class MemoryStoreTests
{
    private const int EntryBytes = 1_000;

    private readonly ManualTimeProvider _time = new();

    [Fact]
    public void Set_BeyondTheLimit_EvictsTheOldestThatWasNotRead()
    {
        var store = new MemoryStore(3 * EntryBytes, _time, static _ => false);
        store.Set(Entry("a"));
        store.Set(Entry("b"));
        store.Set(Entry("c"));
        Assert.True(store.TryGet("a", out _));

        store.Set(Entry("d"));

        Assert.Equal(["a", "c", "d"], Present(store, "a", "b", "c", "d"));
        Assert.Equal((3 * EntryBytes, 3, 1), (store.Bytes, store.Count, store.Evictions));
    }

    [Fact]
    public void Set_EverythingRead_StillEvictsOne()
    {
        var store = new MemoryStore(3 * EntryBytes, _time, static _ => false);
        store.Set(Entry("a"));
        store.Set(Entry("b"));
        store.Set(Entry("c"));
        Assert.Equal(3, Present(store, "a", "b", "c").Length);

        Assert.True(store.Set(Entry("d")));

        Assert.Equal(["b", "c", "d"], Present(store, "a", "b", "c", "d"));
    }

    [Fact]
    public void Set_SameKeyAgain_ReplacesAndCountsOnce()
    {
        var store = new MemoryStore(3 * EntryBytes, _time, static _ => false);
        store.Set(Entry("a"));
        var replacement = Entry("a", bytes: 2_500);
        store.Set(replacement);

        Assert.True(store.TryGet("a", out var found));
        Assert.Same(replacement, found);
        Assert.Equal((2_500, 1, 0), (store.Bytes, store.Count, store.Evictions));
    }

    [Fact]
    public void Set_LargerThanTheStore_IsRefusedAndRemovesTheOldValue()
    {
        var store = new MemoryStore(3 * EntryBytes, _time, static _ => false);
        store.Set(Entry("a"));

        Assert.False(store.Set(Entry("a", bytes: (3 * EntryBytes) + 1)));

        Assert.Equal((0, 0), (store.Bytes, store.Count));
    }

    [Fact]
    public void Set_AfterOthersExpired_SweepsAFewOfThemEachTime()
    {
        var store = new MemoryStore(1_000 * EntryBytes, _time, static _ => false);
        for (var i = 0; i < 100; i++)
        {
            store.Set(Entry($"old:{i}"));
        }

        _time.Advance(TimeSpan.FromMinutes(2));
        store.Set(Entry("new"));
        Assert.Equal(93, store.Count);

        for (var i = 0; i < 20; i++)
        {
            store.Set(Entry("new"));
        }

        Assert.Equal(1, store.Count);
    }

    [Fact]
    public void MemoryEntry_Weight_CountsKeyTagsAndBookkeeping()
    {
        var stamp = new ReadStamp([HandTags.Word("a"), HandTags.Word("b")], epoch: 1, position: 0, expiresAt: 0, FreshnessKind.HandTagged);
        var entry = new MemoryEntry("1234567890", null, typeof(string), stamp, valueBytes: 77, default);

        Assert.Equal(MemoryEntry.FixedOverheadBytes + (22 + 20) + (2 * 8) + 77, entry.Bytes);
    }

    [Fact]
    public void Set_AfterOthersDied_SweepsAFewOfThemEachTime()
    {
        var dead = new HashSet<string>();
        var store = new MemoryStore(1_000 * EntryBytes, _time, entry => dead.Contains(entry.Key));
        for (var i = 0; i < 10; i++)
        {
            store.Set(Entry($"old:{i}"));
            dead.Add($"old:{i}");
        }

        store.Set(Entry("new:1"));
        store.Set(Entry("new:2"));

        Assert.Equal(["new:1", "new:2"], Present(store, [.. dead, "new:1", "new:2"]));
    }

    [Fact]
    public async Task Set_RandomOperationsFromManyThreads_NeverExceedsTheLimitAndLosesNoByte()
    {
        const int Limit = 50 * EntryBytes;
        var store = new MemoryStore(Limit, _time, static _ => false);
        var workers = Enumerable.Range(0, 8).Select(seed => Task.Run(() =>
        {
            var random = new Random(seed);
            for (var i = 0; i < 20_000; i++)
            {
                Step(store, random);
                Assert.InRange(store.Bytes, 0, Limit);
            }
        }));
        await Task.WhenAll(workers);

        var present = Present(store, [.. Enumerable.Range(0, 200).Select(key => $"{key}")]);
        var bytes = present.Sum(key => store.TryGet(key, out var entry) ? entry.Bytes : 0);
        Assert.NotEmpty(present);
        Assert.True(store.Evictions > 0);
        Assert.Equal((present.Length, bytes), (store.Count, store.Bytes));
        store.RemoveWhere(0, static (_, _) => true);
        Assert.Equal((0, 0), (store.Bytes, store.Count));
    }

    private void Step(MemoryStore store, Random random)
    {
        var key = $"{random.Next(200)}";
        switch (random.Next(20))
        {
            case < 9:
                store.Set(Entry(key, bytes: random.Next(300, 4_000)));
                break;
            case < 18:
                store.TryGet(key, out _);
                break;
            case 18:
                store.Remove(key);
                break;
            default:
                store.RemoveWhere(key, static (key, entry) => entry.Key.StartsWith(key, StringComparison.Ordinal));
                break;
        }
    }

    private MemoryEntry Entry(string key, int bytes = EntryBytes)
    {
        var valueBytes = bytes - MemoryEntry.FixedOverheadBytes - MemoryEntry.SizeOf(key);
        var stamp = new ReadStamp([], epoch: 1, position: 0, _time.GetTimestamp() + TimeSpan.FromMinutes(1).Ticks, FreshnessKind.Timed);
        return new MemoryEntry(key, key, typeof(string), stamp, valueBytes, default);
    }

    private static string[] Present(MemoryStore store, params string[] keys) => [.. keys.Where(key => store.TryGet(key, out _))];
}
