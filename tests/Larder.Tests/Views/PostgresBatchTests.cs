using Larder.Data;
using Larder.Tests.Data;
using Larder.Views;
using Larder.Views.Sources;

namespace Larder.Tests.Views;

/// <summary>The SQL sections of a view on PostgreSQL: one prepared batch, in which one section's failure never costs another.</summary>
public sealed class PostgresBatchTests : IAsyncLifetime
{
    private const int Lock = 4711;

    private PostgresTestDatabase _database = null!;
    private ViewHost _host = null!;

    public async ValueTask InitializeAsync()
    {
        _database = await PostgresTestDatabase.CreateAsync(Shop.Schema);
        _host = new ViewHost(_database.ForViews);
    }

    private static View Six { get; } = SixSections("six", snapshot: false);

    private static View SixInOneSnapshot { get; } = SixSections("six-snapshot", snapshot: true);

    [Fact]
    public async Task Get_ColdViewOfSixSections_TakesOneRoundTripOncePrepared()
    {
        await _host.GetAsync(Six, "id=1");
        var before = _database.Relay.RoundTrips;

        var result = await _host.GetAsync(Six, "id=2");

        Assert.Equal(6, result.Runs.Count(run => run.Outcome == SectionOutcome.Loaded));
        Assert.Equal(1, _database.Relay.RoundTrips - before);
        Assert.Equal("""{"a":"Saw","b":[3],"c":3,"d":2,"e":2,"f":"x2"}""", _host.DataTextOf(result));
    }

    [Fact]
    public async Task Get_ColdSnapshotView_TakesOneRoundTripOncePrepared()
    {
        await _host.GetAsync(SixInOneSnapshot, "id=1");
        var before = _database.Relay.RoundTrips;

        var result = await _host.GetAsync(SixInOneSnapshot, "id=2");

        Assert.Equal(1, _database.Relay.RoundTrips - before);
        Assert.Equal("""{"a":"Saw","b":[3],"c":3,"d":2,"e":2,"f":"x2"}""", _host.DataTextOf(result));
        Assert.Contains("\"snapshot\":true", _host.TextOf(result));
    }

    [Fact]
    public async Task Get_OneSectionOfAView_IsPreparedToo()
    {
        var view = View.Create("one").Parameter<int>("id").Required("name", Sql.Row<string>("SELECT name FROM products WHERE id = @id")).Build();

        await _host.GetAsync(view, "id=1");
        await _host.GetAsync(view, "id=2");

        await using var connection = await _database.Relayed.OpenConnectionAsync();
        await using var command = connection.CreateCommand();
        command.CommandText = "SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE 'SELECT name FROM products%'";
        Assert.Equal(1L, await command.ExecuteScalarAsync());
    }

    [Theory]
    [InlineData("SELECT id FROM missing")]
    [InlineData("SELECT 1 / (x - 1) FROM generate_series(1, 3) AS x")]
    [InlineData("SELECT 1 / (x - 2) FROM generate_series(1, 3) AS x")]
    [InlineData("SELECT NULL::int")]
    [InlineData("SELECT 'text'")]
    [InlineData("SELECT 1 WHERE @id = 'text'")]
    public async Task Get_OneSectionFails_CostsNoOther(string failing)
    {
        foreach (var source in new SectionSource[] { Sql.Rows<int>(failing), Sql.Row<int>(failing) })
        {
            var view = AroundFailing(source);

            var first = await _host.GetAsync(view, "id=1");
            var second = await _host.GetAsync(view, "id=1");

            Assert.Equal("""{"a":1,"b":null,"c":3,"d":4}""", _host.DataTextOf(first));
            Assert.Equal("b:error", ViewHost.ErrorsOf(first));
            Assert.Equal("b:error", ViewHost.ErrorsOf(second));
            Assert.Equal(SectionOutcome.Hit, second.OutcomeOf("d"));
            _host.Cache.RemoveByTag("*");
        }
    }

