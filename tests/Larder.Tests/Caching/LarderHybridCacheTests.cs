using System.Buffers;
using System.ComponentModel;
using System.Text;
using Microsoft.Extensions.Caching.Hybrid;
using Microsoft.Extensions.DependencyInjection;

namespace Larder.Tests.Caching;

public sealed class LarderHybridCacheTests : IDisposable
{
    private readonly TestCache _test = new();
    private int _loads;

    private HybridCache Hybrid => _test.Hybrid;

    public void Dispose() => _test.Dispose();

    [Theory]
    [InlineData(HybridCacheEntryFlags.DisableDistributedCache, null)]
    [InlineData(HybridCacheEntryFlags.None, 40)]
    [InlineData(HybridCacheEntryFlags.DisableDistributedCache, 40)]
    public async Task GetOrCreateAsync_HitWithOptions_AllocatesNoMoreThanWithEmptyOnes(HybridCacheEntryFlags flags, int? seconds)
    {
        var options = new HybridCacheEntryOptions { Flags = flags, Expiration = seconds is { } life ? TimeSpan.FromSeconds(life) : null };

        Assert.Equal(await AllocatedByAsync(new HybridCacheEntryOptions { Flags = HybridCacheEntryFlags.None }), await AllocatedByAsync(options));
    }

    [Fact]
    public async Task GetOrCreateAsync_MutableType_NoTwoCallersShareAnInstance()
    {
        var first = await BasketAsync();
        first.Items.Add("added by the first caller");
        var second = await BasketAsync();
        second.Items.Clear();
        var third = await BasketAsync();

        Assert.Equal(1, _loads);
        Assert.Equal(["loaded"], third.Items);
        Assert.NotSame(first, second);
    }

    [Fact]
    public async Task GetOrCreateAsync_MutableTypeSharedInFlight_EachCallerHasItsOwn()
    {
        var load = new HeldLoad<Basket>();
        var first = Hybrid.GetOrCreateAsync("basket", load.RunAsync).AsTask();
        var second = Hybrid.GetOrCreateAsync("basket", load.RunAsync).AsTask();
        load.Succeed(new Basket(["loaded"]));

        Assert.NotSame(await first, await second);
        Assert.NotSame((await first).Items, (await second).Items);
    }

    [Fact]
    public async Task SetAsync_ThenChangedByItsCaller_TheStoredValueStays()
    {
        var basket = new Basket(["set"]);
        var bytes = new byte[] { 1, 2, 3 };
        await Hybrid.SetAsync("basket", basket);
        await Hybrid.SetAsync("bytes", bytes);
        basket.Items.Clear();
        bytes[0] = 9;

        Assert.Equal(["set"], (await BasketAsync()).Items);
        Assert.Equal([1, 2, 3], await Hybrid.GetOrCreateAsync("bytes", _ => new ValueTask<byte[]>([])));
    }

    [Fact]
    public async Task GetOrCreateAsync_ImmutableTypes_AreStoredAsTheyAre()
    {
        var frozen = new Frozen("value");
        var text = new string('x', 3);
        await Hybrid.SetAsync("frozen", frozen);
        await Hybrid.SetAsync("text", text);

        Assert.Same(frozen, await Hybrid.GetOrCreateAsync("frozen", _ => new ValueTask<Frozen>(new Frozen("other"))));
        Assert.Same(text, await Hybrid.GetOrCreateAsync("text", _ => new ValueTask<string>("other")));
    }

    [Fact]
    public async Task GetOrCreateAsync_TupleWithReferences_ComesBackWhole()
    {
        await Hybrid.SetAsync("tuple", ("text", 7));

        Assert.Equal(("text", 7), await Hybrid.GetOrCreateAsync("tuple", _ => new ValueTask<(string, int)>(("", 0))));
    }

