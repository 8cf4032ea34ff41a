using Larder.Tests.Data;
using Larder.Views;
using Larder.Views.Sources;

namespace Larder.Tests.Views;

/// <summary>A snapshot view shows one state of the database, whoever writes meanwhile, or says that it does not.</summary>
public sealed class PostgresSnapshotTests : IAsyncLifetime
{
    private const int Lock = 4712;

    private PostgresTestDatabase _database = null!;
    private ViewHost _host = null!;

    private static View Totals { get; } = View.Create("totals").Parameter("range", "week").Parameter("with_names", defaultValue: true).Snapshot()
        .Required("count", Sql.Row<int>("SELECT count(*) FROM products"))
        .Required("gate", Sql.Row<int>($"SELECT 1 FROM pg_advisory_xact_lock_shared({Lock})"), section => section.Hidden())
        .Required("ids", Sql.Rows<int>("SELECT id FROM products WHERE @range <> '' ORDER BY id"))
        .Optional("names", Sql.Rows<string>("SELECT name FROM products ORDER BY id"), section => section.When("with_names"))
        .Build();

    public async ValueTask InitializeAsync()
    {
        _database = await PostgresTestDatabase.CreateAsync(Shop.Schema);
        _host = new ViewHost(_database.ForViews);
    }

    [Fact]
    public async Task Get_WriterCommitsBetweenTwoSections_AllSeeTheStateBefore()
    {
        var held = await _database.HoldAsync(Lock);
        var getting = _host.GetAsync(Totals);
        await _database.UntilSomeoneWaitsForAsync(Lock);
        await AddProductAsync();
        await held.DisposeAsync();

        var result = await getting;

        Assert.Equal("""{"count":3,"ids":[1,2,3],"names":["Hammer","Saw","Rope"]}""", _host.DataTextOf(result));
        Assert.True(result.IsSnapshot);
    }

    /// <summary>The same without a snapshot, to show that the test above could fail.</summary>
    [Fact]
    public async Task Get_WriterCommitsBetweenTwoSectionsWithoutSnapshot_TheySeeTwoStates()
    {
        var view = View.Create("loose").Required("count", Sql.Row<int>("SELECT count(*) FROM products"))
            .Required("gate", Sql.Row<int>($"SELECT 1 FROM pg_advisory_xact_lock_shared({Lock})"), section => section.Hidden())
            .Required("ids", Sql.Rows<int>("SELECT id FROM products ORDER BY id")).Build();
        var held = await _database.HoldAsync(Lock);
        var getting = _host.GetAsync(view);
        await _database.UntilSomeoneWaitsForAsync(Lock);
        await AddProductAsync();
        await held.DisposeAsync();

        Assert.Equal("""{"count":3,"ids":[1,2,3,4]}""", _host.DataTextOf(await getting));
    }

    [Fact]
    public async Task Get_OneSectionIsGoneFromTheCache_AllAreReadAnewTogether()
    {
        await _host.GetAsync(Totals);
        await AddProductAsync();
        Assert.Equal(1, _host.Cache.RemoveByPattern("*ids*"));

        var result = await _host.GetAsync(Totals);

        Assert.Equal("""{"count":4,"ids":[1,2,3,4],"names":["Hammer","Saw","Rope","Nail"]}""", _host.DataTextOf(result));
        Assert.True(result.IsSnapshot);
        Assert.True((await _host.GetAsync(Totals)).IsCached);
    }

    [Fact]
    public async Task Get_ErrorInTheBatch_GivesTheSnapshotUpSaysSoAndRecovers()
    {
        await _database.ExecuteAsync("ALTER TABLE products RENAME COLUMN name TO label");
        var failed = await _host.GetAsync(Totals);
        Assert.Equal("names:error", ViewHost.ErrorsOf(failed));
        Assert.Contains("\"snapshot\":false", _host.TextOf(failed));

        await _database.ExecuteAsync("ALTER TABLE products RENAME COLUMN label TO name");
        var result = await _host.GetAsync(Totals);

        Assert.True(result.IsSnapshot);
        Assert.All(result.Runs, run => Assert.Equal(SectionOutcome.Loaded, run.Outcome));
    }

    /// <summary>Once wrong: what was read separately after an error counted as one snapshot, "none", and was served for its whole life.</summary>
    [Fact]
    public async Task Get_FoundSectionsOfNoSnapshot_AreReadAnewTogether()
    {
        await _host.GetAsync(Totals);
        await AddProductAsync();
        var runs = (await _host.GetAsync(Totals)).Runs;
        foreach (var run in runs)
        {
            _host.Cache.Set(run.CacheKey!, run.Fragment! with { SnapshotId = 0 }, _host.Cache.GetPolicy("default"));
        }

        var result = await _host.GetAsync(Totals);

        Assert.True(result.IsSnapshot);
        Assert.Equal("""{"count":4,"ids":[1,2,3,4],"names":["Hammer","Saw","Rope","Nail"]}""", _host.DataTextOf(result));
    }

    /// <summary>Once wrong: callers of different ranges shared sections, so that each reloaded what the other one had just read.</summary>
    [Fact]
    public async Task Get_OtherArgumentsOrSwitches_DoNotDisturbEachOther()
    {
        string[] queries = ["range=week", "range=month", "with_names=false"];
        foreach (var query in queries)
        {
            Assert.False((await _host.GetAsync(Totals, query)).IsCached);
        }

        foreach (var query in queries)
        {
            var again = await _host.GetAsync(Totals, query);
            Assert.True(again is { IsCached: true, IsSnapshot: true }, query);
        }
    }

    [Fact]
    public async Task Get_TwoHundredCallersOnAColdView_ShareOneSnapshot()
    {
        var held = await _database.HoldAsync(Lock);
        var callers = Enumerable.Range(0, 200).Select(_ => Task.Run(() => _host.GetAsync(Totals))).ToArray();
        await _database.UntilSomeoneWaitsForAsync(Lock);
        await AddProductAsync();
        await held.DisposeAsync();

        var results = await Task.WhenAll(callers).Soon();

        Assert.Single(results.Select(result => _host.DataTextOf(result)).Distinct());
        Assert.All(results, result => Assert.True(result.IsSnapshot));
        Assert.Single(results.SelectMany(result => result.Runs), run => run.Outcome == SectionOutcome.Loaded && run.Section.Name == "ids");
    }

    public async ValueTask DisposeAsync()
    {
        await _host.DisposeAsync();
        await _database.DisposeAsync();
    }

    private Task AddProductAsync() => _database.ExecuteAsync("INSERT INTO products VALUES (4, 'Nail', NULL, 100)");
}