    [Fact]
    public async Task Get_CodeOfOneSectionThrows_CostsNoOther()
    {
        var result = await _host.GetAsync(AroundFailing(Sql.Row<int>("SELECT 2").Select<int>(_ => throw new FormatException())), "id=1");

        Assert.Equal("""{"a":1,"b":null,"c":3,"d":4}""", _host.DataTextOf(result));
        Assert.All(result.Runs.Where(run => run.Section.Name != "b"), run => Assert.Equal(SectionOutcome.Loaded, run.Outcome));
    }

    /// <summary>Once wrong: a value that the driver cannot send failed all sections of the view.</summary>
    [Fact]
    public async Task Get_ParameterThatCannotBeSent_CostsNoOther()
    {
        var view = AroundFailing(Sql.Row<int>("SELECT @x::int").With<SqlSource<int>, DayOfWeek>("x", _ => DayOfWeek.Monday));

        Assert.Equal("""{"a":1,"b":null,"c":3,"d":4}""", _host.DataTextOf(await _host.GetAsync(view, "id=1")));
    }

    [Fact]
    public async Task Get_TableDroppedAfterBeingPrepared_FailsThatSectionOnly()
    {
        await _host.GetAsync(Six, "id=1");
        await _database.ExecuteAsync("DROP TABLE reviews");

        var result = await _host.GetAsync(Six, "id=2");

        Assert.Equal("b:error c:error", ViewHost.ErrorsOf(result));
        Assert.Equal("""{"a":"Saw","b":null,"c":null,"d":2,"e":2,"f":"x2"}""", _host.DataTextOf(result));
    }

    /// <summary>Small results arrive when the batch has ended; the section that ran into its limit is blamed nevertheless, and no other.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Get_OneSectionHangs_TimesOutAndTheOthersHaveTheirValues(bool snapshot)
    {
        var builder = View.Create("hanging").Required("a", Sql.Row<int>("SELECT 1")).Optional("b", Sql.Row<int>($"SELECT 2 FROM pg_advisory_xact_lock_shared({Lock})"))
            .Required("c", Sql.Row<int>("SELECT 3"));
        var view = (snapshot ? builder.Snapshot() : builder).Build();
        await using var held = await _database.HoldAsync(Lock);

        var getting = _host.GetAsync(view);
        await _database.UntilSomeoneWaitsForAsync(Lock);
        _host.Time.Advance(TimeSpan.FromSeconds(5));
        var result = await getting;

        Assert.Equal("""{"a":1,"b":null,"c":3}""", _host.DataTextOf(result));
        Assert.Equal("b:timeout", ViewHost.ErrorsOf(result));
        Assert.False(result.IsSnapshot);
    }

    /// <summary>Once wrong: a section with a short limit stopped the batch, and one with a long limit was blamed for it.</summary>
    [Fact]
    public async Task Get_SlowSectionWithLongLimitBesideShortOnes_IsReadAllTheSame()
    {
        var view = View.Create("mixed").Required("a", Sql.Row<int>("SELECT 1"), section => section.Timeout(TimeSpan.FromMilliseconds(100)))
            .Required("slow", Sql.Row<int>($"SELECT 2 FROM pg_advisory_xact_lock_shared({Lock})")).Build();
        var held = await _database.HoldAsync(Lock);

        var getting = _host.GetAsync(view);
        await _database.UntilSomeoneWaitsForAsync(Lock);
        _host.Time.Advance(TimeSpan.FromMilliseconds(100));
        await held.DisposeAsync();

        Assert.Equal("""{"a":1,"slow":2}""", _host.DataTextOf(await getting));
    }

    [Fact]
    public async Task Get_Null_IsBoundWithTheTypeOfItsInput()
    {
        var view = View.Create("nulls").OptionalParameter<int>("i").OptionalParameter<string>("s").OptionalParameter<DateOnly>("d").OptionalParameter<decimal>("m")
            .OptionalParameter<bool>("b").OptionalParameter<Guid>("g").OptionalParameter<long>("l")
            .Required("none", Sql.Row<bool>("SELECT @i IS NULL AND @s IS NULL AND @d IS NULL AND @m IS NULL AND @b IS NULL AND @g IS NULL AND @l IS NULL AND @t IS NULL")
                .With("t", _ => default(DateTimeOffset?)))
            .Required("filtered", Sql.Row<int>("SELECT count(*) FROM products WHERE (@s IS NULL OR name = @s) AND (@i IS NULL OR id = @i)")).Build();

        Assert.Equal("""{"none":true,"filtered":3}""", _host.DataTextOf(await _host.GetAsync(view)));
        Assert.Equal("""{"none":false,"filtered":1}""", _host.DataTextOf(await _host.GetAsync(view, "s=Saw&i=2")));
        Assert.Equal("""{"none":false,"filtered":1}""", _host.DataTextOf(await _host.GetAsync(view, "s=Rope")));
    }

