using Larder.Caching;
using Larder.Freshness;
using Larder.Tests.Caching;

namespace Larder.Tests.Freshness;

public sealed class WriteTokenTests
{
    [Fact]
    public void ToString_AnyToken_IsReadBackAsTheSame()
    {
        foreach (var token in new[] { new(0xffff_0000_1111_2222, 1), new(1, long.MaxValue), WriteToken.Poison })
        {
            Assert.Equal(token, WriteToken.Parse(token.ToString(), null));
        }

        Assert.Equal("000000000000000a.12", new WriteToken(10, 12).ToString());
        Assert.True(default(WriteToken).IsNone);
        Assert.Equal("", default(WriteToken).ToString());
    }

    [Theory]
    [InlineData("")]
    [InlineData("a.12")]
    [InlineData("000000000000000a.")]
    [InlineData("000000000000000a.-1")]
    [InlineData("000000000000000a.0")]
    [InlineData("000000000000000a.012")]
    [InlineData("000000000000000a.12 ")]
    [InlineData("000000000000000g.12")]
    [InlineData("000000000000000a.99999999999999999999")]
    [InlineData("POISON")]
    public void TryParse_AnythingElse_IsRefused(string text)
    {
        Assert.False(WriteToken.TryParse(text, null, out var token));
        Assert.True(token.IsNone);
        Assert.Throws<FormatException>(() => WriteToken.Parse(text, null));
    }

    [Fact]
    public async Task Require_TokenOfThisLog_IsServedFromTheCache()
    {
        using var test = new TestCache();
        var token = await test.Cache.InvalidateAsync(["word"], "test");
        test.Cache.Set("key", "stored", TestCache.Minute);

        using (FreshnessContext.Require(token))
        {
            Assert.Equal(token, FreshnessContext.Token);
            Assert.Equal("stored", await GetAsync(test.Cache));
        }

        Assert.True(FreshnessContext.Token.IsNone);
    }

    [Fact]
    public async Task Require_PoisonOrTheTokenOfAnotherLog_GoesPastTheCacheAndLeavesItAsItIs()
    {
        using var test = new TestCache();
        test.Cache.Set("key", "stored", TestCache.Minute);
        foreach (var token in new[] { WriteToken.Poison, new WriteToken(1, 1) })
        {
            using (FreshnessContext.Require(token))
            {
                Assert.Equal("loaded", await GetAsync(test.Cache));
                Assert.False(test.Cache.TryGet<string>("key", out _));
            }
        }

        Assert.Equal("stored", await GetAsync(test.Cache));
    }

    [Fact(Timeout = 30_000)]
    public async Task Require_TokenAheadOfThisNode_WaitsBrieflyAndThenGoesPastTheCache()
    {
        using var test = new TestCache();
        test.Cache.Set("key", "stored", TestCache.Minute);
        var epoch = test.Cache.Engine.Node.Now.View.Epoch;
        using var requirement = FreshnessContext.Require(new(epoch, 2));

        var inTime = GetAsync(test.Cache);
        test.Cache.Engine.Node.Apply(new(epoch, 1, new WriteSet(HandTags.Word("other"))));
        Assert.False(inTime.IsCompleted);
        test.Cache.Engine.Node.Apply(new(epoch, 2, new WriteSet(HandTags.Word("other"))));
        Assert.Equal("stored", await inTime);

        using var ahead = FreshnessContext.Require(new(epoch, 3));
        var tooLate = GetAsync(test.Cache);
        test.Time.Advance(CacheReader.TokenPatience);
        Assert.Equal("loaded", await tooLate);
    }

    private static Task<string> GetAsync(LarderCache cache) => cache.GetOrCreateAsync("key", TestCache.Minute, static _ => new ValueTask<string>("loaded")).AsTask();
}
