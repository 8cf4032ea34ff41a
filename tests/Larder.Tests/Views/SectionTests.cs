using Larder.Tests.Data;
using Larder.Views;
using Larder.Views.Sources;

namespace Larder.Tests.Views;

/// <summary>What sections are in a response: required or optional, switched, inline, hidden, cached. On SQLite.</summary>
public sealed class SectionTests : IAsyncDisposable
{
    private readonly SqliteTestDatabase _database = new(Shop.Schema);
    private readonly ViewHost _host;

    public SectionTests() => _host = new ViewHost(_database.ForViews);

    [Fact]
    public async Task Get_AllSectionsWell_AnswersCompletely()
    {
        var result = await _host.GetAsync(Shop.Product, "id=1");

        Assert.Equal(
            """{"success":true,"data":{"product":{"id":1,"name":"Hammer","category":"tools","price":12.5},"reviews":[5,4],"similar":["Saw"]},"metadata":{"cached":false,"data_sources":3,"generated_at":"2025-01-01T00:00:00Z"}}""",
            _host.TextOf(result));
        Assert.True(result.IsComplete);
    }

    [Fact]
    public async Task Get_Again_IsTheSameShapeFromTheCache()
    {
        var miss = _host.TextOf(await _host.GetAsync(Shop.Product, "id=1"));
        _database.Statements.Clear();
        _host.Time.Advance(TimeSpan.FromSeconds(30));

        var result = await _host.GetAsync(Shop.Product, "id=1");

        Assert.Equal(miss.Replace("\"cached\":false", "\"cached\":true", StringComparison.Ordinal), _host.TextOf(result));
        Assert.Empty(_database.Statements);
        Assert.All(Shop.Product.Sections, section => Assert.Equal(SectionOutcome.Hit, result.OutcomeOf(section.Name)));
    }

    [Fact]
    public async Task Get_RequiredSectionWithoutRow_IsNotFoundAndNotCached()
    {
        var result = await _host.GetAsync(Shop.Product, "id=4");
        _database.Execute("INSERT INTO products VALUES (4, 'Nail', NULL, 100)");

        Assert.Equal(SectionFailureKind.NotFound, result.Failure!.Kind);
        Assert.Equal(SectionOutcome.NotAsked, result.OutcomeOf("similar"));
        Assert.Null((await _host.GetAsync(Shop.Product, "id=4")).Failure);
    }

    [Fact]
    public async Task Get_OptionalSectionWithoutRow_IsNullAndComplete()
    {
        var view = View.Create("maybe").Parameter<long>("id")
            .Required("product", Sql.Row<string>("SELECT name FROM products WHERE id = @id"))
            .Optional("best", Sql.Row<int>("SELECT rating FROM reviews WHERE product_id = @id ORDER BY rating DESC LIMIT 1")).Build();

        var result = await _host.GetAsync(view, "id=3");

        Assert.Equal("""{"product":"Rope","best":null}""", _host.DataTextOf(result));
        Assert.True(result.IsComplete);
        Assert.True((await _host.GetAsync(view, "id=3")).IsCached);
    }

    [Fact]
    public async Task Get_OptionalSectionFails_IsNullNamedAndTriedAgain()
    {
        _database.Execute("ALTER TABLE reviews RENAME TO hidden_reviews");
        var result = await _host.GetAsync(Shop.Product, "id=1");

        Assert.Null(result.Failure);
        Assert.Contains("\"reviews\":null,\"similar\":[\"Saw\"]", _host.TextOf(result));
        Assert.Contains("\"complete\":false,\"errors\":[{\"section\":\"reviews\",\"reason\":\"error\"}]", _host.TextOf(result));

        _database.Execute("ALTER TABLE hidden_reviews RENAME TO reviews");
        var repaired = await _host.GetAsync(Shop.Product, "id=1");

        Assert.Equal(SectionOutcome.Hit, repaired.OutcomeOf("product"));
        Assert.Equal(SectionOutcome.Loaded, repaired.OutcomeOf("reviews"));
        Assert.True(repaired.IsComplete);
    }

    [Fact]
    public async Task Get_AllSectionsFail_HasNoAnswer()
    {
        var view = View.Create("all").Optional("a", Sql.Rows<int>("SELECT 1 FROM missing")).Optional("b", Sql.Rows<int>("SELECT 2 FROM missing"))
            .Optional("c", Code.Compute(_ => "computed")).Build();

        Assert.Equal(SectionFailureKind.Error, (await _host.GetAsync(view)).Failure!.Kind);
    }

    /// <summary>Once wrong: a hidden section that was read made 200 of a view without a single value.</summary>
    [Fact]
    public async Task Get_AllShownSectionsFailButAHiddenOneIsRead_HasNoAnswer()
    {
        var view = View.Create("shown").Required("guard", Sql.Row<int>("SELECT 1"), section => section.Hidden())
            .Optional("a", Sql.Rows<int>("SELECT 1 FROM missing")).Build();

        Assert.NotNull((await _host.GetAsync(view)).Failure);
    }

