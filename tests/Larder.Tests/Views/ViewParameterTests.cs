using Larder.Views;
using Larder.Views.Sources;

namespace Larder.Tests.Views;

public sealed class ViewParameterTests
{
    private readonly ManualTimeProvider _time = new(new DateTimeOffset(2025, 2, 28, 22, 30, 0, TimeSpan.Zero));

    [Fact]
    public void Bind_EveryType_GivesTypedValues()
    {
        var view = ViewOf(builder => builder
            .Parameter<int>("int").Parameter<long>("long").Parameter<decimal>("decimal").Parameter<bool>("bool")
            .Parameter<string>("text").Parameter<DateOnly>("day").Parameter<Guid>("guid"));

        var arguments = Bound(view, "int=-5&long=9000000000&decimal=1.50&bool=true&text=a%20b&day=2024-02-29&guid=6f9619ff-8b86-d011-b42d-00cf4fc964ff");

        Assert.Equal(-5, arguments.Get<int>("int"));
        Assert.Equal(9_000_000_000, arguments.Get<long>("long"));
        Assert.Equal(1.5m, arguments.Get<decimal>("decimal"));
        Assert.True(arguments.Get<bool>("bool"));
        Assert.Equal("a b", arguments.Get<string>("text"));
        Assert.Equal(new DateOnly(2024, 2, 29), arguments.Get<DateOnly>("day"));
        Assert.Equal(Guid.Parse("6f9619ff-8b86-d011-b42d-00cf4fc964ff"), arguments.Get<Guid>("guid"));
    }

    [Theory]
    [InlineData("int=1.0", "must be a whole number.")]
    [InlineData("int=2147483648", "must be a whole number.")]
    [InlineData("int=%201", "must be a whole number.")]
    [InlineData("int=1&int=1", "is given more than once.")]
    [InlineData("long=9223372036854775808", "must be a whole number.")]
    [InlineData("decimal=1,5", "must be a decimal number.")]
    [InlineData("decimal=1e3", "must be a decimal number.")]
    [InlineData("decimal=NaN", "must be a decimal number.")]
    [InlineData("bool=yes", "must be true or false.")]
    [InlineData("day=2025-02-29", "must be a date of the form YYYY-MM-DD.")]
    [InlineData("day=01/02/2025", "must be a date of the form YYYY-MM-DD.")]
    [InlineData("guid=123", "must be a UUID.")]
    [InlineData("text=a%00b", "must be a text without null characters.")]
    public void Bind_BadText_SaysWhatItMustBe(string query, string problem)
    {
        var view = ViewOf(builder => builder
            .OptionalParameter<int>("int").OptionalParameter<long>("long").OptionalParameter<decimal>("decimal").OptionalParameter<bool>("bool")
            .OptionalParameter<string>("text").OptionalParameter<DateOnly>("day").OptionalParameter<Guid>("guid"));

        ViewHost.Bind(view, _time, query, out var errors);

        var error = Assert.Single(errors);
        Assert.Equal(query.Split('=')[0], error.Key);
        Assert.Equal([problem], error.Value);
    }

    [Theory]
    [InlineData("limit=1", null)]
    [InlineData("limit=100", null)]
    [InlineData("limit=0", "must be between 1 and 100.")]
    [InlineData("limit=101", "must be between 1 and 100.")]
    [InlineData("price=0.01", null)]
    [InlineData("price=0", "must be at least 0.01.")]
    [InlineData("since=2020-01-01", null)]
    [InlineData("since=2019-12-31", "must be between 2020-01-01 and 2029-12-31.")]
    [InlineData("name=ab", null)]
    [InlineData("name=a", "must have a length between 2 and 4.")]
    [InlineData("name=abcde", "must have a length between 2 and 4.")]
    [InlineData("range=week", null)]
    [InlineData("range=Week", "must be one of: today, week.")]
    public void Bind_Bounds_AreInclusive(string query, string? problem)
    {
        // Bounds may be written as int: they take the type of the parameter.
        var view = ViewOf(builder => builder
            .OptionalParameter<long>("limit", limit => limit.Between(1, 100))
            .OptionalParameter<decimal>("price", price => price.AtLeast(0.01m))
            .OptionalParameter<DateOnly>("since", since => since.Between(new DateOnly(2020, 1, 1), new DateOnly(2029, 12, 31)))
            .OptionalParameter<string>("name", name => name.Between(2, 4))
            .OptionalParameter<string>("range", range => range.OneOf("today", "week")));

        ViewHost.Bind(view, _time, query, out var errors);

        Assert.Equal(problem is null ? [] : [problem], errors.Values.SelectMany(texts => texts));
    }

