using Larder.Memory;
using static Larder.Tests.Memory.StoreEntries;

namespace Larder.Tests.Memory;

/// <summary>Keys are hashed and compared some units at a time, the last of them overlapping the ones before: at every length and place a difference shows.</summary>
public sealed class KeyTests
{
    private const int LongestKey = 90;

    [Theory]
    [InlineData('y')]
    [InlineData('\u0178')]
    [InlineData('\u7801')]
    public void HasKey_OneOtherUnitAnywhere_IsAnotherKey(char other)
    {
        for (var length = 1; length <= LongestKey; length++)
        {
            var key = new string('x', length);
            var entry = Make(key);
            Assert.True(entry.HasKey(key));
            Assert.False(entry.HasKey(key + "x"));
            Assert.False(entry.HasKey(key.AsSpan(1)));
            for (var place = 0; place < length; place++)
            {
                var different = $"{key[..place]}{other}{key[(place + 1)..]}";
                Assert.False(entry.HasKey(different));
                Assert.True(Make(different).HasKey(different));
                Assert.False(Make(different).HasKey(key));
            }
        }
    }

    [Fact]
    public void HashOf_KeysThatDifferInOneUnitOrInLength_MeetAsSeldomAsByChance()
    {
        var keys = new HashSet<string>(StringComparer.Ordinal) { "" };
        for (var length = 1; length <= LongestKey; length++)
        {
            var key = new string('x', length);
            keys.Add(key);
            for (var place = 0; place < length; place++)
            {
                keys.Add($"{key[..place]}y{key[(place + 1)..]}");
                keys.Add($"{key[..place]}\u0178{key[(place + 1)..]}");
            }
        }

        var hashes = keys.Select(key => KeyHash.Of(key)).ToHashSet();

        // Of 8,281 random numbers of 32 bits, 0.008 pairs meet; three or more once in ten million runs.
        Assert.InRange(hashes.Count, keys.Count - 2, keys.Count);

        // And every bit that chooses a bucket is set in half of them.
        for (var bit = 0; bit < 32; bit++)
        {
            Assert.InRange(hashes.Count(hash => ((hash >> bit) & 1) != 0) / (double)hashes.Count, 0.45, 0.55);
        }
    }
}
