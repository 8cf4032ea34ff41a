using Larder.Caching;
using Larder.Freshness;
using Larder.Tests.Caching;

namespace Larder.Tests.Freshness;

public sealed class CompositionTests : IDisposable
{
    private static readonly CachePolicy Lagging = TestCache.Minute with { StaleAfterInvalidation = TimeSpan.FromMinutes(1) };

    private readonly TestCache _test = new();
    private int _loads;

    private LarderCache Cache => _test.Cache;

    public void Dispose() => _test.Dispose();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Whole_WhosePartIsInvalidated_IsLoadedAnew(bool isPartStoredBefore)
    {
        if (isPartStoredBefore)
        {
            await PartAsync();
        }

        await WholeAsync();
        Assert.True(Cache.TryGet<string>("whole", out _));

        await Cache.InvalidateAsync(["of the part"], "test");

        Assert.False(Cache.TryGet<string>("whole", out _));
        Assert.False(Cache.TryGet<string>("part", out _));
    }

    [Fact]
    public async Task Whole_WhosePartIsRemovedByItsKey_IsLoadedAnew()
    {
        await WholeAsync();
        Cache.Remove("part");

        Assert.False(Cache.TryGet<string>("whole", out _));
    }

    [Fact]
    public async Task Whole_WhosePartIsInvalidatedWhileTheWholeLoads_IsNotStored()
    {
        await WholeAsync(after: () => Cache.InvalidateAsync(["of the part"], "test"));

        Assert.False(Cache.TryGet<string>("whole", out _));
    }

    [Fact]
    public async Task Whole_MadeOfAnOldPartThatIsStillFresh_IsStoredAtItsOwnPosition()
    {
        // If the part counted at its old P0, a whole could never be stored once anything else of it was reloaded.
        await PartAsync();
        await Cache.InvalidateAsync(["something else"], "test");
        await WholeAsync();

        Assert.True(Cache.Engine.Store.TryGet("whole", out var whole) && Cache.Engine.Store.TryGet("part", out var part) && whole.Position > part.Position);
        Assert.Equal(1, _loads);
    }

    [Fact]
    public async Task Whole_OfAShorterLivedPart_ExpiresWithIt()
    {
        await Cache.GetOrCreateAsync("part", TestCache.Minute, _ => new ValueTask<string>("part"));
        _test.Time.Advance(TimeSpan.FromSeconds(50));
        await WholeAsync();

        _test.Time.Advance(TimeSpan.FromSeconds(9));
        Assert.True(Cache.TryGet<string>("whole", out _));
        _test.Time.Advance(TimeSpan.FromSeconds(1));
        Assert.False(Cache.TryGet<string>("whole", out _));
    }

    [Fact]
    public async Task Whole_OfAStalePart_IsNotStored()
    {
        await PartAsync(Lagging);
        await Cache.InvalidateAsync(["of the part"], "test");
        await WholeAsync(Lagging);

        Assert.False(Cache.TryGet<string>("whole", out _));
    }

    [Fact]
    public async Task Whole_ThatMakesUpForAFailedPart_IsNotStored()
    {
        var whole = await Cache.GetOrCreateAsync("whole", TestCache.Minute, async token =>
        {
            try
            {
                return await Cache.GetOrCreateAsync<string>("part", TestCache.Minute, _ => throw new IOException());
            }
            catch (IOException)
            {
                return "without its part";
            }
        });

        Assert.Equal("without its part", whole);
        Assert.False(Cache.TryGet<string>("whole", out _));
    }

    [Fact]
    public async Task Whole_OfAPartThatIsNeverStored_IsNotStored()
    {
        await WholeAsync(Cache.GetPolicy(CachePolicies.Cart));

        Assert.False(Cache.TryGet<string>("whole", out _));
    }

    [Fact]
    public async Task Whole_OfANegativePart_DependsOnItToo()
    {
        await Cache.GetOrCreateAsync("whole", TestCache.Minute, async _ => await Cache.GetOrCreateAsync<string?>("part", TestCache.Minute, _ =>
        {
            ReadScope.Current!.Add("of the part");
            return default;
        }) ?? "nothing");
        Assert.True(Cache.TryGet<string>("whole", out _));

        await Cache.InvalidateAsync(["of the part"], "test");

        Assert.False(Cache.TryGet<string>("whole", out _));
    }

