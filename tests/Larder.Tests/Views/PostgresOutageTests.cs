using Larder.Data;
using Larder.Tests.Data;
using Larder.Views;
using Larder.Views.Sources;
using Npgsql;

namespace Larder.Tests.Views;

/// <summary>Connections that break, and a server that is away.</summary>
public sealed class PostgresOutageTests : IAsyncLifetime
{
    private const int Lock = 4713;

    private PostgresTestDatabase _database = null!;
    private ViewHost _host = null!;

    private static View Gated { get; } = View.Create("gated").Required("a", Sql.Row<int>("SELECT 1"))
        .Required("b", Sql.Row<int>($"SELECT 2 FROM pg_advisory_xact_lock_shared({Lock})")).Required("c", Sql.Row<int>("SELECT 3")).Build();

    public async ValueTask InitializeAsync()
    {
        _database = await PostgresTestDatabase.CreateAsync(Shop.Schema);
        _host = new ViewHost(_database.ForViews);
    }

    [Fact]
    public async Task Get_ConnectionIsTerminatedInMidBatch_ReadsOnAnother()
    {
        var held = await _database.HoldAsync(Lock);
        var getting = _host.GetAsync(Gated);
        await _database.UntilSomeoneWaitsForAsync(Lock);
        await _database.ExecuteAsync($"SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND objid = {Lock} AND NOT granted");
        await held.DisposeAsync();

        var result = await getting;

        Assert.Equal("""{"a":1,"b":2,"c":3}""", _host.DataTextOf(result));
    }

    [Fact]
    public async Task Get_PooledConnectionsWereTerminated_ReadsOnNewOnes()
    {
        await _host.GetAsync(Shop.Product, "id=1");
        await using (var pooled = await _database.Relayed.OpenConnectionAsync())
        {
            var pid = ((NpgsqlConnection)pooled).ProcessID;
            await pooled.CloseAsync();
            await _database.ExecuteAsync($"SELECT pg_terminate_backend({pid}, 5000)");
        }

        Assert.True((await _host.GetAsync(Shop.Product, "id=2")).IsComplete);
    }

    [Fact]
    public async Task Get_ConnectionBreaksEachTime_IsUnavailableAndEnds()
    {
        var view = View.Create("suicide").Optional("a", Sql.Row<bool>("SELECT pg_terminate_backend(pg_backend_pid())")).Optional("b", Sql.Row<int>("SELECT 2")).Build();

        var result = await _host.GetAsync(view);

        Assert.Equal("a:unavailable", ViewHost.ErrorsOf(result));
        Assert.Equal("""{"a":null,"b":2}""", _host.DataTextOf(result));
    }

    [Fact]
    public async Task Get_ServerIsAway_IsUnavailableAtOnceAndFromTheCacheWhereItIsThere()
    {
        var cached = _host.DataTextOf(await _host.GetAsync(Shop.Product, "id=1"));
        await _database.Relay.StopAsync();

        var result = await _host.GetAsync(Shop.Product, "id=2");

        Assert.Equal(SectionFailureKind.Unavailable, result.Failure!.Kind);
        Assert.Equal(cached, _host.DataTextOf(await _host.GetAsync(Shop.Product, "id=1")));
    }

    [Fact]
    public async Task Get_NoConnectionIsFree_TimesOutAtTheLimit()
    {
        await using var single = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(_database.Relayed.ConnectionString)
        {
            MaxPoolSize = 1, Timeout = 60, Password = new NpgsqlConnectionStringBuilder(Environment.GetEnvironmentVariable("LARDER_TEST_POSTGRES")).Password,
        }.ConnectionString);
        await using var host = new ViewHost(new SqlDatabase(single));
        await using var taken = await single.OpenConnectionAsync();

        var getting = host.GetAsync(Shop.Product, "id=1");
        host.Time.Advance(TimeSpan.FromSeconds(5));

        Assert.Equal(SectionFailureKind.Timeout, (await getting).Failure!.Kind);
    }

    [Fact]
    public async Task Get_ServerCancelsTheStatement_IsATimeout()
    {
        var view = View.Create("impatient").Required("limit", Sql.Row<string>("SELECT set_config('statement_timeout', '20', false)"))
            .Required("b", Sql.Row<int>($"SELECT 2 FROM pg_advisory_xact_lock_shared({Lock})")).Build();
        await using var held = await _database.HoldAsync(Lock);

        var failure = (await _host.GetAsync(view)).Failure!;

        Assert.True(failure.Kind == SectionFailureKind.Timeout, failure.ToString());
    }

    public async ValueTask DisposeAsync()
    {
        await _host.DisposeAsync();
        await _database.DisposeAsync();
    }
}
