using Larder.Remote;

namespace Larder.Tests.Remote;

public sealed class SupersededKeysTests
{
    private static readonly DateTimeOffset Noon = new(2025, 1, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly DateTimeOffset Before = Noon.AddMilliseconds(-1);

    [Fact]
    public void Covers_WhatIsOlderThanTheSet_UntilThatHasArrived()
    {
        var keys = new SupersededKeys();
        keys.Add("key", Noon);

        Assert.Equal((true, false, false), (keys.Covers("key", Before), keys.Covers("key", Noon), keys.Covers("other", Before)));
        keys.Settle("key", Before);
        Assert.True(keys.Covers("key", Before));
        keys.Settle("key", Noon);
        Assert.False(keys.Covers("key", Before));
    }

    [Fact]
    public void Covers_MoreKeysThanAreRemembered_AllThatIsOlder()
    {
        var keys = new SupersededKeys();
        for (var i = 0; i <= SupersededKeys.MaxKeys; i++)
        {
            keys.Add($"key {i}", Noon);
        }

        Assert.True(keys.Covers("key 0", Before));
        Assert.True(keys.Covers("any", Before));
        Assert.False(keys.Covers("any", Noon));
    }
}
