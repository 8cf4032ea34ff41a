using Larder.Tests.Caching;
using Larder.Tests.Data;
using Larder.Views;
using Larder.Views.Sources;

namespace Larder.Tests.Views;

/// <summary>Many callers at one time read each section once; who leaves does so alone.</summary>
public sealed class ViewCoalescingTests : IAsyncDisposable
{
    private const int Lock = 4714;

    private readonly ViewHost _host = new();
    private readonly HeldLoad<string> _load = new();

    private View Held => View.Create("held").Parameter<int>("id").Parameter("more", defaultValue: false)
        .Required("shared", Code.Ask<string>((_, token) => _load.RunAsync(token)!))
        .Optional("own", Code.Ask<string>((context, _) => new($"own {context.Inputs.Get<int>("id")}")).Uses("id"), section => section.When("more"))
        .Build();

    [Fact]
    public async Task Get_TwoHundredCallersOnSqlite_RunEachStatementOnce()
    {
        using var database = new SqliteTestDatabase(Shop.Schema);
        await using var host = new ViewHost(database.ForViews);
        using var start = new ManualResetEventSlim();
        var callers = Enumerable.Range(0, 200).Select(_ => Task.Run(async () =>
        {
            start.Wait();
            return host.DataTextOf(await host.GetAsync(Shop.Product, "id=1"));
        })).ToArray();
        start.Set();

        Assert.Single((await Task.WhenAll(callers).Soon()).Distinct());
        Assert.Equal((1, 1, 1), (database.CountOf("price FROM products"), database.CountOf("FROM reviews"), database.CountOf("category =")));
    }

    [Fact]
    public async Task Get_TwoHundredCallersOnPostgres_RunEachStatementOnce()
    {
        await using var database = await PostgresTestDatabase.CreateAsync("CREATE SEQUENCE a_runs; CREATE SEQUENCE b_runs");
        await using var host = new ViewHost(database.ForViews);
        var view = View.Create("counted").Required("a", Sql.Row<long>("SELECT nextval('a_runs')"))
            .Required("b", Sql.Row<long>($"SELECT nextval('b_runs') FROM pg_advisory_xact_lock_shared({Lock})")).Build();
        var held = await database.HoldAsync(Lock);
        var callers = Enumerable.Range(0, 200).Select(_ => Task.Run(() => host.GetAsync(view))).ToArray();
        await database.UntilSomeoneWaitsForAsync(Lock);
        await held.DisposeAsync();

        Assert.All(await Task.WhenAll(callers).Soon(), result => Assert.Equal("""{"a":1,"b":1}""", host.DataTextOf(result)));
        Assert.Equal(2, await database.ScalarAsync<long>("SELECT nextval('a_runs')"));
        Assert.Equal(2, await database.ScalarAsync<long>("SELECT nextval('b_runs')"));
    }

    /// <summary>Two calls that look up at one time must not lead half of the sections each: both would then have to read all of them.</summary>
    [Fact]
    public async Task Get_ColdSnapshotViewAtTheSameMoment_RunsEachStatementOnceARound()
    {
        const int Rounds = 300;
        using var database = new SqliteTestDatabase(Shop.Schema);
        await using var host = new ViewHost(database.ForViews);
        var builder = View.Create("moment").Snapshot();
        for (var i = 0; i < 8; i++)
        {
            builder.Required($"s{i}", Sql.Row<int>($"SELECT {i} AS marked"));
        }

        var view = builder.Build();
        await host.GetAsync(view);
        database.Statements.Clear();
        for (var round = 0; round < Rounds; round++)
        {
            host.Cache.RemoveByTag("*");
            using var moment = new Barrier(3);
            var callers = Enumerable.Range(0, 3).Select(_ => Task.Run(async () =>
            {
                moment.SignalAndWait();
                Assert.True((await host.GetAsync(view)).IsSnapshot);
            }));
            await Task.WhenAll(callers).Soon();
        }

        Assert.Equal(8 * Rounds, database.CountOf("AS marked"));
    }