    [Fact]
    public void Bind_TextWithoutBounds_HasAtMost256Characters()
    {
        var view = ViewOf(builder => builder.Parameter<string>("text"));

        ViewHost.Bind(view, _time, "text=" + new string('a', 256), out var none);
        ViewHost.Bind(view, _time, "text=" + new string('a', 257), out var errors);

        Assert.Empty(none);
        Assert.Equal(["must have a length of at most 256."], errors["text"]);
    }

    [Fact]
    public void Bind_SeveralBadValues_NamesAllAtOnce()
    {
        var view = ViewOf(builder => builder.Parameter<int>("id").Parameter("limit", 20, limit => limit.Between(1, 100)).Parameter<DateOnly>("day"));

        ViewHost.Bind(view, _time, "limit=0&day=tomorrow", out var errors);

        Assert.Equal(["day", "id", "limit"], errors.Keys.Order());
        Assert.Equal(["is required."], errors["id"]);
    }

    [Fact]
    public void Bind_Absent_TakesTheDefault()
    {
        var view = ViewOf(builder => builder
            .Parameter("limit", 20).OptionalParameter<string>("status").Parameter("include", true).Parameter<DateOnly>("as_of", day => day.DefaultToToday()));

        var arguments = Bound(view, "status=");

        Assert.Equal(20, arguments.Get<int>("limit"));
        Assert.False(arguments.Has("status"));
        Assert.Null(arguments.Get<string?>("status"));
        Assert.True(arguments.Get<bool>("include"));
        Assert.Equal(new DateOnly(2025, 2, 28), arguments.Get<DateOnly>("as_of"));
        _time.Advance(TimeSpan.FromHours(2));
        Assert.Equal(new DateOnly(2025, 3, 1), Bound(view, "").Get<DateOnly>("as_of"));
    }

    [Fact]
    public void Get_UnknownParameter_IsRefused() =>
        Assert.Throws<ArgumentException>(() => Bound(ViewOf(builder => builder.Parameter("limit", 20)), "").Get<int>("offset"));

    [Fact]
    public void Describe_BoundOfAnotherType_IsRefusedWhenDescribed()
    {
        var wrong = Assert.Throws<InvalidOperationException>(() => ViewOf(builder => builder.Parameter<DateOnly>("day", day => day.AtLeast(5))));

        Assert.Contains("'day'", wrong.Message);
        Assert.Throws<InvalidOperationException>(() => ViewOf(builder => builder.Parameter<int>("n", n => n.DefaultToToday())));
        Assert.Throws<InvalidOperationException>(() => ViewOf(builder => builder.Parameter<int>("n", n => n.Between(5, 4))));
        Assert.Throws<InvalidOperationException>(() => ViewOf(builder => builder.Parameter<TimeSpan>("address")));
    }

    private ViewArguments Bound(View view, string query)
    {
        var arguments = ViewHost.Bind(view, _time, query, out var errors);
        Assert.Empty(errors);
        return arguments;
    }

    private static View ViewOf(Action<ViewBuilder> describe)
    {
        var builder = View.Create("test");
        describe(builder);
        return builder.Required("nothing", Code.Compute(_ => "nothing")).Build();
    }
}