    [Fact]
    public async Task GetOrCreateAsync_RegisteredSerializer_IsUsed()
    {
        using var test = new TestCache(services: services => services.AddSingleton<IHybridCacheSerializer<Basket>, CommaSerializer>());
        await test.Hybrid.SetAsync("basket", new Basket(["a", "b"]));

        Assert.Equal(["read by commas", "a", "b"], (await test.Hybrid.GetOrCreateAsync("basket", _ => new ValueTask<Basket>(new Basket([])))).Items);
    }

    [Fact]
    public async Task GetOrCreateAsync_RegisteredFactory_TheLastOneThatKnowsTheTypeIsUsed()
    {
        using var test = new TestCache(services: services => services
            .AddSingleton<IHybridCacheSerializerFactory>(new CommaFactory(knows: true))
            .AddSingleton<IHybridCacheSerializerFactory>(new CommaFactory(knows: false)));
        await test.Hybrid.SetAsync("basket", new Basket(["a"]));

        Assert.Equal(["read by commas", "a"], (await test.Hybrid.GetOrCreateAsync("basket", _ => new ValueTask<Basket>(new Basket([])))).Items);
    }

    [Fact]
    public async Task GetOrCreateAsync_DisableLocalCacheRead_LoadsAndStores()
    {
        await Hybrid.SetAsync("key", 1);

        Assert.Equal(2, await IntAsync(2, HybridCacheEntryFlags.DisableLocalCacheRead));
        Assert.Equal(2, await IntAsync(3));
    }

    [Fact]
    public async Task GetOrCreateAsync_DisableLocalCacheRead_DoesNotJoinAnOlderLoad()
    {
        var load = new HeldLoad<int>();
        var older = Hybrid.GetOrCreateAsync("key", load.RunAsync).AsTask();

        Assert.Equal(2, await IntAsync(2, HybridCacheEntryFlags.DisableLocalCacheRead));
        load.Succeed(1);
        Assert.Equal(1, await older);
    }

    [Fact]
    public async Task GetOrCreateAsync_DisableLocalCacheWrite_LoadsWithoutStoring()
    {
        Assert.Equal(1, await IntAsync(1, HybridCacheEntryFlags.DisableLocalCacheWrite));
        Assert.Equal(2, await IntAsync(2));
        Assert.Equal(2, await IntAsync(3, HybridCacheEntryFlags.DisableLocalCacheWrite));
    }

    [Fact]
    public async Task GetOrCreateAsync_DisableUnderlyingData_ReadsOnlyWhatIsStored()
    {
        Assert.Equal(0, await IntAsync(1, HybridCacheEntryFlags.DisableUnderlyingData));
        Assert.Equal(0, _loads);
        await Hybrid.SetAsync("key", 2);
        Assert.Equal(2, await IntAsync(1, HybridCacheEntryFlags.DisableUnderlyingData));
        Assert.Equal(0, await IntAsync(1, HybridCacheEntryFlags.DisableUnderlyingData | HybridCacheEntryFlags.DisableLocalCacheRead));
    }

    [Fact]
    public async Task SetAsync_DisableLocalCacheWrite_LeavesNoOldValueBehind()
    {
        await Hybrid.SetAsync("key", 1);
        await Hybrid.SetAsync("key", 2, new HybridCacheEntryOptions { Flags = HybridCacheEntryFlags.DisableLocalCacheWrite });

        Assert.Equal(3, await IntAsync(3));
    }

    [Theory]
    [InlineData(null, null, 300)]
    [InlineData(20, null, 20)]
    [InlineData(null, 20, 20)]
    [InlineData(30, 20, 20)]
    [InlineData(20, 30, 20)]
    public async Task SetAsync_Expirations_TheShorterOneCountsAndNoneMeansTheDefault(int? expiration, int? local, int seconds)
    {
        using var test = new TestCache(options => options.Policies["default"] = new() { Jitter = 0 });
        await test.Hybrid.SetAsync("key", 1, new HybridCacheEntryOptions { Expiration = Span(expiration), LocalCacheExpiration = Span(local) });

        test.Time.Advance(TimeSpan.FromSeconds(seconds) - TimeSpan.FromTicks(1));
        Assert.True(test.Cache.TryGet<int>("key", out _));
        test.Time.Advance(TimeSpan.FromTicks(1));
        Assert.False(test.Cache.TryGet<int>("key", out _));

        static TimeSpan? Span(int? seconds) => seconds is { } value ? TimeSpan.FromSeconds(value) : null;
    }

