using FsCheck;
using FsCheck.Fluent;
using Larder.Caching;

namespace Larder.Tests.Caching;

public sealed class CachePatternTests
{
    [Theory]
    [InlineData("bff:salesperson:*", "bff:salesperson:dashboard:7", true)]
    [InlineData("bff:salesperson:*", "bff:sales", false)]
    [InlineData("*:7", "bff:salesperson:dashboard:7", true)]
    [InlineData("*:7", "bff:salesperson:dashboard:77:8", false)]
    [InlineData("a*a", "a", false)]
    [InlineData("a?c", "abc", false)]
    [InlineData("[ab]", "a", false)]
    [InlineData("Key", "key", false)]
    [InlineData("*", "", true)]
    public void Matches_KnownCases(string pattern, string key, bool expected) =>
        Assert.Equal(expected, new CachePattern(pattern).Matches(key));

    [Fact]
    public void Matches_AnyPatternAndKey_AgreesWithTheDefinition()
    {
        var texts = Gen.Elements('a', 'b', '*').ArrayOf().Select(letters => new string(letters));
        var cases = from pattern in texts where pattern.Length > 0 from key in texts select (pattern, key: key.Replace('*', 'c'));

        Prop.ForAll(cases.ToArbitrary(), test => new CachePattern(test.pattern).Matches(test.key) == Defined(test.pattern, test.key))
            .Check(Config.QuickThrowOnFailure.WithMaxTest(5_000));
    }

    [Fact]
    public void Constructor_EmptyOrLongPattern_IsRefused()
    {
        Assert.Throws<ArgumentException>(() => new CachePattern(""));
        Assert.Contains("at most 256", Assert.Throws<ArgumentException>(() => new CachePattern(new string('*', 257))).Message);
    }

    // The pattern matches k if its first character does and the rest matches the rest; a star is nothing, or eats one character and stays.
    private static bool Defined(ReadOnlySpan<char> pattern, ReadOnlySpan<char> key)
    {
        var reachable = new bool[pattern.Length + 1, key.Length + 1];
        for (var p = pattern.Length; p >= 0; p--)
        {
            for (var k = key.Length; k >= 0; k--)
            {
                reachable[p, k] = p == pattern.Length
                    ? k == key.Length
                    : pattern[p] == '*'
                        ? reachable[p + 1, k] || (k < key.Length && reachable[p, k + 1])
                        : k < key.Length && pattern[p] == key[k] && reachable[p + 1, k + 1];
            }
        }

        return reachable[0, 0];
    }
}
