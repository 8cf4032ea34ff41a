using Larder.Data;
using Larder.Views;
using Larder.Views.Sources;

namespace Larder.Tests.Views;

/// <summary>What cannot work is refused when the view is described or mapped, and the message says where.</summary>
public sealed class ViewBuilderTests
{
    [Fact]
    public void Build_NoSection_IsRefused() => Refused("has no section", builder => builder);

    [Fact]
    public void Build_TwoOfOneName_IsRefused()
    {
        Refused("two sections named 'a'", builder => builder.Required("a", Numbers()).Optional("a", Numbers()));
        Refused("two parameters named 'id'", builder => builder.Parameter<int>("id").OptionalParameter<long>("id"));
    }

    [Theory]
    [InlineData("Reviews")]
    [InlineData("re views")]
    [InlineData("")]
    [InlineData("a23456789_a23456789_a23456789_a23456789_a23456789_")]
    public void Build_NameThatIsNotSnakeCaseOrTooLong_IsRefused(string name)
    {
        Refused("snake_case", builder => builder.Required(name, Numbers()));
        Assert.Throws<ArgumentException>(() => View.Create(name + "_"));
    }

    [Fact]
    public void Build_UnknownInput_NamesSectionAndInput()
    {
        Refused("section 'stock' uses 'id'", builder => builder.Required("stock", Sql.Row<int>("SELECT @id")));
        Refused("section 'rating' uses 'id'", builder => builder.Required("rating", Http.Get<int[]>("ratings", "ratings/{id}")));
        Refused("section 'made' uses 'id'", builder => builder.Required("made", Numbers().Uses("id")));
    }

    [Fact]
    public void Build_InputBoundTwice_IsRefused() =>
        Refused("section 'a' binds the input 'x' twice", builder => builder.Required("a", Numbers().With("x", _ => 1).With("x", _ => 2)));

    [Fact]
    public void Build_SwitchThatIsNoParameter_IsRefused() =>
        Refused("section 'a' is switched by 'include'", builder => builder.Optional("a", Numbers(), section => section.When("include")));

    [Fact]
    public void Build_DependenciesThatDoNotHold_AreRefused()
    {
        Refused("section 'a' depends on 'b'", builder => builder.Required("a", From<string>("b")));
        Refused("section 'b' reads 'a' as String, but it is a Int32[]", builder => builder.Required("a", Numbers()).Required("b", From<string>("a")));
        Refused("in a circle: a -> a", builder => builder.Required("a", From<string>("a")));
        Refused("in a circle: a -> c -> b -> a", builder => builder
            .Required("a", From<string>("c")).Required("b", From<string>("a")).Required("c", From<string>("b")));
    }

    /// <summary>Once wrong: such an input stood in the key by the name of its type, so that all its values shared one entry.</summary>
    [Fact]
    public void Build_InputThatCannotBePartOfAKey_IsRefused()
    {
        Refused("input 'filter' of type Uri", builder => builder.Required("a", Sql.Row<int>("SELECT @filter").With("filter", _ => new Uri("http://localhost"))));
        Assert.NotNull(View.Create("computed").Required("a", Numbers().With("whole", _ => new Uri("http://localhost"))).Build());
    }

    [Fact]
    public void Build_TagOfAParameterThatNoSectionUses_IsRefused() =>
        Refused("'idd' of the tag 'product:{idd}'", builder => builder.Parameter<int>("id").Tag("product:{idd}").Required("a", Sql.Row<int>("SELECT @id")));

    [Fact]
    public void Build_SnapshotThatCannotBe_IsRefused()
    {
        Refused("'b' cannot wait", builder => builder.Snapshot().Required("a", Numbers()).Required("b", Sql.Row<int>("SELECT @x").From("x", "a", (int[] a) => a[0])));
        Refused("is of one database", builder => builder.Snapshot().Required("a", Sql.Row<int>("SELECT 1")).Required("b", Sql.Row<int>("SELECT 1").On("other")));
        Refused("is of one database", builder => builder.Snapshot().Required("a", Numbers()));
    }

    [Fact]
    public void Row_TypeThatIsNoRow_IsRefusedWhenDeclared() => Assert.Throws<InvalidOperationException>(() => Sql.Row<Uri>("SELECT 1"));

    [Fact]
    public async Task Check_WhatTheHostLacks_IsNamed()
    {
        await using var host = new ViewHost();

        Unfit(host, "'nonsense', which is not configured", builder => builder.Required("a", Numbers(), section => section.Policy("nonsense")));
        Unfit(host, "database 'default'", builder => builder.Required("a", Sql.Row<int>("SELECT 1")));
        Unfit(host, "HTTP source 'ratings'", builder => builder.Required("a", Http.Get<int[]>("ratings", "x")));
    }

    [Fact]
    public async Task Check_MembersThatClash_AreNamed()
    {
        await using var host = new ViewHost();

        Unfit(host, "'a' is inline, but Int32[] is no object", builder => builder.Required("a", Numbers(), section => section.Inline()));
        Unfit(host, "'name' and 'person' both write 'name'", builder => builder
            .Required("name", Numbers()).Required("person", Code.Compute(_ => new Person("Ada")), section => section.Inline()));
        host.Executor.Check(View.Create("test").Required("name", Numbers(), section => section.Hidden())
            .Required("person", Code.Compute(_ => new Person("Ada")), section => section.Inline()).Build());
    }

    [Fact]
    public async Task SqlDatabase_TwoOfOneName_AreRefused()
    {
        using var source = new Data.SqliteTestDatabase();
        await using var host = new ViewHost(source.ForViews, source.ForViews);

        Assert.Contains("'default'", Assert.Throws<InvalidOperationException>(() => host.Executor).Message);
    }

    [Fact]
    public void SqlDatabase_ScaleThatIsNotPositive_IsRefused()
    {
        using var source = new Data.SqliteTestDatabase();

        Assert.Throws<ArgumentOutOfRangeException>(() => new SqlDatabase(source, new SqlDatabaseOptions { IntegerDecimalScale = 0 }));
    }

    private static CodeSource<int[]> Numbers() => Code.Compute(_ => new[] { 1 });

    private static CodeSource<string> From<T>(string section)
        where T : notnull =>
        Code.Compute(_ => "made").From("x", section, (T _) => 1);

    private static void Refused(string message, Func<ViewBuilder, ViewBuilder> describe) =>
        Assert.Contains(message, Assert.Throws<InvalidOperationException>(() => describe(View.Create("test")).Build()).Message);

    private static void Unfit(ViewHost host, string message, Func<ViewBuilder, ViewBuilder> describe) =>
        Assert.Contains(message, Assert.Throws<InvalidOperationException>(() => host.Executor.Check(describe(View.Create("test")).Build())).Message);

    private sealed record Person(string Name);
}
