using FsCheck;
using FsCheck.Fluent;
using Larder.Caching;

namespace Larder.Tests.Caching;

public sealed class CacheKeyFormatTests
{
    [Fact]
    public void Build_PlainParts_ReadsAsPeopleExpect() =>
        Assert.Equal("bff:salesperson:dashboard:42:month", CacheKeyFormat.Build("salesperson", "dashboard", "42", "month"));

    [Fact]
    public void Build_SpecialCharactersNullAndEmpty_AreToldApart()
    {
        Assert.Equal("bff:a:b:%3A:%25:%2A:%-:", CacheKeyFormat.Build("a", "b", ":", "%", "*", null, ""));
        Assert.NotEqual(CacheKeyFormat.Build("a", "b"), CacheKeyFormat.Build("a", "b", ""));
    }

    [Fact]
    public void Build_DifferentParameterLists_NeverGiveEqualKeys()
    {
        // A few letters that matter to the format, so that near misses are common.
        var parameter = Gen.OneOf(
            Gen.Constant<string?>(null),
            Gen.Elements(':', '%', '*', '-', '#', '2', '5', 'A').ArrayOf().Select(letters => (string?)new string(letters)));
        var lists = parameter.ArrayOf();

        Prop.ForAll(lists.Two().ToArbitrary(), pair =>
                pair.Item1.SequenceEqual(pair.Item2) == (CacheKeyFormat.Build("a", "b", pair.Item1) == CacheKeyFormat.Build("a", "b", pair.Item2)))
            .Check(Config.QuickThrowOnFailure.WithMaxTest(5_000));
    }

    [Fact]
    public void Build_EveryShortList_HasAKeyOfItsOwn()
    {
        string?[] parameters = [null, "", ":", "%", "-", "%-", "%3A", "::", "3A", "a"];
        var lists = parameters.SelectMany(first => parameters.SelectMany(second => parameters.Select(third => new[] { first, second, third })))
            .Concat(parameters.SelectMany(first => parameters.Select(second => new[] { first, second })))
            .Concat(parameters.Select(only => new[] { only }))
            .Append([])
            .ToList();

        Assert.Equal(1_111, lists.Select(list => CacheKeyFormat.Build("a", "b", list)).Distinct().Count());
    }

    [Fact]
    public void Build_TooLongParameters_AreHashedAndStayApart()
    {
        var keys = new[] { "x", "y", "\ud800", "\ud801" }.Select(end => CacheKeyFormat.Build("app", "search", new string('q', 1_024) + end)).ToList();

        Assert.Equal(4, keys.Distinct().Count());
        Assert.All(keys, key => Assert.StartsWith("bff:app:search:%#", key));
        Assert.All(keys, key => Assert.True(key.Length <= CacheKeyFormat.MaxLength));
        Assert.Throws<ArgumentException>(() => CacheKeyFormat.Build(new string('a', 101), "search"));
    }
}
