using Larder.Memory;
using static Larder.Tests.Memory.StoreEntries;

namespace Larder.Tests.Memory;

/// <summary>The store against a dictionary: with room for everything they agree exactly; without, what the store has is what the dictionary has.</summary>
public sealed class MemoryStoreModelTests
{
    private const int Keys = 120;
    private const int Steps = 6_000;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void RandomOperations_RoomForAll_AgreeWithADictionary(int seed) => Run(seed, long.MaxValue, isExact: true);

    [Theory]
    [InlineData(4, 5_000)]
    [InlineData(5, 40_000)]
    [InlineData(6, 90_000)]
    public void RandomOperations_TooLittleRoom_NeverGiveWhatADictionaryWouldNot(int seed, long limit) => Run(seed, limit, isExact: false);

    private static void Run(int seed, long limit, bool isExact)
    {
        var time = new ManualTimeProvider();
        var store = new MemoryStore(limit, time, static _ => false);
        var model = new Dictionary<string, MemoryEntry>(StringComparer.Ordinal);
        var random = new Random(seed);
        var found = 0;
        for (var step = 0; step < Steps; step++)
        {
            var key = $"k{random.Next(Keys)}";
            switch (random.Next(12))
            {
                case < 4:
                    var entry = Make(key, random.Next(400, 3_000), time.GetTimestamp() + random.Next(1, 2_000));
                    if (store.Set(entry))
                    {
                        model[key] = entry;
                    }
                    else
                    {
                        model.Remove(key);
                    }

                    break;
                case 4:
                    store.Remove(key);
                    model.Remove(key);
                    break;
                case 5:
                    store.RemoveWhere(key, static (key, entry) => entry.Key == key || entry.Key == key + "0");
                    model.Remove(key);
                    model.Remove(key + "0");
                    break;
                case 6:
                    time.Advance(TimeSpan.FromTicks(random.Next(50)));
                    break;
                default:
                    found += Check(store, model, key, time.GetTimestamp(), isExact);
                    break;
            }

            Assert.InRange(store.Bytes, 0, limit);
            Assert.Equal(store.Count, store.Keys(static _ => true).Count());
        }

        Assert.True(found > 20);
    }

    private static int Check(MemoryStore store, Dictionary<string, MemoryEntry> model, string key, long now, bool isExact)
    {
        var expected = model.GetValueOrDefault(key) is { } entry && entry.ExpiresAt > now ? entry : null;
        var isFound = store.TryGet(key, now, out var actual);
        if (isExact || isFound)
        {
            Assert.Same(expected, actual);
        }

        return isFound ? 1 : 0;
    }
}