    [Fact]
    public async Task RemoveAsync_OneOrManyKeysAndTags_RemovesThemAndNothingElse()
    {
        foreach (var key in new[] { "a", "b", "c", "d", "e" })
        {
            await Hybrid.SetAsync(key, key, tags: [$"tag:{key}"]);
        }

        await Hybrid.RemoveAsync("a");
        await Hybrid.RemoveAsync(["b"]);
        await Hybrid.RemoveByTagAsync("tag:c");
        await Hybrid.RemoveByTagAsync(["tag:d"]);

        Assert.Equal(["e"], new[] { "a", "b", "c", "d", "e" }.Where(key => _test.Cache.TryGet<string>(key, out _)));
        await Hybrid.RemoveByTagAsync("*");
        Assert.False(_test.Cache.TryGet<string>("e", out _));
    }

    [Fact]
    public async Task GetOrCreateAsync_TagsGiven_TheEntryIsRemovedByEachOfThem()
    {
        await Hybrid.GetOrCreateAsync("key", _ => new ValueTask<int>(1), tags: Enumerable.Range(0, 2).Select(i => $"tag:{i}"));
        await Hybrid.RemoveByTagAsync("tag:1");

        Assert.Equal(2, await IntAsync(2));
    }

    [Fact]
    public void AddLarder_OverAnotherHybridCacheAndTwice_RegistersOneOfOurs()
    {
        using var other = new TestCache();
        var services = new ServiceCollection().AddSingleton(other.Hybrid).AddLarder().AddLarder(options => options.Enabled = false);
        using var provider = services.BuildServiceProvider();

        Assert.NotSame(other.Hybrid, Assert.Single(provider.GetServices<HybridCache>()));
        Assert.False(provider.GetRequiredService<Larder.Caching.LarderCache>().GetStatistics().Available);
    }

    private ValueTask<Basket> BasketAsync() => Hybrid.GetOrCreateAsync("basket", _ =>
    {
        _loads++;
        return new ValueTask<Basket>(new Basket(["loaded"]));
    });

    private async Task<long> AllocatedByAsync(HybridCacheEntryOptions options)
    {
        var least = long.MaxValue;
        for (var run = 0; run < 20; run++)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            for (var i = 0; i < 100; i++)
            {
                await Hybrid.GetOrCreateAsync("kept", static _ => new ValueTask<string>("value"), options);
            }

            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        return least;
    }

    private ValueTask<int> IntAsync(int loaded, HybridCacheEntryFlags flags = HybridCacheEntryFlags.None) => Hybrid.GetOrCreateAsync(
        "key",
        _ =>
        {
            _loads++;
            return new ValueTask<int>(loaded);
        },
        new HybridCacheEntryOptions { Flags = flags });

    public sealed record Basket(List<string> Items);

    [ImmutableObject(true)]
    public sealed record Frozen(string Value);

    private sealed class CommaSerializer : IHybridCacheSerializer<Basket>
    {
        public Basket Deserialize(ReadOnlySequence<byte> source) =>
            new(["read by commas", .. Encoding.UTF8.GetString(source).Split(',')]);

        public void Serialize(Basket value, IBufferWriter<byte> target) =>
            target.Write(Encoding.UTF8.GetBytes(string.Join(',', value.Items)));
    }

    private sealed class CommaFactory(bool knows) : IHybridCacheSerializerFactory
    {
        public bool TryCreateSerializer<T>([System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out IHybridCacheSerializer<T>? serializer)
        {
            serializer = knows && typeof(T) == typeof(Basket) ? (IHybridCacheSerializer<T>)(object)new CommaSerializer() : null;
            return serializer is not null;
        }
    }
}