    [Fact]
    public async Task Get_TwoHundredCallersOfAHeldSource_AskItOnce()
    {
        var view = Held;
        var callers = Enumerable.Range(0, 200).Select(_ => _host.GetAsync(view, "id=1")).ToArray();
        await _load.Started.Soon();
        _load.Succeed("value");

        var results = await Task.WhenAll(callers);

        Assert.Equal(1, _load.Runs);
        Assert.Equal(199, results.Count(result => result.OutcomeOf("shared") == SectionOutcome.Collapsed));
        Assert.All(results, result => Assert.False(result.IsCached));
    }

    [Fact]
    public async Task Get_OverlappingCalls_ShareWhatIsCommonAndReadTheRestThemselves()
    {
        var view = Held;
        var first = _host.GetAsync(view, "id=1");
        var second = _host.GetAsync(view, "id=2&more=true");
        var third = _host.GetAsync(view, "id=3&more=true");
        await _load.Started.Soon();
        _load.Succeed("value");

        Assert.Equal("""{"shared":"value","own":null}""", _host.DataTextOf(await first));
        Assert.Equal("""{"shared":"value","own":"own 2"}""", _host.DataTextOf(await second));
        Assert.Equal("""{"shared":"value","own":"own 3"}""", _host.DataTextOf(await third));
        Assert.Equal(1, _load.Runs);
    }

    [Fact]
    public async Task Get_LeaderCancels_FollowersStillGetTheValue()
    {
        using var leaving = new CancellationTokenSource();
        var view = Held;
        var leader = _host.GetAsync(view, "id=1", leaving.Token);
        var follower = _host.GetAsync(view, "id=1");
        await _load.Started.Soon();

        await leaving.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => leader);
        Assert.False(_load.Token.IsCancellationRequested);
        _load.Succeed("value");
        Assert.Equal(SectionOutcome.Collapsed, (await follower).OutcomeOf("shared"));
        Assert.True((await _host.GetAsync(view, "id=1")).IsCached);
    }

    [Fact]
    public async Task Get_LastCallerLeaves_CancelsTheLoadAndTheNextOneReadsAnew()
    {
        using var leaving = new CancellationTokenSource();
        var cancelled = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var view = Held;
        var first = _host.GetAsync(view, "id=1", leaving.Token);
        var second = _host.GetAsync(view, "id=1", leaving.Token);
        await _load.Started.Soon();
        await using var registration = _load.Token.Register(cancelled.SetResult);

        await leaving.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => second);
        await cancelled.Task.Soon();
        var next = _host.GetAsync(view, "id=1");
        await Patience.UntilAsync(() => Task.FromResult(_load.Runs == 2));
        _load.Succeed("anew");
        Assert.Equal("anew", (string)_host.DataOf(await next)["shared"]!);
    }

    [Fact]
    public async Task Get_LastCallerLeavesOnPostgres_CancelsTheStatement()
    {
        await using var database = await PostgresTestDatabase.CreateAsync();
        await using var host = new ViewHost(database.ForViews);
        using var leaving = new CancellationTokenSource();
        var view = View.Create("left").Required("a", Sql.Row<int>("SELECT 1")).Required("b", Sql.Row<int>($"SELECT 1 FROM pg_advisory_xact_lock({Lock})")).Build();
        await using var held = await database.HoldAsync(Lock);
        var getting = host.GetAsync(view, cancellationToken: leaving.Token);
        await database.UntilSomeoneWaitsForAsync(Lock);

        await leaving.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => getting);
        await Patience.UntilAsync(() => database.ScalarAsync<bool>($"SELECT NOT EXISTS (SELECT FROM pg_locks WHERE locktype = 'advisory' AND objid = {Lock} AND NOT granted)"));
    }

    public ValueTask DisposeAsync() => _host.DisposeAsync();
}