    [Fact]
    public async Task Get_SwitchedOff_IsNullAndNotAsked_AndPoisonsNobody()
    {
        var off = await _host.GetAsync(Shop.Product, "id=1&include_reviews=false");
        Assert.Null(_host.DataOf(off)["reviews"]);
        Assert.Equal((2, true), (off.DataSources, off.IsComplete));
        Assert.Equal(0, _database.CountOf("FROM reviews"));

        var on = await _host.GetAsync(Shop.Product, "id=1");
        Assert.Equal("[5,4]", _host.DataOf(on)["reviews"]!.ToJsonString());
        Assert.Equal(SectionOutcome.Hit, on.OutcomeOf("product"));

        var offAgain = await _host.GetAsync(Shop.Product, "id=1&include_reviews=false");
        Assert.Null(_host.DataOf(offAgain)["reviews"]);
        Assert.True(offAgain.IsCached);
    }

    [Fact]
    public async Task Get_SwitchIsAnAbsentParameter_IsNull()
    {
        var view = View.Create("who").OptionalParameter<long>("customer_id")
            .Required("greeting", Code.Compute(_ => "hello"))
            .Optional("customer", Sql.Row<long>("SELECT @customer_id"), section => section.When("customer_id")).Build();

        Assert.Equal("""{"greeting":"hello","customer":null}""", _host.DataTextOf(await _host.GetAsync(view)));
        Assert.Equal("""{"greeting":"hello","customer":0}""", _host.DataTextOf(await _host.GetAsync(view, "customer_id=0")));
    }

    [Fact]
    public async Task Get_InlineAndHidden_StandAsDescribed()
    {
        var view = View.Create("flat").Parameter<long>("id")
            .Required("product", Sql.Row<Shop.ProductRow>("SELECT id, name, category, price FROM products WHERE id = @id"), section => section.Inline())
            .Required("guard", Sql.Row<int>("SELECT 1 FROM products WHERE id = @id"), section => section.Hidden())
            .Optional("stock", Sql.Row<StockRow>("SELECT 5 AS quantity, NULL AS note FROM reviews WHERE product_id = @id LIMIT 1"), section => section.Inline())
            .Build();

        Assert.Equal("""{"id":3,"name":"Rope","category":null,"price":5,"quantity":null,"note":null}""", _host.DataTextOf(await _host.GetAsync(view, "id=3")));
        Assert.Equal("""{"id":1,"name":"Hammer","category":"tools","price":12.5,"quantity":5,"note":null}""", _host.DataTextOf(await _host.GetAsync(view, "id=1")));
        _database.Execute("DROP TABLE reviews");
        var failed = await _host.GetAsync(view, "id=2");
        Assert.Equal("""{"id":2,"name":"Saw","category":"tools","price":30,"quantity":null,"note":null}""", _host.DataTextOf(failed));
        Assert.Equal("stock:error", ViewHost.ErrorsOf(failed));
    }

    [Fact]
    public async Task Get_EqualDecimalsWrittenDifferently_ShareOneEntry()
    {
        var view = View.Create("priced").Parameter<decimal>("price").Required("n", Sql.Row<int>("SELECT count(*) FROM products WHERE price >= @price")).Build();

        Assert.Equal("""{"n":2}""", _host.DataTextOf(await _host.GetAsync(view, "price=12.5")));
        Assert.True((await _host.GetAsync(view, "price=12.500")).IsCached);
        Assert.False((await _host.GetAsync(view, "price=12.51")).IsCached);
    }

    [Fact]
    public async Task Get_NoStoreSection_IsAskedEachTimeAndTheRestIsCached()
    {
        var view = View.Create("checkout").Required("product", Sql.Row<string>("SELECT name FROM products WHERE id = 1"))
            .Required("cart", Sql.Row<int>("SELECT count(*) FROM reviews"), section => section.Policy("cart")).Build();
        await _host.GetAsync(view);
        _database.Execute("DELETE FROM reviews");

        var result = await _host.GetAsync(view);

        Assert.Equal("""{"product":"Hammer","cart":0}""", _host.DataTextOf(result));
        Assert.Equal((SectionOutcome.Hit, SectionOutcome.Loaded, false), (result.OutcomeOf("product"), result.OutcomeOf("cart"), result.IsCached));
    }

    [Fact]
    public async Task RemoveByTag_OfAView_RemovesTheSectionsThatUseTheTagsParameters()
    {
        var view = View.Create("tagged").Parameter<long>("id").Tag("product:{id}")
            .Required("product", Sql.Row<string>("SELECT name FROM products WHERE id = @id")).Required("all", Sql.Row<int>("SELECT count(*) FROM products")).Build();
        await _host.GetAsync(view, "id=1");
        await _host.GetAsync(view, "id=2");

        Assert.Equal(1, _host.Cache.CountByTag("product:1"));
        _host.Cache.RemoveByTag("product:1");

        var result = await _host.GetAsync(view, "id=1");
        Assert.Equal((SectionOutcome.Loaded, SectionOutcome.Hit), (result.OutcomeOf("product"), result.OutcomeOf("all")));
        Assert.True((await _host.GetAsync(view, "id=2")).IsCached);
    }

    public async ValueTask DisposeAsync()
    {
        await _host.DisposeAsync();
        _database.Dispose();
    }

    private sealed record StockRow(int Quantity, string? Note);
}
