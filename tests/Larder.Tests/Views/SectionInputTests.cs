using Larder.Tests.Data;
using Larder.Views;
using Larder.Views.Sources;

namespace Larder.Tests.Views;

/// <summary>What a section is read for: parameters, computed inputs and values of other sections. They are its key, so it sees nothing else.</summary>
public sealed class SectionInputTests : IAsyncDisposable
{
    private readonly SqliteTestDatabase _database = new(Shop.Schema);
    private readonly ViewHost _host;

    public SectionInputTests() => _host = new ViewHost(_database.ForViews);

    [Fact]
    public async Task Get_DependentSection_SeesTheSameOnHitAndMiss()
    {
        var first = _host.DataTextOf(await _host.GetAsync(Shop.Product, "id=1"));
        _host.Cache.RemoveByPattern("*similar*");

        var again = await _host.GetAsync(Shop.Product, "id=1");

        Assert.Equal(SectionOutcome.Hit, again.OutcomeOf("product"));
        Assert.Equal(SectionOutcome.Loaded, again.OutcomeOf("similar"));
        Assert.Equal(first, _host.DataTextOf(again));
    }

    [Fact]
    public async Task Get_DependencyWithoutValue_GivesNullInputs() =>
        Assert.Equal("[]", _host.DataOf(await _host.GetAsync(Shop.Product, "id=3"))["similar"]!.ToJsonString());

    [Fact]
    public async Task Get_DependencyFails_DependentFailsWithoutBeingAsked()
    {
        var view = View.Create("chain")
            .Optional("first", Sql.Row<int>("SELECT id FROM missing"))
            .Optional("second", Sql.Row<int>("SELECT @x + 1 AS marked").From("x", "first", (int first) => first))
            .Optional("other", Sql.Row<int>("SELECT 7")).Build();

        var result = await _host.GetAsync(view);

        Assert.Equal("first:error second:dependency_failed", ViewHost.ErrorsOf(result));
        Assert.Equal(7, (int)_host.DataOf(result)["other"]!);
        Assert.Equal(0, _database.CountOf("marked"));
    }

    [Fact]
    public async Task Get_RequiredDependsOnFailedOptional_FailsForTheRootCause()
    {
        var view = View.Create("root")
            .Optional("first", Code.Ask<string>((_, _) => throw new TimeoutException()))
            .Required("second", Code.Compute(inputs => new[] { inputs.Get<int>("n") }).From("n", "first", (string first) => first.Length)).Build();

        Assert.Equal(SectionFailureKind.Timeout, (await _host.GetAsync(view)).Failure!.Kind);
    }

    [Fact]
    public async Task Get_ComputedSection_CountsAsNoSourceAndIsNotCached()
    {
        var runs = 0;
        var view = View.Create("computed").Parameter<int>("n")
            .Required("half", Code.Compute(inputs => (inputs.Get<int>("n") / 2m) + (0 * ++runs)).Uses("n"))
            .Required("row", Sql.Row<int>("SELECT 1")).Build();

        var first = await _host.GetAsync(view, "n=3");
        var second = await _host.GetAsync(view, "n=3");

        Assert.Equal("""{"half":1.5,"row":1}""", _host.DataTextOf(first));
        Assert.Equal((1, 1), (first.DataSources, second.DataSources));
        Assert.Equal((SectionOutcome.Computed, true, 2), (second.OutcomeOf("half"), second.IsCached, runs));
    }

    [Fact]
    public async Task Get_CodeThatReadsUndeclaredInputs_FailsAndSaysWhatToDeclare()
    {
        var view = View.Create("select").Parameter<long>("id").Parameter("limit", 1)
            .Optional("a", Sql.Row<int>("SELECT 1 WHERE @id > 0").Select((value, inputs) => value + inputs.Get<int>("limit")))
            .Required("b", Sql.Row<int>("SELECT 1").Select((value, inputs) => value + inputs.Get<int>("limit")).Uses("limit")).Build();

        var result = await _host.GetAsync(view, "id=1&limit=5");

        Assert.Equal("a:error", ViewHost.ErrorsOf(result));
        Assert.Contains(".Uses(\"limit\")", result.Runs[0].Failure!.Exception!.Message);
        Assert.Equal(6, (int)_host.DataOf(result)["b"]!);
        Assert.Equal(3, (int)_host.DataOf(await _host.GetAsync(view, "id=1&limit=2"))["b"]!);
    }

    [Fact]
    public async Task Get_NullInputReadAsAValue_SaysHowToReadIt()
    {
        var view = View.Create("nullable").OptionalParameter<int>("n")
            .Optional("a", Code.Compute(inputs => new[] { inputs.Get<int>("n") }).Uses("n"))
            .Required("b", Code.Compute(inputs => new[] { inputs.Get<int?>("n") ?? -1 }).Uses("n")).Build();

        var result = await _host.GetAsync(view);

        Assert.Contains("'n' is null: get it as Int32?", result.Runs[0].Failure!.Exception!.Message);
        Assert.Equal("[-1]", _host.DataOf(result)["b"]!.ToJsonString());
    }

    [Fact]
    public async Task Get_WithComputedInput_IsReadForItsValue()
    {
        var view = View.Create("period").Parameter<DateOnly>("as_of", day => day.DefaultToToday())
            .Required("from", Sql.Row<string>("SELECT @from_day").With("from_day", arguments => arguments.Get<DateOnly>("as_of").AddDays(-6))).Build();

        Assert.Equal("""{"from":"2024-12-26"}""", _host.DataTextOf(await _host.GetAsync(view)));
        Assert.Equal("""{"from":"2025-02-26"}""", _host.DataTextOf(await _host.GetAsync(view, "as_of=2025-03-04")));
    }

    [Fact]
    public async Task Get_ListAsInput_IsPartOfTheKeyItemByItem()
    {
        var view = View.Create("listed").Parameter<string>("words")
            .Required("count", Code.Ask<int[]>((context, _) => new([.. context.Inputs.Get<string[]>("split").Select(word => word.Length)]))
                .With("split", arguments => arguments.Get<string>("words").Split('+'))).Build();

        Assert.Equal("[3]", _host.DataOf(await _host.GetAsync(view, "words=a%2Cb"))["count"]!.ToJsonString());
        Assert.Equal("[1,1]", _host.DataOf(await _host.GetAsync(view, "words=a%2Bb"))["count"]!.ToJsonString());
    }

    [Fact]
    public async Task Get_ComputationOfAnInputThrows_FailsThatSectionOnly()
    {
        var view = View.Create("thrown")
            .Optional("a", Sql.Row<int>("SELECT @x").With<SqlSource<int>, int>("x", _ => throw new OperationCanceledException()))
            .Optional("b", Code.Compute<string>(_ => throw new FormatException()))
            .Required("c", Sql.Row<int>("SELECT 3")).Build();

        Assert.Equal("a:error b:error", ViewHost.ErrorsOf(await _host.GetAsync(view)));
    }

    public async ValueTask DisposeAsync()
    {
        await _host.DisposeAsync();
        _database.Dispose();
    }
}