    [Theory]
    [InlineData("DISCARD ALL")]
    [InlineData("DEALLOCATE ALL")]
    public async Task Get_PreparedStatementsAreGone_ReadsAllTheSame(string reset)
    {
        await _host.GetAsync(Six, "id=1");
        await using (var connection = await _database.Relayed.OpenConnectionAsync())
        {
            await using var command = connection.CreateCommand();
            command.CommandText = reset;
            await command.ExecuteNonQueryAsync();
        }

        // DISCARD ALL resets the search path too, which is how these tests find their tables.
        var view = reset == "DISCARD ALL" ? SixConstants : Six;
        await _host.GetAsync(view, "id=1");
        Assert.True((await _host.GetAsync(view, "id=2")).IsComplete);
        Assert.True((await _host.GetAsync(view, "id=3")).IsComplete);
    }

    [Fact]
    public async Task Get_SchemaChangedAfterBeingPrepared_ReadsTheNewShape()
    {
        var view = View.Create("star").Parameter<int>("id").Required("product", Sql.Row<Named>("SELECT * FROM products WHERE id = @id"))
            .Required("price", Sql.Row<long>("SELECT price FROM products WHERE id = @id")).Build();
        await _host.GetAsync(view, "id=1");
        await _database.ExecuteAsync("ALTER TABLE products ADD COLUMN colour text; ALTER TABLE products ALTER COLUMN price TYPE bigint");

        var result = await _host.GetAsync(view, "id=2");

        Assert.True(result.IsComplete, ViewHost.ErrorsOf(result));
        Assert.Equal("""{"product":{"name":"Saw"},"price":300000}""", _host.DataTextOf(result));
        Assert.True((await _host.GetAsync(view, "id=3")).IsComplete);
    }

    [Fact]
    public async Task Get_AfterFailures_LeavesNoConnectionInATransaction()
    {
        await _host.GetAsync(SixInOneSnapshot, "id=1");
        await _database.ExecuteAsync("DROP TABLE reviews");
        await _host.GetAsync(SixInOneSnapshot, "id=2");

        Assert.Equal(0, await _database.CountOpenTransactionsAsync());
    }

    public async ValueTask DisposeAsync()
    {
        await _host.DisposeAsync();
        await _database.DisposeAsync();
    }

    private static View SixConstants { get; } = View.Create("constants").Parameter<int>("id")
        .Required("a", Sql.Row<int>("SELECT @id")).Required("b", Sql.Row<int>("SELECT @id + 1")).Build();

    private static View AroundFailing(SectionSource failing) => View.Create("failing").Parameter<int>("id")
        .Required("a", Sql.Row<int>("SELECT @id")).Optional("b", failing).Required("c", Sql.Row<int>("SELECT @id + 2")).Required("d", Sql.Row<int>("SELECT @id + 3")).Build();

    private static View SixSections(string name, bool snapshot)
    {
        var builder = View.Create(name).Parameter<int>("id")
            .Required("a", Sql.Row<string>("SELECT name FROM products WHERE id = @id"))
            .Optional("b", Sql.Rows<int>("SELECT rating FROM reviews WHERE product_id = @id ORDER BY id"))
            .Optional("c", Sql.Row<int>("SELECT count(*) FROM reviews WHERE product_id < @id + 100"))
            .Optional("d", Sql.Row<int>("SELECT count(*) FROM products WHERE id <> @id"))
            .Optional("e", Sql.Row<int>("SELECT @id"))
            .Optional("f", Sql.Row<string>("SELECT 'x' || @id::text"));
        return (snapshot ? builder.Snapshot() : builder).Build();
    }

    private sealed record Named(string Name);
}
