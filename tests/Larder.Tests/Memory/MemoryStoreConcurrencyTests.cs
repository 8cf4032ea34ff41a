using Larder.Memory;
using static Larder.Tests.Memory.StoreEntries;

namespace Larder.Tests.Memory;

public sealed class MemoryStoreConcurrencyTests
{
    private const int Keys = 200;
    private const long Limit = 50 * StoreEntries.Bytes;

    private readonly ManualTimeProvider _time = new();

    [Fact]
    public async Task Set_RandomOperationsFromManyThreads_NeverExceedsTheLimitAndLosesNoByte() => await TortureAsync(operations: 20_000);

    [Fact]
    [Trait("Category", "Slow")]
    public async Task Set_ManyRandomOperationsFromManyThreads_NeverExceedsTheLimitAndLosesNoByte() => await TortureAsync(operations: 400_000);

    [Fact]
    public async Task TryGet_KeyThatIsReplacedWhileTheTableGrows_IsNeverMissed()
    {
        var store = new MemoryStore(long.MaxValue, _time, static _ => false);
        store.Set(Make("kept"));
        using var done = new CancellationTokenSource();
        var readers = Enumerable.Range(0, 2).Select(_ => Task.Run(() =>
        {
            var reads = 0L;
            while (!done.IsCancellationRequested)
            {
                Assert.True(store.TryGet("kept", out var entry) && entry.Key == "kept");
                reads++;
            }

            return reads;
        })).ToArray();

        for (var i = 0; i < 60_000; i++)
        {
            store.Set(Make($"other:{i}"));
            store.Set(Make("kept"));
        }

        await done.CancelAsync();
        Assert.True((await Task.WhenAll(readers)).Sum() > 0);
    }

    [Fact]
    public async Task Keys_WhileOthersComeAndGo_GivesEachKeyThatStaysOnce()
    {
        var store = new MemoryStore(long.MaxValue, _time, static _ => false);
        for (var i = 0; i < 500; i++)
        {
            store.Set(Make($"stays:{i}"));
        }

        var churn = Task.Run(() =>
        {
            for (var i = 0; i < 40_000; i++)
            {
                store.Set(Make($"goes:{i}"));
                if (i % 3 == 0)
                {
                    store.Remove($"goes:{i / 2}");
                }
            }
        });
        do
        {
            var seen = store.Keys(static key => key.StartsWith("stays:", StringComparison.Ordinal)).ToArray();
            Assert.Equal((500, 500), (seen.Length, seen.Distinct().Count()));
        }
        while (!churn.IsCompleted);
        await churn;
    }

    private async Task TortureAsync(int operations)
    {
        var store = new MemoryStore(Limit, _time, static _ => false);
        var workers = Enumerable.Range(0, 8).Select(seed => Task.Run(() =>
        {
            var random = new Random(seed);
            for (var i = 0; i < operations; i++)
            {
                Step(store, random);
                Assert.InRange(store.Bytes, 0, Limit);
            }
        }));
        await Task.WhenAll(workers);

        var present = Present(store, [.. Enumerable.Range(0, Keys).Select(key => $"{key}")]);
        var bytes = present.Sum(key => store.TryGet(key, out var entry) ? entry.Bytes : 0);
        Assert.NotEmpty(present);
        Assert.True(store.Evictions > 0);
        Assert.Equal((present.Length, bytes), (store.Count, store.Bytes));
        store.RemoveWhere(0, static (_, _) => true);
        Assert.Equal((0, 0), (store.Bytes, store.Count));
    }

    private static void Step(MemoryStore store, Random random)
    {
        var key = $"{random.Next(Keys)}";
        switch (random.Next(20))
        {
            case < 9:
                store.Set(Make(key, bytes: random.Next(300, 4_000)));
                break;
            case < 18:
                Assert.True(!store.TryGet(key, out var entry) || entry.Key == key);
                break;
            case 18:
                store.Remove(key);
                break;
            default:
                store.RemoveWhere(key, static (key, entry) => entry.Key.StartsWith(key, StringComparison.Ordinal));
                break;
        }
    }
}
