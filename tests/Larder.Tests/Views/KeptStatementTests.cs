using System.Data.Common;
using Larder.Caching;
using Larder.Data;
using Larder.Tests.Data;
using Larder.Views;
using Larder.Views.Sources;
using Microsoft.Data.Sqlite;

namespace Larder.Tests.Views;

/// <summary>Views over one kept connection with compiled statements: what changes under them, and what is interrupted.</summary>
public sealed class KeptStatementTests : IAsyncDisposable
{
    private static readonly View Ratings = View.Create("ratings").Policy(CachePolicies.Cart)
        .Required("products", Sql.Rows<string>("SELECT name FROM products ORDER BY id"))
        .Optional("ratings", Sql.Rows<int>("SELECT rating FROM reviews ORDER BY id")).Build();

    private readonly SqliteTestDatabase _file = new(Shop.Schema);
    private readonly SignallingSource _source;
    private readonly SqlDatabase _database;
    private readonly ViewHost _host;

    public KeptStatementTests()
    {
        _source = new SignallingSource(_file.ConnectionString);
        _database = new SqlDatabase(_source, SqliteTestDatabase.Options with { KeptConnections = 1 });
        _host = new ViewHost(_database);
    }

    [Fact]
    public async Task Get_ManyTimes_OpensOneConnection()
    {
        for (var i = 0; i < 5; i++)
        {
            Assert.True((await _host.GetAsync(Ratings)).IsComplete);
        }

        Assert.Equal(1, _source.Opened);
    }

    [Fact]
    public async Task Get_SchemaChangedSince_ReadsTheNewOne()
    {
        await _host.GetAsync(Ratings);
        _file.Execute("ALTER TABLE reviews RENAME TO old; CREATE TABLE reviews (id INTEGER, note TEXT, rating INTEGER); INSERT INTO reviews VALUES (1, 'new', 1)");

        Assert.Equal("""{"products":["Hammer","Saw","Rope"],"ratings":[1]}""", _host.DataTextOf(await _host.GetAsync(Ratings)));
    }

    [Fact]
    public async Task Get_TableGoneAndBack_FailsThatSectionAndRecovers()
    {
        await _host.GetAsync(Ratings);
        _file.Execute("ALTER TABLE reviews RENAME TO hidden");
        Assert.Equal("ratings:error", ViewHost.ErrorsOf(await _host.GetAsync(Ratings)));
        _file.Execute("ALTER TABLE hidden RENAME TO reviews");

        Assert.Equal("""{"products":["Hammer","Saw","Rope"],"ratings":[5,4,3]}""", _host.DataTextOf(await _host.GetAsync(Ratings)));
    }

    [Fact]
    public async Task Get_RowsWrittenSince_AreSeen()
    {
        await _host.GetAsync(Ratings);
        _file.Execute("DELETE FROM reviews WHERE id > 1");

        Assert.Equal("""{"products":["Hammer","Saw","Rope"],"ratings":[5]}""", _host.DataTextOf(await _host.GetAsync(Ratings)));
        Assert.Equal(1, _source.Opened);
    }

    [Fact]
    public async Task Get_StatementInterrupted_ClosesItsConnectionAndTheNextCallIsWell()
    {
        var endless = View.Create("endless").Policy(CachePolicies.Cart)
            .Required("products", Sql.Rows<string>("SELECT name FROM products ORDER BY id"))
            .Optional("number", Sql.Row<long>("SELECT max(i) FROM (WITH RECURSIVE n(i) AS (SELECT signal() UNION ALL SELECT i + 1 FROM n) SELECT i FROM n)"), section => section.Timeout(TimeSpan.FromSeconds(1)))
            .Build();
        var call = Task.Run(() => _host.GetAsync(endless));
        await _source.Signalled.Soon();
        _host.Time.Advance(TimeSpan.FromSeconds(2));

        Assert.Equal("number:timeout", ViewHost.ErrorsOf(await call));
        Assert.True((await _host.GetAsync(Ratings)).IsComplete);
        Assert.Equal(2, _source.Opened);
    }

    public async ValueTask DisposeAsync()
    {
        await _host.DisposeAsync();
        await _database.DisposeAsync();
        _file.Dispose();
    }

    /// <summary>Connections on which <c>signal()</c> says that a statement runs.</summary>
    private sealed class SignallingSource(string connectionString) : DbDataSource
    {
        private readonly TaskCompletionSource _signal = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private int _opened;

        public override string ConnectionString => connectionString;

        public int Opened => _opened;

        public Task Signalled => _signal.Task;

        protected override DbConnection CreateDbConnection()
        {
            _opened++;
            var connection = new SqliteConnection(connectionString);
            connection.CreateFunction("signal", () =>
            {
                _signal.TrySetResult();
                return 1L;
            });
            return connection;
        }
    }
}