    [Fact(Timeout = 30_000)]
    public async Task Whole_ThatJoinedTheLoadOfAPart_DependsOnItToo()
    {
        var held = new HeldLoad<string>();
        var part = Cache.GetOrCreateAsync("part", 0, TestCache.Minute, (_, token) => held.RunAsync(token), ["of the part"]).AsTask();
        var whole = WholeAsync();
        held.Succeed("part");
        await Task.WhenAll(part, whole);
        Assert.True(Cache.TryGet<string>("whole", out _));

        await Cache.InvalidateAsync(["of the part"], "test");

        Assert.False(Cache.TryGet<string>("whole", out _));
    }

    [Fact]
    public async Task Kind_OfAWhole_IsThatOfItsWeakestPart()
    {
        await Cache.GetOrCreateAsync("tracked", TestCache.Minute, _ => Reported());
        await Cache.GetOrCreateAsync("untagged", TestCache.Minute, _ => new ValueTask<int>(1));
        await Cache.GetOrCreateAsync("whole", TestCache.Minute, async _ =>
            await Cache.GetOrCreateAsync("tracked", TestCache.Minute, _ => new ValueTask<int>(2)) + await Cache.GetOrCreateAsync("untagged", TestCache.Minute, _ => new ValueTask<int>(2)));
        await PartAsync();

        Assert.Equal(
            [FreshnessKind.Tracked, FreshnessKind.Timed, FreshnessKind.Timed, FreshnessKind.HandTagged],
            new[] { "tracked", "untagged", "whole", "part" }.Select(key => Cache.Engine.Store.TryGet(key, out var entry) ? entry.Kind : default));

        static ValueTask<int> Reported()
        {
            ReadScope.Current!.Report([Tag.Coarse("t")]);
            return new(1);
        }
    }

    [Fact]
    public async Task Scope_ReadThroughAfterItsLoadReturned_VoidsTheValue()
    {
        ReadScope? late = null;
        await Cache.GetOrCreateAsync("key", TestCache.Minute, _ =>
        {
            late = ReadScope.Current;
            return new ValueTask<int>(1);
        });
        Assert.True(Cache.TryGet<int>("key", out _));

        late!.Report([Tag.Coarse("t")]);

        Assert.False(Cache.TryGet<int>("key", out _));
    }

    [Fact]
    public async Task Scope_WithinALoadReadThroughAfterTheLoadReturned_VoidsTheValue()
    {
        ReadScope? late = null;
        await Cache.GetOrCreateAsync("key", TestCache.Minute, _ =>
        {
            using var inner = ReadScope.Begin();
            inner.Add("word");
            late = inner;
            return new ValueTask<int>(1);
        });
        Assert.Equal(1, Cache.CountByTag("word"));

        late!.Add("another");

        Assert.False(Cache.TryGet<int>("key", out _));
    }

    [Fact]
    public async Task Scope_MarkedNotStorable_TheValueIsReturnedAndNotStored()
    {
        Assert.Equal(1, await Cache.GetOrCreateAsync("key", TestCache.Minute, _ =>
        {
            ReadScope.Current!.MarkNotStorable("a reader was not read to its end");
            return new ValueTask<int>(1);
        }));

        Assert.False(Cache.TryGet<int>("key", out _));
        Assert.Null(ReadScope.Current);
    }

    [Fact]
    public async Task Scope_OfMoreTagsThanItKeeps_TheValueIsNotStored()
    {
        await Cache.GetOrCreateAsync("key", TestCache.Minute, _ =>
        {
            for (var i = 0; i <= 4_096; i++)
            {
                ReadScope.Current!.Add($"word {i}");
            }

            return new ValueTask<int>(1);
        });

        Assert.False(Cache.TryGet<int>("key", out _));
    }

    private ValueTask<string> PartAsync(CachePolicy? policy = null) => Cache.GetOrCreateAsync("part", policy ?? TestCache.Minute, async _ =>
    {
        _loads++;
        ReadScope.Current!.Add("of the part");
        await Task.Yield();
        return "part";
    });

    private async Task WholeAsync(CachePolicy? partPolicy = null, Func<ValueTask<WriteToken>>? after = null) =>
        Assert.Equal("whole of part", await Cache.GetOrCreateAsync("whole", TestCache.Minute, async _ =>
        {
            var part = await PartAsync(partPolicy);
            if (after is not null)
            {
                await after();
            }

            return $"whole of {part}";
        }));
}
